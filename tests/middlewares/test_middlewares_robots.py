"""robots.txt: C05, C06."""

from __future__ import annotations

import pytest
from hostile import HostileSite, redirect, reply, serving, stall
from hypothesis import given
from hypothesis import strategies as st
from probe import Probed, probe
from scrapy.http import Response

from newsspider.middlewares.robots import PRODUCT, read_rules

ARABIC = "/سياسة/خبر"
ENCODED = "/%D8%B3%D9%8A%D8%A7%D8%B3%D8%A9/%D8%AE%D8%A8%D8%B1"


def hosts(site: HostileSite, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, f"127.0.0.2:{site.port}")


def crawl(site: HostileSite, *urls: str, **options: object) -> Probed:
    names = {url.split("/")[2] for url in urls} | {"elsewhere.test"}
    return probe(urls, hosts=hosts(site, *names), crawl={"respect_robots": True, "max_crawl_delay": 30, **options})


def test_c05_unreadable_robots_txt_means_no_page_at_all() -> None:
    site = HostileSite(routes={"/": reply(), "/a": reply()})
    site.routes |= {
        "r503.test/robots.txt": reply(b"", "Retry-After: 1", status="503 Service Unavailable"),
        "r500.test/robots.txt": reply(b"", status="500 Internal Server Error"),
        "r429.test/robots.txt": reply(b"", "Retry-After: 1", status="429 Too Many Requests"),
        "late.test/robots.txt": stall,
        "cut.test/robots.txt": reply(b"User-agent: *", length=1000),
        "fine.test/robots.txt": reply(b""),
    }
    closed = "http://127.0.0.2:1/"
    bad = [f"http://{name}.test{path}" for name in ("r503", "r500", "r429", "late", "cut") for path in ("/", "/a")]
    fine = ["http://fine.test/", "http://fine.test/a"]
    with serving(site):
        probed = probe(
            [*bad, closed, "http://nx.invalid/", *fine],
            hosts=hosts(site, "r503.test", "r500.test", "r429.test", "late.test", "cut.test", "fine.test"),
            crawl={"respect_robots": True, "timeout": 1},
        )
    assert {url: probed.reason(url) for url in [*bad, closed]} == dict.fromkeys([*bad, closed], "robots_unreachable")
    assert probed.reason("http://nx.invalid/") == "dns"
    assert all(probed.endings[url]["status"] == 200 for url in fine)
    assert {hit.path for hit in site.hits if hit.host != "fine.test"} == {"/robots.txt"}
    assert probed.log.count("nothing is fetched in this run") == 7  # once an origin


def test_c06_what_robots_txt_allows_and_forbids() -> None:
    chain = {f"hops{length}.test/robots.txt": redirect(f"/{length}") for length in (5, 6)}
    chain |= {f"/{number}": redirect(f"/{number - 1}") for number in range(2, 7)}
    site = HostileSite(routes={"/": reply(), "/no/x": reply(), ARABIC: reply(), ENCODED: reply(), **chain})
    long = b"User-agent: *\nDisallow: /early\n" + b"# filling\n" * 60_000 + b"Disallow: /late\n"
    site.routes |= {
        "/1": reply(b"User-agent: *\nDisallow: /"),
        "r403.test/robots.txt": reply(b"User-agent: *\nDisallow: /", status="403 Forbidden"),
        "long.test/robots.txt": reply(long),
        "/early": reply(),
        "/late": reply(),
        "moved.test/robots.txt": redirect("http://elsewhere.test/rules"),
        "elsewhere.test/rules": reply(b"User-agent: *\nDisallow: /no/"),
        "greedy.test/robots.txt": reply(b"User-agent: *\nCrawl-delay: 86400"),
    }
    with serving(site):
        expected = {
            "http://r404.test/": "200",
            "http://r403.test/": "200",
            "http://hops5.test/": "robots",
            "http://hops6.test/": "200",
            "http://long.test/early": "robots",
            "http://long.test/late": "200",
            "http://moved.test/no/x": "robots",
            "http://moved.test/": "200",
            "http://greedy.test/": "crawl_delay",
        }
        probed = crawl(site, *expected)
    assert {url: probed.reason(url) for url in expected} == expected
    assert "http://greedy.test: nothing is fetched in this run: asks for 86400 s" in probed.log
    assert site.paths("greedy.test") == ["/robots.txt"]
    assert site.paths("r404.test") == ["/robots.txt", "/"]


def test_c06_crawl_delay_is_kept() -> None:
    """Though AutoThrottle, more requests at once and a redirect from a faster host would all hurry."""
    site = HostileSite(routes={"/robots.txt": reply(b"User-agent: newsspider\nCrawl-delay: 0.8"), "fast.test/robots.txt": reply(b"")})
    pages = [f"/{number}" for number in range(4)]
    site.routes |= {path: reply() for path in pages} | {"/go": redirect("http://slow.test/0")}
    urls = ["http://fast.test/go", *(f"http://{host}.test{path}" for path in pages for host in ("slow", "fast"))]
    with serving(site):
        probed = crawl(site, *urls, autothrottle=True, concurrency_per_site=4)
    assert {probed.reason(url) for url in urls} == {"200"}
    assert len(site.gaps("slow.test")) == 5
    assert min(site.gaps("slow.test")) >= 0.8, "from the answer, so that no request is early, however late the one before was noticed"
    hosts = [hit.host for hit in site.hits]
    assert "fast.test" not in hosts[-3:], "the slow host held up the fast one"


def can_fetch(text: bytes, path: str) -> bool:
    parser = read_rules(Response("http://a.test/robots.txt", body=text)).parser
    assert parser
    return bool(parser.can_fetch(f"http://a.test{path}", PRODUCT))


@pytest.mark.parametrize("path", [ENCODED, ENCODED.lower(), ARABIC])
@pytest.mark.parametrize(
    "line",
    [
        ARABIC.encode(),
        ENCODED.encode(),
        ENCODED.lower().encode(),
        "/سياسة/*".encode(),
        "/سياسة/خبر$".encode(),
        ARABIC.encode("windows-1256"),
    ],
)
def test_c06_arabic_paths_match_however_they_are_written(line: bytes, path: str) -> None:
    assert not can_fetch(b"\xef\xbb\xbfUser-agent: *\nDisallow: " + line if line.isascii() else b"User-agent: *\nDisallow: " + line, path)
    assert can_fetch(b"User-agent: *\nDisallow: " + line, "/%D8%B1%D9%8A%D8%A7%D8%B6%D8%A9")


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        (b"User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        (b"User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True),
        (b"User-agent: *\nDisallow: /a*b", "/a/x/b/c", False),
        (b"User-agent: *\nDisallow: /\nAllow: /news/", "/news/1", True),
        (b"User-agent: NewsSpider\nDisallow: /x\nUser-agent: *\nDisallow: /", "/y", True),
        (b"User-agent: googlebot\nDisallow: /", "/", True),
        (b"<html><body>not found</body></html>", "/", True),
        (b"", "/", True),
    ],
)
def test_c06_patterns_and_groups(text: bytes, path: str, allowed: bool) -> None:
    assert can_fetch(text, path) is allowed


@given(st.binary(max_size=400))
def test_any_robots_txt_can_be_read(body: bytes) -> None:
    assert read_rules(Response("http://a.test/robots.txt", body=b"User-agent: *\n" + body)).reason is None
