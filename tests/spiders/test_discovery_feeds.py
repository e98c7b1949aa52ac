from __future__ import annotations

import json

import pytest
from lxml import etree
from shared_data import shared

from newsspider.items import DateEvidence, EvidenceKind, EvidenceRole, Link
from newsspider.sources import Source
from newsspider.spiders.discovery import parse_discovery
from newsspider.urls import origin

FEED = "https://news.example/feeds/all"
SOURCE = Source(name="news", title="News", homepage="https://news.example", timezone="UTC", feeds=(FEED,))
KHABAR = "https://news.example/%D8%AE%D8%A8%D8%B1/1"


def evidence(raw: str, role: EvidenceRole, place: str) -> DateEvidence:
    return DateEvidence(EvidenceKind.FEED, raw, place, role)


PUBLISHED = "feed entry: published"
UPDATED = "feed entry: updated"

RSS2 = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>News</title>
<item><title><![CDATA[خبر <b>أول</b> &amp; مهم]]></title><link>/خبر/1?utm_source=rss</link><category>سياسة</category><category>محلي</category>
  <dc:creator>سلمى</dc:creator><pubDate>الأحد, 03 Mar 2024 10:00:00 +0300</pubDate><atom:updated>2024-03-03T08:00:00Z</atom:updated></item>
<item><title>ثان</title><link> https://news.example/2 </link><author>desk@news.example (فريق التحرير)</author></item>
<item><guid isPermaLink="true">https://news.example/3</guid></item>
<item><title>آخر</title><link>https://other.example/4</link></item>
<item><title>بلا رابط</title></item>
<item><title>أول من جديد</title><link>http://www.news.example/%d8%ae%d8%a8%d8%b1/1/</link></item>
</channel></rss>"""

RSS1 = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://news.example"><title>News</title></channel>
<item rdf:about="https://news.example/1"><title>خبر</title><link>https://news.example/1</link><dc:date>2024-03-03T10:00:00+03:00</dc:date>
<dc:subject>علوم</dc:subject><dc:creator>سلمى</dc:creator></item></rdf:RDF>"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/base/"><title>News</title>
<entry><title type="html">خبر &lt;i&gt;مائل&lt;/i&gt;</title><link rel="self" href="https://news.example/api/1"/><link href="one?id=1"/><id>tag:1</id>
<author><name>سلمى</name></author><author><name>عمر</name></author><category term="رياضة"/>
<published>2024-03-03T10:00:00+03:00</published><updated>2024-03-04T10:00:00+03:00</updated></entry>
<entry><title>ثان</title><link href="../two"/><updated>2024-03-05T00:00:00Z</updated></entry></feed>"""

JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {
                "id": "1",
                "url": "/1",
                "title": "خبر",
                "date_published": "2024-03-03T10:00:00+03:00",
                "authors": [{"name": "سلمى"}],
                "tags": ["سياسة"],
            },
            {"id": "https://news.example/2", "author": {"name": "عمر"}, "tags": [], "title": None},
            "junk",
        ],
    }
).encode()


def test_rss_2() -> None:
    found = parse_discovery("feed", RSS2.encode(), FEED, source=SOURCE)
    assert found.problem is None
    assert found.links == (
        Link(
            url=KHABAR,
            title="خبر أول & مهم",
            section="سياسة",
            authors=("سلمى",),
            evidence=(
                evidence("الأحد, 03 Mar 2024 10:00:00 +0300", EvidenceRole.PUBLISHED, PUBLISHED),
                evidence("2024-03-03T08:00:00Z", EvidenceRole.MODIFIED, UPDATED),
            ),
        ),
        Link(url="https://news.example/2", title="ثان", authors=("فريق التحرير",)),
        Link(url="https://news.example/3"),
    )
    assert found.ignored == {"offsite": 1, "not_web": 1}
    assert found.next == ()


def test_rss_1_has_one_date_of_unknown_role() -> None:
    found = parse_discovery("feed", RSS1.encode(), FEED, source=SOURCE)
    dates = (evidence("2024-03-03T10:00:00+03:00", EvidenceRole.UNKNOWN, UPDATED),)
    assert found.links == (Link(url="https://news.example/1", title="خبر", section="علوم", authors=("سلمى",), evidence=dates),)


def test_atom_with_relative_links() -> None:
    found = parse_discovery("feed", ATOM.encode(), FEED, source=SOURCE)
    first, second = found.links
    assert (first.url, first.title, first.section, first.authors) == (
        "https://news.example/base/one?id=1",
        "خبر مائل",
        "رياضة",
        ("سلمى", "عمر"),
    )
    assert [(item.raw, item.role) for item in first.evidence] == [
        ("2024-03-03T10:00:00+03:00", EvidenceRole.PUBLISHED),
        ("2024-03-04T10:00:00+03:00", EvidenceRole.MODIFIED),
    ]
    assert second.url == "https://news.example/two"
    assert [(item.raw, item.role) for item in second.evidence] == [("2024-03-05T00:00:00Z", EvidenceRole.MODIFIED)]


