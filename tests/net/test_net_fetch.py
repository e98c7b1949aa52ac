"""Guarded fetching outside Scrapy: H01, H02, H07–H10, H21, U15."""

from __future__ import annotations

import gzip
import os
import socket
import ssl
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from certificates import self_signed
from hostile import MIB, HostileSite, bomb, chunks_cut, drip, drip_headers, endless, redirect, reply, serving, stall

from newsspider.errors import AddressBlocked, FetchError
from newsspider.net import AddressPolicy, Fetched, HostMap, fetch

POLICY = AddressPolicy(["127.0.0.2/32"])


@pytest.fixture
def site() -> Iterator[HostileSite]:
    with serving(HostileSite("127.0.0.2")) as served:
        yield served


@pytest.fixture
def canary() -> Iterator[HostileSite]:
    with serving(HostileSite("127.0.0.1", {"/": reply()})) as served:
        yield served


def get(site: HostileSite, path: str, **options: Any) -> Fetched:
    return fetch(f"http://127.0.0.2:{site.port}{path}", POLICY, HostMap({}), **{"timeout": 10, **options})


def test_a_page_after_redirects(site: HostileSite) -> None:
    site.routes = {
        "/a": redirect("/b"),
        "/b": redirect(f"http://127.0.0.2:{site.port}/خبر"),
        "/%D8%AE%D8%A8%D8%B1": reply(b"page", "X-One: 1", "Set-Cookie: a=b"),
    }
    fetched = get(site, "/a", user_agent="newsspider/test")
    assert fetched.url == f"http://127.0.0.2:{site.port}/%D8%AE%D8%A8%D8%B1"
    assert (fetched.status, fetched.body, fetched.headers["x-one"]) == (200, b"page", "1")
    assert {hit.headers["user-agent"] for hit in site.hits} == {"newsspider/test"}
    assert get(site, "/none").status == 404


def test_the_host_map_and_the_host_header(site: HostileSite) -> None:
    site.routes["/"] = reply(b"mapped")
    assert fetch("http://news.example/", POLICY, HostMap({"news.example": f"127.0.0.2:{site.port}"})).body == b"mapped"
    assert site.hits[0].headers["host"] == "news.example"


def test_gzip(site: HostileSite) -> None:
    text = os.urandom(300_000) + bytes(300_000)
    site.routes = {
        "/gzip": reply(gzip.compress(text), "Content-Encoding: gzip"),
        "/twice": reply(gzip.compress(gzip.compress(text)), "Content-Encoding: gzip, gzip"),
        "/cut": reply(gzip.compress(text)[:-100], "Content-Encoding: gzip"),
        "/plain": reply(b"plain", "Content-Encoding: gzip"),
        "/br": reply(b"...", "Content-Encoding: br"),
    }
    assert get(site, "/gzip").body == get(site, "/twice").body == text
    for path, message in (
        ("/cut", "the gzip body is cut off"),
        ("/plain", "incorrect header check"),
        ("/br", "'br', which was not asked for"),
    ):
        with pytest.raises(FetchError, match=f"{path}: could not be fetched: .*{message}"):
            get(site, path)


@pytest.mark.parametrize("path", ["/bomb", "/bomb-in-bomb", "/endless", "/long", "/redirecting-bomb"])
def test_h01_h02_no_more_than_max_bytes_is_kept(site: HostileSite, path: str) -> None:
    site.routes = {
        "/bomb": bomb("gzip"),
        "/bomb-in-bomb": bomb("gzip, gzip"),
        "/endless": endless,
        "/long": reply(bytes(5 * MIB)),
        "/redirecting-bomb": bomb("gzip").replace(b"200 OK", b"302 Found\r\nLocation: /long", 1),
    }
    tracemalloc.start()
    try:
        with pytest.raises(FetchError, match="the body is longer than 1048576 bytes"):
            get(site, path, max_bytes=MIB)
        assert tracemalloc.get_traced_memory()[1] < 20 * MIB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("route", "message"),
    [
        (drip, "no complete answer in time|timed out"),
        (drip_headers, "no complete answer in time|timed out"),
        (stall, "timed out"),
        (chunks_cut, "incomplete chunked read"),
        (reply(b"x", length=100), "without sending complete message body"),
        (redirect("/"), "more than 10 redirects"),
        (redirect("file:///etc/passwd"), "protocol"),
        (redirect("http://[::1"), "Invalid"),
        (b"only text", "disconnected"),
        (b"only text\r\n\r\n", "illegal status line"),
        (b"", "disconnected"),
        (reply(b"", "X: " + "x" * MIB), ""),
    ],
)
def test_every_fault_names_the_url(site: HostileSite, route: Any, message: str) -> None:
    site.routes["/"] = route
    with pytest.raises(FetchError, match=rf"^http://127.0.0.2:{site.port}/: could not be fetched: .*({message})"):
        get(site, "/", timeout=0.7 if "timed out" in message else 30)


