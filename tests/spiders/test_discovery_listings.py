from __future__ import annotations

import pytest
from shared_data import shared

from newsspider.sources import Source
from newsspider.spiders.discovery import parse_discovery

PAGE = "https://news.example/politics"


def source(listing: dict[str, object] | None = None, **changes: object) -> Source:
    listings = [{"url": "https://news.example/sport"}, {"url": PAGE, **(listing or {})}]
    return Source.model_validate(
        {"name": "news", "title": "News", "homepage": "https://news.example", "timezone": "UTC", "listings": listings, **changes}
    )


HTML = """<html><head><link rel="next" href="/politics?page=2"><base href="/base/"></head><body>
<nav><a href="/politics">سياسة</a> <a href="/about">من نحن</a> <a href="/category/وزراء">وزراء</a></nav>
<div class=card><a href="../خبر/123456"><img src=x></a><h2><a href="/خبر/123456#top">الحكومة تقر موازنة العام الجديد</a></h2><a href="/author/5">سلمى</a></div>
<div class=card><h2><a href="رأي" title="عنوان رأي">رأي</a></h2></div>
<div class=card><h2><a href="//news.example/2024/03/05/x">المزيد</a></h2></div>
<a href="javascript:alert(1)">نص طويل من أربع كلمات</a><a href="file:///etc/passwd">نص طويل من أربع كلمات</a>
<a href="https://ads.example/1">إعلان طويل من أربع كلمات</a><a href="/\\evil.example/1">خبر طويل من أربع كلمات</a>
<a>بلا عنوان</a><a href="">فارغ من كل عنوان هنا</a>
</body></html>"""
KHABAR = "https://news.example/%D8%AE%D8%A8%D8%B1/123456"


def read(listing: dict[str, object] | None = None, html: str = HTML, url: str = PAGE, depth: int = 0, **changes: object):  # type: ignore[no-untyped-def]
    return parse_discovery("listing", html.encode(), url, source=source(listing, **changes), depth=depth)


def test_h09_links_that_look_like_articles() -> None:
    found = read()
    assert found.problem is None
    assert [(link.url, link.title) for link in found.links] == [
        (KHABAR, "الحكومة تقر موازنة العام الجديد"),
        ("https://news.example/2024/03/05/x", None),
    ]
    assert found.ignored == {"not_web": 2, "offsite": 2}
    assert [(link.url, link.discovery, link.kind) for link in found.next] == [
        ("https://news.example/base/politics?page=2".replace("base/", ""), True, "listing")
    ]


@pytest.mark.parametrize(
    ("selector", "urls"),
    [
        ("h2 a", [KHABAR, "https://news.example/base/%D8%B1%D8%A3%D9%8A", "https://news.example/2024/03/05/x"]),
        ("h2", [KHABAR, "https://news.example/base/%D8%B1%D8%A3%D9%8A", "https://news.example/2024/03/05/x"]),
        ("h2 a::attr(href)", [KHABAR, "https://news.example/base/%D8%B1%D8%A3%D9%8A", "https://news.example/2024/03/05/x"]),
        ("xpath://div[1]//h2/a/@href", [KHABAR]),
        ("xpath://div[h2/a[@title]]", ["https://news.example/base/%D8%B1%D8%A3%D9%8A"]),
    ],
)
def test_selector_of_links(selector: str, urls: list[str]) -> None:
    assert [link.url for link in read({"links": selector}).links] == urls


def test_allow_decides_without_a_selector() -> None:
    assert [link.url for link in read(allow=["^/base/رأي$"]).links] == ["https://news.example/base/%D8%B1%D8%A3%D9%8A"]


def test_selector_that_finds_nothing_is_told_on_the_first_page_only() -> None:
    assert "`.gone a`" in str(read({"links": ".gone a"}).problem)
    assert "no links to articles" in str(read(html="<p>404").problem)
    assert read({"links": ".gone a"}, depth=1).problem is None


def test_next_page_by_selector_and_up_to_the_limit() -> None:
    links = "<a class=n href='/politics/page/3'>التالي</a><a class=n href='https://evil.example/4'>x</a><a class=n href='/politics'>x</a>"
    html = HTML.replace("</body>", links + "</body>")
    listing = {"next": "a.n", "max_pages": 3}
    for depth, expected in ((0, ["https://news.example/politics/page/3"]), (1, ["https://news.example/politics/page/3"]), (2, [])):
        assert [link.url for link in read(listing, html, depth=depth).next] == expected


def test_next_pages_belong_to_the_listing_they_begin_like() -> None:
    listing = {"links": "h2 a", "max_pages": 1}
    assert read(listing, url="https://news.example/politics?page=2", depth=1).next == ()
    assert len(read(listing, url="https://news.example/sport?page=2", depth=1).next) == 1


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<a href='/a/{0}'>x</a>" * 6000, "more than 5,000 links"),
        ("<a href=/a/123456>" * 6000, "more than 5,000 links"),
        ("<div " + " ".join(f"a{n}=1" for n in range(100_000)) + ">", "attributes"),
        ("<div>" * 200_000, "no links"),
        ("<p>" + "x" * 1_000_000, "no links"),
        ("<", "no links"),
    ],
)
def test_h05_monstrous_pages_are_told(html: str, words: str) -> None:
    assert words in str(read(html=html).problem)


def test_long_picture_in_a_tag_is_no_monster() -> None:
    assert len(read(html=f"<img src='data:image/png;base64,{'A' * 100_000}='><a href='/a/123456'>x</a>").links) == 1


@pytest.mark.parametrize("selector", ["xpath:string(//a/@href)", "xpath://a/text()/.."])
def test_selectors_of_every_type(selector: str) -> None:
    found = read({"links": selector}, "<a href='/a/123456'>x</a>")
    assert [link.url for link in found.links] == ["https://news.example/a/123456"]


@pytest.mark.parametrize(
    ("used", "meta", "header"),
    [
        ("windows-1256", "windows-1256", None),
        ("windows-1256", "", None),
        ("utf-8", "", None),
        ("utf-8", "utf-7", None),
        ("iso-8859-6", "", "iso-8859-6"),
    ],
)
def test_h16_encodings(used: str, meta: str, header: str | None) -> None:
    html = f"<meta charset='{meta}'><h2><a href='/خبر/123456'>عنوان</a></h2>"
    found = parse_discovery("listing", html.encode(used), PAGE, source=source(), encoding=header)
    assert [link.url for link in found.links] == [KHABAR]


@pytest.mark.parametrize("base", ["javascript:x", "file:///", "http://[", ""])
def test_bad_base_is_ignored(base: str) -> None:
    html = f"<base href='{base}'><a href='/a/123456'>x</a>"
    assert [link.url for link in read(html=html).links] == ["https://news.example/a/123456"]


@pytest.mark.parametrize(
    ("name", "home", "articles"),
    [
        ("economygate-home", "https://amr208.github.io", 11),
        ("racidy-home", "https://racidy.com", 10),
        ("linuxsociety-news", "https://linuxsociety.xyz", 4),
    ],
)
def test_real_listing_without_selectors(name: str, home: str, articles: int) -> None:
    body = shared("pages", "html", f"listing-{name}.html").read_bytes()
    site = source(homepage=home, listings=[{"url": f"{home}/ar/news/"}])
    found = parse_discovery("listing", body, f"{home}/ar/news/", source=site)
    assert len(found.links) == articles
    assert all(link.title for link in found.links)
