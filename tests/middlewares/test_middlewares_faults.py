"""Faulty and hostile answers: C07, C08, C09, C16, H01, H02, H26. Each page's error is told, and the crawl goes on."""

from __future__ import annotations

import gzip
import os
import ssl
from pathlib import Path

import pytest
from certificates import self_signed
from hostile import MIB, HostileSite, Route, bomb, chunks_cut, drip, drip_headers, endless, redirect, reply, serving, stall
from probe import probe

NO_LENGTH = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n" + bytes(3 * MIB)


def test_every_faulty_answer_has_its_reason() -> None:
    slow: dict[str, Route] = {"/drip": drip, "/drip-headers": drip_headers, "/stall": stall}  # C07
    faults: dict[str, tuple[Route, str]] = {
        # C08
        "/short": (reply(b"thirteen byte", length=100_000), "truncated"),
        "/cut": (chunks_cut, "truncated"),
        # C09
        "/loop": (redirect("/loop"), "redirect_loop"),
        "/cookie-loop": (redirect("/cookie-loop", "Set-Cookie: id=1"), "redirect_loop"),
        "/refresh-loop": (reply(b'<meta http-equiv="refresh" content="0; url=/refresh-loop">'), "redirect_loop"),
        "/hop0": (redirect("/hop1"), "redirect_loop"),
        # H02
        "/long": (reply(bytes(50 * MIB)), "too_large"),
        "/endless": (endless, "too_large"),
        "/no-length": (NO_LENGTH, "too_large"),
        "/claims": (reply(b"x", length=10**12), "too_large"),
        # H26
        "/cookies": (reply(b"<p>", *(f"Set-Cookie: a{number}=b" for number in range(2_000))), "200"),
        "/headers": (reply(b"<p>", *(f"X{number}: y" for number in range(10_000))), "200"),
        "/big-header": (reply(b"<p>", "X: " + "x" * MIB), "connection_lost"),
        "/http09": (b"only text", "connection_lost"),
        "/nothing": (b"", "connection_lost"),
        "/status": (b"HTTP/1.1 abc\r\n\r\n", "bad_response"),
        "/odd": (reply(b"x", status="999 Odd"), "http_999"),
        "/not-gzip": (reply(b"plain", "Content-Encoding: gzip"), "bad_encoding"),
        "/not-zstd": (reply(b"plain", "Content-Encoding: zstd"), "bad_encoding"),
        "/not-deflate": (reply(b"plain", "Content-Encoding: deflate"), "bad_encoding"),
        "/pdf": (reply(b"%PDF-1.4 \x00\xff"), "200"),
        "/gone": (reply(b"", status="410 Gone"), "http_410"),
        "/refresh-late": (reply(b'<meta http-equiv="refresh" content="300; url=/loop">'), "200"),
        "/fine": (reply(), "200"),
    }
    site = HostileSite(routes=slow | {path: route for path, (route, _) in faults.items()})
    site.routes |= {f"/hop{number}": redirect(f"/hop{number + 1}") for number in range(21)}
    with serving(site):
        urls = {f"http://127.0.0.2:{site.port}{path}": reason for path, (_, reason) in faults.items()} | {
            "http://127.0.0.2:1/": "connection_refused"
        }
        probed = probe(list(urls), crawl={"retries": 3, "concurrency_per_site": 16})
        never = [f"http://127.0.0.2:{site.port}{path}" for path in slow]
        waited = probe(never, crawl={"timeout": 0.5, "retries": 3, "concurrency_per_site": 16})
    assert {url: probed.reason(url) for url in urls} == urls
    assert {waited.reason(url) for url in never} == {"timeout"}
    paths = [hit.path for hit in site.hits]
    assert paths.count("/short") == paths.count("/cut") == 3
    assert paths.count("/loop") == paths.count("/cookie-loop") == paths.count("/refresh-loop") == 11
    assert [path for path in paths if path.startswith("/hop")] == [f"/hop{number}" for number in range(11)]
    assert paths.count("/stall") == 4
    assert paths.count("/long") == paths.count("/endless") == paths.count("/gone") == 1


def test_h01_h02_a_page_of_a_gibibyte_is_neither_unpacked_nor_kept() -> None:
    pages = {f"/{number}": bomb(encoding) for number, encoding in enumerate(["gzip", "gzip, gzip", "deflate", "br", "zstd"])}
    site = HostileSite(routes={**pages, "/long": reply(bytes(50 * MIB)), "/endless": endless, "/fine": reply()})
    with serving(site):
        urls = {f"http://127.0.0.2:{site.port}{path}": "200" if path == "/fine" else "too_large" for path in site.routes}
        probed = probe(list(urls), crawl={"max_page_bytes": 4 * MIB, "concurrency_per_site": 8})
    assert {url: probed.reason(url) for url in urls} == urls
    assert probed.grown_mib <= 50


def test_h01_pages_that_were_refused_do_not_add_up() -> None:
    packed = gzip.compress(os.urandom(7 * MIB // 2)) + gzip.compress(bytes(MIB))  # unpacked a little over the limit
    site = HostileSite(routes={f"/{number}": reply(packed, "Content-Encoding: gzip") for number in range(20)})
    with serving(site):
        urls = [f"http://127.0.0.2:{site.port}{path}" for path in site.routes]
        probed = probe(urls, crawl={"max_page_bytes": 4 * MIB})
    assert {probed.reason(url) for url in urls} == {"too_large"}
    assert probed.grown_mib <= 50


def test_c16_certificates_that_do_not_verify_are_refused(tmp_path: Path) -> None:
    modern = self_signed(tmp_path, "safe.test", "other.test")
    old = self_signed(tmp_path, "safe.test")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1
    old.set_ciphers("ALL:@SECLEVEL=0")
    plain = HostileSite()
    with serving(HostileSite(tls=modern)) as site, serving(HostileSite(tls=old)) as ancient, serving(plain):
        site.routes = {"/": reply(), "/flip": redirect("http://safe.test/flip"), "/robots.txt": reply(b"")}
        ancient.routes = {"/": reply()}
        plain.routes = {"/flip": redirect("https://safe.test/flip"), "/robots.txt": reply(b"")}
        hosts = {
            "safe.test:443": f"127.0.0.2:{site.port}",
            "safe.test:80": f"127.0.0.2:{plain.port}",
            "old.test": f"127.0.0.2:{ancient.port}",
        }
        urls = ["https://safe.test/", "https://old.test/"]
        refused = probe(urls, hosts=hosts)
        assert [refused.reason(url) for url in urls] == ["tls", "tls"]
        assert "retry/count" not in refused.stats
        assert probe(urls[:1], hosts=hosts, crawl={"respect_robots": True}).reason(urls[0]) == "tls"
        assert site.hits == ancient.hits == []

        urls = ["https://safe.test/", "http://safe.test/flip", "https://old.test/"]
        opted_out = probe(urls, hosts=hosts, crawl={"verify_certificates": False})
        assert [opted_out.reason(url) for url in urls] == ["200", "redirect_loop", "tls"]
        assert len(site.hits) + len(plain.hits) == 1 + 11
        assert ancient.hits == []