def test_json_feed() -> None:
    found = parse_discovery("feed", JSON, FEED, source=SOURCE)
    assert [(link.url, link.title, link.section, link.authors) for link in found.links] == [
        ("https://news.example/1", "خبر", "سياسة", ("سلمى",)),
        ("https://news.example/2", None, None, ("عمر",)),
    ]
    assert found.links[0].evidence[0].raw == "2024-03-03T10:00:00+03:00"


@pytest.mark.parametrize(
    ("declared", "used", "header"),
    [
        ("utf-8", "utf-8", "iso-8859-1"),
        ("windows-1256", "windows-1256", None),
        (None, "windows-1256", None),
        (None, "utf-8", "windows-1252"),
        (None, "iso-8859-6", "iso-8859-6"),
        ("utf-16", "utf-16", None),
    ],
)
def test_h16_encodings(declared: str | None, used: str, header: str | None) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = (
        f"{declaration}<rss version='2.0'><channel><item><title>خبر عاجل</title><link>https://news.example/1</link></item></channel></rss>"
    )
    found = parse_discovery("feed", body.encode(used), FEED, source=SOURCE, encoding=header)
    assert [link.title for link in found.links] == ["خبر عاجل"]


def test_broken_feed_gives_what_can_be_read() -> None:
    cut = RSS2.encode()[: RSS2.encode().index("<item><title>آخر".encode())].replace(b"<category>", b"<category>&nbsp; a < b ")
    found = parse_discovery("feed", b"\n\n" + cut, FEED, source=SOURCE)
    assert [link.url for link in found.links] == [KHABAR, "https://news.example/2", "https://news.example/3"]


def test_empty_feed_is_no_problem() -> None:
    assert parse_discovery("feed", b"<rss version='2.0'><channel/></rss>", FEED, source=SOURCE).problem is None


def test_feed_of_another_site_says_what_to_do() -> None:
    body = b"<rss version='2.0'><channel><item><link>https://moved.example/1</link></item></channel></rss>"
    found = parse_discovery("feed", body, FEED, source=SOURCE)
    assert found.links == ()
    assert "hosts" in str(found.problem)
    assert found.ignored == {"offsite": 1}


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("feed", b"<urlset><url><loc>https://news.example/1</loc></url></urlset>", "is a sitemap; it belongs under `sitemaps`"),
        ("feed", b"<!DOCTYPE html><html><body><a href='/1'>x</a></body></html>", "is a web page"),
        ("feed", b"plain words", "is a web page"),
        ("feed", b"", "is empty"),
        ("feed", b" \n", "is empty"),
        ("feed", b'{"a": 1}', "no JSON Feed"),
        ("feed", b"[" * 100_000, "no readable JSON"),
        ("feed", b'{"version": "https://jsonfeed.org/version/1", "items": [', "no readable JSON"),
        ("sitemap", RSS2.encode(), "is a feed; it belongs under `feeds`"),
        ("news_sitemap", b"<html><body>404</body></html>", "was announced as a news sitemap, but is a web page"),
        ("listing", RSS2.encode(), "was announced as a web page, but is a feed"),
    ],
)
def test_wrong_kind_is_told(kind: str, body: bytes, words: str) -> None:
    found = parse_discovery(kind, body, FEED, source=SOURCE)
    assert words in str(found.problem)
    assert found.links == ()


def test_h21_nothing_is_opened(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("feeds") / "feed.xml"
    path.write_text(RSS2, encoding="utf-8")
    for body in (str(path).encode(), path.as_uri().encode(), b"/etc/passwd", b"http://127.0.0.1:1/feed"):
        found = parse_discovery("feed", body, FEED, source=SOURCE)
        assert found.links == ()
        assert found.problem


@pytest.mark.parametrize(
    "name",
    [
        "albalochi",
        "economygate-cars",
        "economygate-main",
        "linuxsociety-news",
        "maglobal",
        "qimatr",
        "racidy-main",
        "racidy-sport",
        "shaiclub",
    ],
)
def test_real_feed(name: str) -> None:
    body = shared("pages", "feeds", f"feed-{name}.xml").read_bytes()
    items = etree.fromstring(body).findall(".//item")
    address = next(text for item in items if (text := item.findtext("link")))
    home = address.partition("%")[0] if name.startswith("racidy") else origin(address)
    found = parse_discovery("feed", body, FEED, source=SOURCE.model_copy(update={"homepage": home}))
    assert len(found.links) + sum(found.ignored.values()) == len(items)
    if name.startswith("racidy"):  # its links are broken: their host name runs on into the path
        assert found.ignored == {"not_web": len(items)}
    else:
        assert [link.evidence[0].raw for link in found.links] == [item.findtext("pubDate") for item in items]
        assert all(link.title for link in found.links)
