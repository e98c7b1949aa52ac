"""What a crawl may reach: H07 (loopback forms), H09, H10, offsite, and no crawl at all without the guard."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hostile import HostileSite, redirect, reply, serving
from probe import probe
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from newsspider.errors import AddressBlocked
from newsspider.middlewares.resolver import GuardedResolver
from newsspider.net import AddressPolicy, Guard, HostMap

ODD = [
    "0x7f000001",
    "2130706433",
    "127.1",
    "0177.0.0.1",
    "①②⑦.0.0.1",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "0",
    "127.0.0.1.",
    "LOCALHOST",
]
PLAIN = ["127.0.0.1", "[::1]", "[::]", "0.0.0.0", "169.254.169.254", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "224.0.0.1"]
IPV6 = ["[fe80::1]", "[fec0::1]", "[fc00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"]
REFUSED = [*ODD, *PLAIN, *IPV6, "localhost", "mapped.test"]


@pytest.fixture
def canary() -> Iterator[HostileSite]:
    """Nobody may come here."""
    with serving(HostileSite("127.0.0.1", {"/": reply(), "/robots.txt": reply(b"")})) as site:
        yield site


@pytest.fixture
def site() -> Iterator[HostileSite]:
    with serving(HostileSite("127.0.0.2", {"/": reply(), "/robots.txt": reply(b"")})) as served:
        yield served


@pytest.mark.parametrize("robots", [False, True])
def test_h07_no_spelling_reaches_a_refused_address(canary: HostileSite, site: HostileSite, robots: bool) -> None:
    seeds = [f"http://{form}:{canary.port}/" for form in REFUSED]
    site.routes |= {f"/to{number}": redirect(seed.encode("idna" if "①" in seed else "ascii").decode()) for number, seed in enumerate(seeds)}
    site.routes["/meta"] = reply(f'<meta http-equiv="refresh" content="0; url=http://127.1:{canary.port}/">'.encode())
    links = [f"http://127.0.0.2:{site.port}{path}" for path in site.routes if path.startswith(("/to", "/meta"))]
    hosts = {"mapped.test": "127.0.0.1"}
    if robots:
        site.routes["rules.test/robots.txt"] = redirect(f"http://127.1:{canary.port}/robots.txt")
        links.append("http://rules.test/")
        hosts["rules.test"] = f"127.0.0.2:{site.port}"
    probed = probe([*seeds, *links], hosts=hosts, crawl={"respect_robots": robots})
    assert {url: probed.reason(url) for url in seeds + links} == dict.fromkeys(seeds + links, "blocked_address")
    assert canary.hits == []
    assert probed.stats.get("retry/count") is None
    assert len([hit for hit in site.hits if hit.path != "/robots.txt"]) == len(links) - robots


def test_no_request_leaves_without_the_guard(site: HostileSite) -> None:
    url = f"http://127.0.0.2:{site.port}/"
    assert probe([url], runner=True).reason(url) == "unguarded"
    assert site.hits == []


def test_h09_only_http_and_only_the_sources_own_hosts(site: HostileSite) -> None:
    here = f"127.0.0.2:{site.port}"
    targets = {
        "/file": "file:///etc/passwd",
        "/ftp": "ftp://127.0.0.2/",
        "/data": "data:text/html,x",
        "/script": "javascript:alert(1)",
        "/gopher": "gopher://127.0.0.2/",
        "/slashes": "//evil.test/",
        "/backslash": "/\\evil.test/",
        "/other": f"http://127.0.0.2:{site.port + 1}/",
        "/user": f"http://{here}@evil.test/",
        "/broken": "http://[::1",
    }
    site.routes |= {path: redirect(to) for path, to in targets.items()}
    seeds = ["ftp://127.0.0.2/x", "file:///etc/passwd", "data:text/html,x", f"http://evil.test/?{here}", f"http://{here}/{'a' * 2048}"]
    probed = probe([*(f"http://{here}{path}" for path in targets), *seeds, f"http://{here}/"], accepts=[here])
    assert [probed.reason(f"http://{here}{path}") for path in targets] == [
        "http_302",
        "http_302",
        "http_302",
        "bad_redirect",
        "http_302",
        "offsite",
        "http_404",
        "offsite",
        "offsite",
        "bad_redirect",
    ]
    assert [probed.reason(url) for url in seeds] == ["scheme", "scheme", "scheme", "offsite", "url_too_long"]
    assert probed.endings[f"http://{here}/"]["status"] == 200
    assert {hit.path for hit in site.hits} == {"/", "/%5Cevil.test/", *targets}


def proxies(port: int) -> dict[str, str]:
    return dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"), f"http://127.0.0.1:{port}")


def test_what_a_site_sees(canary: HostileSite, site: HostileSite) -> None:
    """H10: no proxy of the environment; the host map leads to an allowed address and port; nothing tells more than who asks for what."""
    site.routes |= {"/old": reply(b"", status="304 Not Modified"), "/go": redirect("/", "Set-Cookie: id=1")}
    probed = probe(
        ["http://news.example/old", "http://news.example/go", "http://nx.invalid/"],
        hosts={"news.example": f"127.0.0.2:{site.port}"},
        crawl={"contact": "https://example.org/bot"},
        meta={"etag": '"v1"', "last_modified": "Sat, 01 Mar 2025 10:00:00 GMT"},
        environ=proxies(canary.port),
    )
    assert canary.hits == []
    assert probed.reason("http://nx.invalid/") == "dns"
    assert probed.reason("http://news.example/old") == "http_304", "this spider, unlike the news spider, does not take it for an answer"
    assert probed.endings["http://news.example/go"]["final"] == "http://news.example/"
    assert {hit.host for hit in site.hits} == {"news.example"}
    for hit in site.hits:
        assert hit.headers.keys() == {
            "host",
            "user-agent",
            "accept",
            "accept-language",
            "accept-encoding",
            "if-none-match",
            "if-modified-since",
        }
        assert hit.headers["user-agent"].startswith("newsspider/")
        assert hit.headers["user-agent"].endswith(" (+https://example.org/bot)")
        assert hit.headers["if-none-match"] == '"v1"'


def test_h10_the_configured_proxy_and_no_other(canary: HostileSite, site: HostileSite) -> None:
    site.routes["http://far.example/"] = reply(b"through the proxy")
    crawl = {"proxy": f"http://user:hunter2@127.0.0.2:{site.port}"}
    probed = probe(["http://far.example/"], crawl=crawl, environ={**proxies(canary.port), "no_proxy": "*"})
    assert probed.endings["http://far.example/"]["length"] == len(b"through the proxy")
    assert site.hits[-1].headers["proxy-authorization"].startswith("Basic ")
    assert "hunter2" not in probed.log
    assert canary.hits == []


def resolve(resolver: GuardedResolver, host: str) -> list[object]:
    """What a receiver is told: addresses, then "complete"."""
    told: list[object] = []
    receiver = SimpleNamespace(
        resolutionBegan=lambda _: None, addressResolved=told.append, resolutionComplete=lambda: told.append("complete")
    )
    resolver.resolveHostName(receiver, host, 80)
    return told


class Pool:
    """A thread pool that works at once, or never."""

    def __init__(self, works: bool) -> None:
        self.works = works

    def callInThreadWithCallback(self, done: Any, work: Any, *arguments: Any) -> None:  # noqa: N802
        if not self.works:
            return
        try:
            result = work(*arguments)
        except (OSError, AddressBlocked):
            done(False, Failure())
        else:
            done(True, result)


def reactor(*, works: bool) -> Clock:
    clock = Clock()
    clock.getThreadPool = lambda: Pool(works)
    clock.callFromThread = lambda call, *arguments: call(*arguments)
    return clock


def test_h08_of_several_addresses_the_private_ones_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.1", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: answers)
    found = resolve(GuardedResolver(reactor(works=True), Guard(AddressPolicy(), HostMap({})), 5), "both.example")
    assert [getattr(item, "host", item) for item in found] == ["8.8.8.8", "complete"]


def test_a_refusal_is_remembered_until_the_host_resolves_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver = GuardedResolver(
        reactor(works=True), Guard(AddressPolicy(["127.0.0.2"]), HostMap({"مثال.test": "127.0.0.1", "good.test": "127.0.0.2:81"})), 5
    )
    assert resolve(resolver, "xn--mgbh0fb.test") == ["complete"]
    assert "loopback" in str(resolver.refusal("مثال.test"))
    assert [(item.host, item.port) for item in resolve(resolver, "good.test")[:-1]] == [("127.0.0.2", 81)]
    assert resolver.refusal("good.test") is None
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: [(2, 1, 6, "", ("127.0.0.3", 80))])
    resolve(resolver, "once.test")
    assert resolver.refusal("once.test")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: [(2, 1, 6, "", ("127.0.0.2", 80))])
    resolve(resolver, "once.test")
    assert resolver.refusal("once.test") is None


def test_a_look_up_is_given_up_in_time() -> None:
    clock = reactor(works=False)
    told = resolve(GuardedResolver(clock, Guard(AddressPolicy(), HostMap({})), 5), "slow.example")
    clock.advance(4.9)
    assert told == []
    clock.advance(0.2)
    assert told == ["complete"]
