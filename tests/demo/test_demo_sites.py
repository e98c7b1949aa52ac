"""The demo sites are what their gold answers say they are: pages, announcements, traps, and a server that behaves like one on the web."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import feedparser
import httpx
import pytest
from lxml import etree, html
from protego import Protego

from newsspider import clock
from newsspider.config import SourcesConfig
from newsspider.demo import DemoServer, content, serve
from newsspider.demo.content import Kind
from newsspider.demo.render import View
from newsspider.demo.sites import KHALEEJ, MAGHREB, SHAM, SITES
from newsspider.errors import ConfigError
from newsspider.sources import load_sources

GOLD: dict[str, Any] = json.loads((Path(__file__).parents[1] / "fixtures" / "demo_gold.json").read_text(encoding="utf-8"))["sites"]
PAGES = [pytest.param(name, path, page, id=f"{name}{path}") for name, site in GOLD.items() for path, page in site["pages"].items()]
ARTICLES = [param for param in PAGES if "title" in param.values[2]]
NOON = datetime(2025, 1, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with serve() as server:
        yield server


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def second(demo: DemoServer) -> Iterator[DemoServer]:
    demo.edition = 2
    yield demo
    demo.edition = 1


def url(demo: DemoServer, name: str, path: str) -> str:
    return demo.view(SITES[name]).url(path)


def words(text: str) -> str:
    return " ".join(re.sub("[\u202a-\u202e]", "", text).split())


def text_of(response: httpx.Response, charset: str) -> str:
    return words(html.fromstring(response.content.decode(charset)).text_content())


def charset_of(name: str, path: str) -> str:
    page = next(page for page in SITES[name].pages(2) if page.path == path)
    return "windows-1256" if page.damage == "mislabelled" else page.charset


def test_the_gold_names_every_page_and_no_other() -> None:
    for name, site in SITES.items():
        assert set(GOLD[name]["pages"]) == {path for page in site.pages(2) for path in (page.path, *page.also)}


def test_articles_are_about_sixty_and_of_a_newspapers_length() -> None:
    articles = [page for site in SITES.values() for page in site.articles(1)]
    assert 55 <= len(articles) <= 65
    assert {page.path: len(page.body.split()) for page in articles if not 90 <= len(page.body.split()) <= 250} == {}
    assert {page.path: len(page.paragraphs) for page in articles if not 3 <= len(page.paragraphs) <= 7} == {}
    assert {page.published.year for page in articles if page.published} == {2020, 2021, 2022, 2023, 2024, 2025}


@pytest.mark.parametrize(("name", "path", "page"), PAGES)
def test_every_page_answers_as_the_gold_says(demo: DemoServer, client: httpx.Client, name: str, path: str, page: dict[str, Any]) -> None:
    if page.get("reason") == "truncated":
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(url(demo, name, path))
        return
    response = client.get(url(demo, name, path))
    assert response.status_code == (404 if page.get("reason") == "http_404" or page["outcome"] is None else 200)
    if page["outcome"] == "duplicate":
        same = client.get(url(demo, name, page["of"]))
        assert text_of(response, "utf-8") == text_of(same, "utf-8")


@pytest.mark.parametrize(("name", "path", "page"), ARTICLES)
def test_every_article_holds_its_gold_text(second: DemoServer, client: httpx.Client, name: str, path: str, page: dict[str, Any]) -> None:
    for edition, gold in ((1, page if page["outcome"] else {}), (2, page | page.get("second", {}))):
        second.edition = edition
        text = text_of(client.get(url(second, name, path)), charset_of(name, path))
        assert [gold[key] for key in ("title", "first", "last") if key in gold and words(gold[key]) not in text] == []


@pytest.mark.parametrize(("name", "path", "page"), ARTICLES)
def test_the_gold_is_true_of_the_data(name: str, path: str, page: dict[str, Any]) -> None:
    found = next(item for edition in (1, 2) for item in SITES[name].articles(edition) if item.path == path)
    assert page["published_day"] == (found.published.date().isoformat() if found.published else None)
    assert page["paragraphs"] == len(found.paragraphs) - (found.damage == "unclosed")
    assert [text for text in [*GOLD[name]["must_not"], *page.get("must_not", [])] if text in found.body] == []


def test_every_site_has_its_boilerplate_on_an_article_page(demo: DemoServer, client: httpx.Client) -> None:
    for name, site in SITES.items():
        page = next(page for page in site.articles(1) if page.author and page.charset == "utf-8" and not page.damage)
        text = text_of(client.get(url(demo, name, page.path)), "utf-8")
        assert [missing for missing in GOLD[name]["must_not"] if missing not in text] == []


def test_the_reprints_are_one_text_to_the_letter_and_one_nearly_so() -> None:
    stories = [page for site in SITES.values() for page in site.articles(1) if page.agency]
    assert [page.agency for page in stories] == ["وكالات"] * 3
    sham, maghreb, khaleej = (page.title + page.body for page in stories)
    assert sham == khaleej
    assert sham != maghreb
    assert len(set(sham.split()) & set(maghreb.split())) / len(set(sham.split())) > 0.9


# What the sites announce


def announced(demo: DemoServer, client: httpx.Client, name: str) -> set[str]:
    """The decoded paths of all that feed, sitemaps and listing pages of a site lead to."""
    site, origin = SITES[name], demo.origins[name]
    found = {entry.link for entry in feedparser.parse(client.get(origin + site.feed).content).entries}
    if name == "khaleej":
        for path in ("/sitemap-news.xml", "/sitemap-archive.xml.gz"):
            body = client.get(origin + path).content
            root = etree.fromstring(gzip.decompress(body) if path.endswith(".gz") else body)
            found.update(root.xpath("//*[local-name()='loc']/text()"))
    else:
        for number in range(1, 8):
            response = client.get(url(demo, name, site.listing.format(number)))
            if response.status_code == 200:
                found.update(html.fromstring(response.content).xpath("//a[@class='headline' or @class='lire']/@href"))
    split = [urlsplit(link) for link in found]
    paths = {unquote(part.path) + (f"?{part.query}" if "php" in part.path else "") for part in split}
    return {path.removeprefix("/amp") for path in paths}


@pytest.mark.parametrize("name", SITES)
def test_all_pages_of_the_gold_are_announced(demo: DemoServer, client: httpx.Client, name: str) -> None:
    assert announced(demo, client, name) == {path for path, page in GOLD[name]["pages"].items() if page["outcome"]}


@pytest.mark.parametrize("name", SITES)
def test_the_second_edition_announces_what_is_new(second: DemoServer, client: httpx.Client, name: str) -> None:
    assert announced(second, client, name) == set(GOLD[name]["pages"])


@pytest.mark.parametrize("name", SITES)
def test_feeds_parse_and_tell_of_edits(demo: DemoServer, client: httpx.Client, name: str) -> None:
    def entries() -> dict[str, dict[str, Any]]:
        response = client.get(demo.origins[name] + SITES[name].feed)
        feed = feedparser.parse(response.content)
        assert not feed.bozo
        assert "xml" in response.headers["content-type"]
        return {urlsplit(entry.link).path: entry for entry in feed.entries}

    before = entries()
    demo.edition = 2
    after = entries()
    demo.edition = 1
    changed = {path for path in before.keys() & after.keys() if dict.get(before[path], "updated") != dict.get(after[path], "updated")}
    expected = {path for path, page in GOLD[name]["pages"].items() if page.get("second", {}).get("outcome") == "updated"}
    assert changed == (expected if name != "khaleej" else set())  # the Gulf site tells of edits in its sitemap only
    assert all(entry.title for entry in after.values())


def test_the_gulf_sitemap_tells_of_the_edit(demo: DemoServer, client: httpx.Client) -> None:
    def modified() -> dict[str, str]:
        root = etree.fromstring(client.get(demo.origins["khaleej"] + "/sitemap-news.xml").content)
        return {item[0].text: item[1].text for item in root}

    before = modified()
    demo.edition = 2
    after = modified()
    demo.edition = 1
    changed = {unquote(urlsplit(address).path) for address in before if before[address] != after[address]}
    assert changed == {path for path, page in GOLD["khaleej"]["pages"].items() if "second" in page}


def test_the_gulf_feed_has_tracking_parameters_and_one_amp_link(demo: DemoServer, client: httpx.Client) -> None:
    links = [urlsplit(entry.link) for entry in feedparser.parse(client.get(demo.origins["khaleej"] + KHALEEJ.feed).content).entries]
    assert all("utm_source=rss" in link.query for link in links)
    amp = [link for link in links if link.path.startswith("/amp/")]
    assert len(amp) == 1
    page = html.fromstring(client.get(amp[0].geturl()).content)
    assert unquote(urlsplit(page.xpath("string(//link[@rel='canonical']/@href)")).path) == unquote(amp[0].path).removeprefix("/amp")


def test_the_maghrebi_list_never_ends_and_brings_nothing_new(demo: DemoServer, client: httpx.Client) -> None:
    last = html.fromstring(client.get(url(demo, "maghreb", "/page/4/")).content)
    beyond = html.fromstring(client.get(url(demo, "maghreb", "/page/99/")).content)
    assert beyond.xpath("//a[@class='lire']/@href") == last.xpath("//a[@class='lire']/@href")
    assert beyond.xpath("string(//a[@class='suite']/@href)").endswith("/page/100/")


def test_the_levantine_list_ends(demo: DemoServer, client: httpx.Client) -> None:
    assert html.fromstring(client.get(url(demo, "sham", "/latest/3.html")).content).xpath("//a[@class='next']") == []
    assert client.get(url(demo, "sham", "/latest/4.html")).status_code == 404


@pytest.mark.parametrize("name", SITES)
def test_robots_txt_forbids_what_the_gold_says(demo: DemoServer, client: httpx.Client, name: str) -> None:
    response = client.get(demo.origins[name] + "/robots.txt")
    assert response.status_code == (404 if name == "maghreb" else 200)
    rules = Protego.parse(response.text if response.status_code == 200 else "")
    forbidden = {path for path in GOLD[name]["pages"] if not rules.can_fetch(url(demo, name, path), "newsspider")}
    assert forbidden == {path for path, page in GOLD[name]["pages"].items() if page.get("reason") == "robots"}


def test_source_files_load_with_the_addresses_served(demo: DemoServer, tmp_path: Path) -> None:
    demo.write_sources(tmp_path / "sources")
    sources = load_sources(SourcesConfig(folder=tmp_path / "sources", builtin=False))
    assert {source.name: source.homepage.rstrip("/") for source in sources.values()} == demo.origins
    assert all(source.limits.delay == 0 for source in sources.values())


# How pages are built


def test_headers_show_the_day_of_the_visit(demo: DemoServer, client: httpx.Client) -> None:
    printed = {
        "sham": "الأربعاء ٢٢ / يناير / ٢٠٢٥",
        "maghreb": "الأربعاء 22 جانفي 2025",
        "khaleej": "الأربعاء 22 رجب 1446 هـ الموافق 22 يناير 2025 م",
    }
    with clock.fixed(NOON):
        for name, date in printed.items():
            response = client.get(demo.origins[name] + "/")
            assert date in response.text
            assert response.headers["date"] == "Wed, 22 Jan 2025 12:00:00 GMT"


@pytest.mark.parametrize(
    ("site", "path", "printed"),
    [
        (SHAM, "/news/1001.html", "الخميس 12 آذار 2020 - 14:35"),
        (SHAM, "/news/1002.html", "نشر في: 5 تشرين الثاني 2020 | 10:10"),
        (SHAM, "/news/1003.html", "الأحد ١٤ شباط ٢٠٢١"),
        (SHAM, "/news/1005.html", "21 حزيران/يونيو 2021، 12:45"),
        (MAGHREB, "/articles/201/", "الخميس 14 جويلية 2022 على الساعة 18:30"),
        (MAGHREB, "/articles/203/", "الجمعة 12 غشت 2022 - 10:05"),
        (MAGHREB, "/articles/205/", "نشر بتاريخ 17 نونبر 2023"),
        (KHALEEJ, "3001", "الخميس 4 جمادى الآخرة 1446هـ - 5 ديسمبر 2024م"),
        (KHALEEJ, "3011", "13 رمضان 1444 هـ الموافق 4 أبريل 2023 م - 00:40"),
        (KHALEEJ, "3021", "19-01-2025 | 19 رجب 1446"),
    ],
)
def test_dates_are_printed_as_the_region_does(site: Any, path: str, printed: str) -> None:
    view = View(site, 1, "http://127.0.0.1:1", NOON)
    page = next(page for page in view.articles if page.path.endswith(path))
    assert view.date(page) == printed
    assert printed in view.answer(page.path).body.decode("windows-1256" if page.charset != "utf-8" else "utf-8")


def test_the_article_without_a_date_has_none_but_todays(demo: DemoServer, client: httpx.Client) -> None:
    with clock.fixed(NOON):
        response = client.get(url(demo, "sham", "/news/1015.html"))
    assert "last-modified" not in response.headers
    story = html.fromstring(response.content).xpath("//div[@class='story']")[0]
    assert not re.search(r"[0-9٠-٩]{2}", story.text_content())
    assert "article:published_time" not in response.text


def test_the_levantine_headline_stands_twice_and_with_the_sites_name(demo: DemoServer, client: httpx.Client) -> None:
    page = html.fromstring(client.get(url(demo, "sham", "/news/1001.html")).content)
    title = GOLD["sham"]["pages"]["/news/1001.html"]["title"]
    assert [heading.text_content() for heading in page.xpath("//h1")] == [title, title]
    assert page.findtext(".//title") == f"{title} | مرايا الشام"


def test_no_structured_data_on_the_maghrebi_site(demo: DemoServer, client: httpx.Client) -> None:
    for path in ("/articles/201/", "/archive/show.php?id=31"):
        page = html.fromstring(client.get(url(demo, "maghreb", path)).content)
        assert page.xpath("//meta[@property or @name] | //script | //time | //*[@itemprop] | //link[@rel='canonical']") == []


def test_archived_pages_are_windows_1256_and_one_page_says_what_it_is_not(demo: DemoServer, client: httpx.Client) -> None:
    archived = client.get(url(demo, "maghreb", "/archive/show.php?id=32"))
    assert archived.headers["content-type"] == "text/html; charset=windows-1256"
    assert b"charset=windows-1256" in archived.content
    wrong = client.get(url(demo, "maghreb", "/articles/215/"))
    assert wrong.headers["content-type"] == "text/html; charset=utf-8"
    assert b"charset=utf-8" in wrong.content
    with pytest.raises(UnicodeDecodeError):
        wrong.content.decode("utf-8")


def test_the_unclosed_page_ends_within_a_tag(demo: DemoServer, client: httpx.Client) -> None:
    assert client.get(url(demo, "maghreb", "/articles/214/")).text.endswith("</p>\n<p")


def test_hostile_titles_are_escaped_and_survive_in_structured_data(demo: DemoServer, client: httpx.Client) -> None:
    page = next(page for page in KHALEEJ.articles(1) if "<script>" in page.title)
    assert "\u202e" in page.title
    response = client.get(url(demo, "khaleej", page.path))
    assert "<script>alert" not in response.text
    tree = html.fromstring(response.content)
    assert tree.xpath("//h1")[0].text_content() == page.title
    graph = json.loads(tree.xpath("string(//script[@type='application/ld+json'])"))["@graph"]
    assert next(node for node in graph if node["@type"] == "NewsArticle")["headline"] == page.title


def test_structured_dates_are_in_utc_and_may_name_the_day_before(demo: DemoServer, client: httpx.Client) -> None:
    page = next(page for page in KHALEEJ.articles(1) if page.path.endswith("3011"))
    tree = html.fromstring(client.get(url(demo, "khaleej", page.path)).content)
    story = json.loads(tree.xpath("string(//script[@type='application/ld+json'])"))["@graph"][-1]
    assert story["datePublished"] == "2023-04-03T21:40:00+00:00"
    assert GOLD["khaleej"]["pages"][page.path]["published_day"] == "2023-04-04"


# The server


@pytest.mark.parametrize("name", SITES)
def test_feeds_answer_conditional_requests(demo: DemoServer, client: httpx.Client, name: str) -> None:
    address = demo.origins[name] + SITES[name].feed
    first = client.get(address)
    etag, modified = first.headers["etag"], first.headers["last-modified"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    assert client.get(address, headers={"If-None-Match": f'"other", W/{etag}'}).status_code == 304
    assert client.get(address, headers={"If-Modified-Since": modified}).status_code == 304
    assert client.get(address, headers={"If-Modified-Since": "Wed, 01 Jan 2020 00:00:00 GMT"}).status_code == 200
    assert client.get(address, headers={"If-Modified-Since": "yesterday"}).status_code == 200
    assert client.get(address, headers={"If-None-Match": '"other"', "If-Modified-Since": modified}).status_code == 200


def test_a_new_edition_changes_the_validators(demo: DemoServer, client: httpx.Client) -> None:
    for name, path in (("sham", SHAM.feed), ("maghreb", MAGHREB.feed), ("khaleej", "/sitemap-news.xml"), ("khaleej", "/sitemap.xml")):
        address = demo.origins[name] + path
        before = client.get(address).headers
        demo.edition = 2
        by_tag = client.get(address, headers={"If-None-Match": before["etag"]})
        by_time = client.get(address, headers={"If-Modified-Since": before["last-modified"]})
        demo.edition = 1
        assert (by_tag.status_code, by_time.status_code) == (200, 200)


def test_head_sends_no_body_and_keeps_the_connection(demo: DemoServer, client: httpx.Client) -> None:
    address = demo.origins["sham"] + "/"
    head, get = client.head(address), client.get(address)
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"] == str(len(get.content))
    assert head.headers["etag"] == get.headers["etag"]


def test_unknown_paths_are_404_with_a_page(demo: DemoServer, client: httpx.Client) -> None:
    for name in SITES:
        for path in ("/nothing", "/media/x.svg", "/section/لا-شيء", "/page/0/", "/latest/0.html", "/%00", "/../../etc/passwd", "/%ff"):
            assert client.get(demo.origins[name] + path).status_code == 404


def test_pictures_are_served(demo: DemoServer, client: httpx.Client) -> None:
    response = client.get(demo.origins["khaleej"] + "/media/3001.svg")
    assert response.headers["content-type"] == "image/svg+xml"
    assert etree.fromstring(response.content).tag.endswith("svg")


def test_fixed_ports_follow_one_another_and_are_free_again_afterwards() -> None:
    for port in range(20_011, 60_000, 997):  # until three free ones stand side by side
        with contextlib.suppress(OSError), serve(first_port=port) as fixed:
            break
    assert list(fixed.origins.values()) == [f"http://127.0.0.1:{port + number}" for number in range(3)]
    with serve(first_port=port), pytest.raises(OSError, match="in use"), serve(first_port=port):
        pass


def test_there_is_no_third_edition(demo: DemoServer) -> None:
    with pytest.raises(ValueError, match="no edition 3"):
        demo.edition = 3
    assert demo.edition == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('path = "/a"\ntitle = "ب"\ncolour = 1\n', r"x\.toml:3: colour: Extra inputs"),
        ('path = "a"\ntitle = "ب"\n', r"x\.toml:1: path: String should match"),
        ('path = "/a"\n', r"x\.toml:1: title: Field required"),
        ("path", r"x\.toml: not valid TOML"),
    ],
)
def test_a_wrong_page_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "x.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(content, "FOLDER", tmp_path)
    with pytest.raises(ConfigError, match=message):
        content.load_pages.__wrapped__("new", SHAM.timezone, 1)


def test_every_kind_of_page_is_there() -> None:
    assert {page.kind for site in SITES.values() for page in site.pages(1)} == set(Kind)