@pytest.mark.parametrize(
    "url",
    [
        "/etc/passwd",
        "file:///etc/passwd",
        "ftp://127.0.0.2/",
        "javascript:alert(1)",
        "http://",
        "http://a b/",
        "http://nx.invalid/",
        "",
        "\0",
    ],
)
def test_h21_only_addresses_of_the_web(url: str) -> None:
    with pytest.raises(FetchError):
        fetch(url, POLICY, HostMap({}))


FORMS = [
    "127.0.0.1",
    "0x7f000001",
    "2130706433",
    "127.1",
    "[::ffff:127.0.0.1]",
    "[::1]",
    "localhost",
    "0.0.0.0",
    "169.254.169.254",
]


@pytest.mark.parametrize("form", FORMS)
def test_h07_u15_refused_addresses(site: HostileSite, canary: HostileSite, form: str) -> None:
    site.routes["/"] = redirect(f"http://{form}:{canary.port}/")
    with pytest.raises(AddressBlocked, match=rf"^http://.*:{canary.port}/: .* must not be reached"):
        fetch(f"http://{form}:{canary.port}/", POLICY, HostMap({}))
    with pytest.raises(AddressBlocked, match=rf"^http://127.0.0.2:{site.port}/: "):
        get(site, "/")
    assert canary.hits == []


def test_h08_a_name_is_resolved_once_and_its_address_reached(
    site: HostileSite, canary: HostileSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second look-up would lead to the canary."""
    answers = iter(["127.0.0.2", "127.0.0.1", "127.0.0.1"])
    real = socket.getaddrinfo

    def rebinding(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        return real(next(answers) if host == "rebinds.example" else host, port, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    site.routes["/"] = reply(b"the first address")
    assert fetch(f"http://rebinds.example:{site.port}/", POLICY, HostMap({})).body == b"the first address"
    with pytest.raises(AddressBlocked):
        fetch(f"http://rebinds.example:{site.port}/", POLICY, HostMap({}))
    assert canary.hits == []


def test_the_next_address_is_tried(site: HostileSite, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, site.port)) for address in ("127.0.0.3", "127.0.0.2")]
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *rest, **options: answers if host == "two.example" else real(host, *rest, **options)
    )
    site.routes["/"] = reply(b"second")
    assert fetch(f"http://two.example:{site.port}/", AddressPolicy(["127.0.0.0/8"]), HostMap({})).body == b"second"


def test_a_look_up_has_the_time_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: ended.wait(60) and [])
    try:
        with pytest.raises(FetchError, match=r"slow\.example/: could not be fetched: slow\.example was not resolved in time"):
            fetch("http://slow.example/", POLICY, HostMap({}), timeout=0.2)
    finally:
        ended.set()


def test_h10_no_proxy_of_the_environment(site: HostileSite, canary: HostileSite, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    site.routes["/"] = reply(b"direct")
    assert get(site, "/").body == b"direct"
    assert canary.hits == []


def test_c16_certificates(tmp_path: Path) -> None:
    with serving(HostileSite(tls=self_signed(tmp_path, "safe.example"))) as site:
        site.routes["/"] = reply(b"over TLS")
        hosts = HostMap(dict.fromkeys(["safe.example", "other.example"], f"127.0.0.2:{site.port}"))
        with pytest.raises(FetchError, match="certificate verify failed"):
            fetch("https://safe.example/", POLICY, hosts)
        trusting = ssl.create_default_context(cafile=str(tmp_path / "safe.example.pem"))
        assert fetch("https://safe.example/", POLICY, hosts, verify=trusting).body == b"over TLS"
        with pytest.raises(FetchError, match="Hostname mismatch"):
            fetch("https://other.example/", POLICY, hosts, verify=trusting)
        assert fetch("https://other.example/", POLICY, hosts, verify=False).body == b"over TLS"
