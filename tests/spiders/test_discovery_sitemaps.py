from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from lxml import etree
from shared_data import shared

from newsspider.items import DateEvidence, EvidenceKind, EvidenceRole, Link
from newsspider.sources import Source
from newsspider.spiders.discovery import CHUNK, MAX_BYTES, parse_discovery

MAP = "https://news.example/sitemap.xml"
SOURCE = Source(name="news", title="News", homepage="https://news.example", timezone="UTC", sitemaps=(MAP,), exclude=("^/tags",))
CHANGED = datetime(2024, 3, 4, 12, tzinfo=UTC)  # the end of that day, wherever it is
LASTMOD = DateEvidence(EvidenceKind.SITEMAP, "2024-03-03", "sitemap: lastmod", EvidenceRole.MODIFIED)

NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><image:image><image:loc>https://news.example/a.jpg</image:loc><image:title>صورة</image:title></image:image>
  <loc>https://news.example/خبر/1?utm_source=sitemap</loc><lastmod>2024-03-03</lastmod>
  <news:news><news:publication><news:name>News</news:name><news:language>ar</news:language></news:publication>
  <news:publication_date>2024-03-02T23:30:00Z</news:publication_date><news:title> خبر
  أول </news:title></news:news></url>
<url><loc>https://news.example/tags/x</loc></url><url><lastmod>2024-01-01</lastmod></url>
<url><loc>https://other.example/2</loc></url>
</urlset>"""

INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>/maps/2024-03.xml.gz</loc><lastmod>2024-03-03</lastmod></sitemap><sitemap><loc>https://news.example/tags.xml</loc></sitemap>
<sitemap><loc>https://evil.example/x.xml</loc></sitemap><sitemap><loc>file:///etc/passwd</loc></sitemap></sitemapindex>"""


def urlset(count: int) -> bytes:
    return b"<urlset>" + b"".join(b"<url><loc>https://news.example/%d</loc></url>" % number for number in range(count)) + b"</urlset>"


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("kind", ["sitemap", "news_sitemap"])
def test_news_sitemap(kind: str, pack: type[bytes]) -> None:
    found = parse_discovery(kind, pack(NEWS.encode()), MAP, source=SOURCE)
    published = DateEvidence(EvidenceKind.SITEMAP, "2024-03-02T23:30:00Z", "news sitemap: publication_date", EvidenceRole.PUBLISHED)
    assert found.problem is None
    assert found.links == (Link(url="https://news.example/%D8%AE%D8%A8%D8%B1/1", title="خبر أول", evidence=(published, LASTMOD)),)
    assert found.ignored == {"excluded": 1, "not_web": 1, "offsite": 1}


def test_h09_index_leads_to_sitemaps_of_the_site_only() -> None:
    found = parse_discovery("sitemap", INDEX.encode(), MAP, source=SOURCE)
    assert found.links == (
        Link(url="https://news.example/maps/2024-03.xml.gz", evidence=(LASTMOD,), discovery=True, kind="sitemap", changed_at=CHANGED),
    )
    assert found.ignored == {"excluded": 1, "offsite": 1, "not_web": 1}


def test_h03_indexes_end_after_three_levels() -> None:
    assert len(parse_discovery("sitemap", INDEX.encode(), MAP, source=SOURCE, depth=2).links) == 1
    deep = parse_discovery("sitemap", INDEX.encode(), MAP, source=SOURCE, depth=3)
    assert deep.links == ()
    assert "levels deep" in str(deep.problem)


def test_h03_only_so_many_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsspider.spiders.collected.MAX_LINKS", 1000)
    whole = parse_discovery("sitemap", urlset(1000), MAP, source=SOURCE)
    assert (len(whole.links), whole.problem) == (1000, None)
    found = parse_discovery("sitemap", urlset(1001), MAP, source=SOURCE)
    assert len(found.links) == 1000
    assert "more than 1,000 addresses" in str(found.problem)


def test_h03_packed_bomb_stops_at_the_limit() -> None:
    body = gzip.compress(b"<urlset>" + b" " * (MAX_BYTES + CHUNK))
    found = parse_discovery("sitemap", body, MAP, source=SOURCE)
    assert found.problem == "is longer than 50 MB"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (gzip.compress(gzip.compress(urlset(2))), "gzip within gzip"),
        (gzip.compress(urlset(10_000))[:-20], "cut off"),
        (b"\x1f\x8b\xff" + bytes(20), "broken gzip"),
        (b"\x1f\x8b", "cut off"),
        (urlset(3)[:-10], "cut off"),
        (urlset(3)[:-30], "cut off"),
        (urlset(3).replace(b"/1<", b"/1&x<")[:-30], "cut off"),
        (b"<urlset><url>", "cut off"),
        (b'<?xml version="1.0" encoding="utf-7"?><urlset/>', "'utf-7'"),
    ],
    ids=["gzip in gzip", "cut gzip", "broken gzip", "gzip head", "no end", "cut address", "cut after a mistake", "begun", "utf-7"],
)
def test_broken_file_is_told(body: bytes, words: str) -> None:
    assert words in str(parse_discovery("sitemap", body, MAP, source=SOURCE).problem)


def test_cut_off_file_gives_its_whole_entries() -> None:
    found = parse_discovery("sitemap", urlset(3)[:-30], MAP, source=SOURCE)
    assert [link.url for link in found.links] == ["https://news.example/0", "https://news.example/1"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, CHUNK])
def test_common_mistakes_are_forgiven(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsspider.spiders.discovery.CHUNK", size)
    monkeypatch.setattr("newsspider.spiders.xml.HEAD_CHUNKS", 1000)
    body = b"""<?xml version='1.0'?>\n<urlset><url><loc>https://news.example/v?id=1&cat=2&amp;x=3</loc></url>
<url><loc><![CDATA[https://news.example/v?id=2&cat=2]]></loc></url><url><loc>\n/3&nbsp; </loc></url><url><loc>/4</b></url></urlset>"""
    found = parse_discovery("sitemap", body, MAP, source=SOURCE)
    assert found.problem is None
    assert [link.url.removeprefix("https://news.example") for link in found.links] == ["/v?id=1&cat=2&x=3", "/v?id=2&cat=2", "/3", "/4"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_wide_encodings(encoding: str) -> None:
    declaration = "" if encoding == "utf-16" else f"<?xml version='1.0' encoding='{encoding}'?>"
    body = (declaration + "<urlset><url><loc>https://news.example/خبر?a=1&amp;b=2</loc></url></urlset>").encode(encoding)
    found = parse_discovery("sitemap", body, MAP, source=SOURCE)
    assert [link.url for link in found.links] == ["https://news.example/%D8%AE%D8%A8%D8%B1?a=1&b=2"]


def test_real_sitemap() -> None:
    body = shared("pages", "feeds", "sitemap-shaiclub.xml").read_bytes()
    places = [element.text for element in etree.fromstring(body).iter("{*}loc")]
    assert places
    found = parse_discovery("sitemap", body, MAP, source=SOURCE.model_copy(update={"homepage": str(places[0]), "exclude": ()}))
    assert len(found.links) + sum(found.ignored.values()) == len(places)
    assert set(found.ignored) == {"homepage"}
