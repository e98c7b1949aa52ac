"""`newsspider sources add`: a real server on loopback is looked at, and a file is written that says what was found."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from click.testing import Result
from sites import Site, serve
from typer.testing import CliRunner

from newsspider import clock
from newsspider.cli import sources
from newsspider.config import SourcesConfig
from newsspider.errors import AddressBlocked, FetchError, NewsspiderError, SourceError
from newsspider.sources import load_sources
from newsspider.sources.draft import Draft, name_of
from newsspider.sources.homepage import read_homepage

RSS = """<rss version="2.0"><channel>{}</channel></rss>"""
ITEM = "<item><title>خبر رقم {0}</title><link>/news/{0}</link><pubDate>Sun, 03 Mar 2024 10:00:00 GMT</pubDate></item>"
FEED = RSS.format("".join(ITEM.format(number) for number in range(3)))
NEWS_SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>{0}/news/1</loc><news:news><news:title>خبر</news:title><news:publication_date>2024-03-04</news:publication_date></news:news></url></urlset>"""
SITEMAP = (
    """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{0}/news/1</loc><lastmod>2024-03-01</lastmod></url></urlset>"""
)
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "موقعي",
    "items": [{"id": "1", "url": "/news/1", "date_published": "2024-03-04T08:00:00Z"}],
}
PAGE = """<!doctype html><html lang="ar-SY" dir="rtl"><head><meta charset="utf-8"><title>الرئيسية | موقعي الإخباري</title>
<meta property="og:site_name" content='موقعي "الأول"'><meta property="og:locale" content="ar_AR">{}</head><body><p>أهلا</p></body></html>"""


def link(href: str, kind: str = "application/rss+xml") -> str:
    return f'<link rel="alternate" type="{kind}" href="{href}">'


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    (tmp_path / "newsspider.toml").write_text('[sources]\nbuiltin = false\n[net]\nallow_networks = ["127.0.0.0/8"]\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSSPIDER_CONFIG", str(tmp_path / "newsspider.toml"))
    with serve(Site()) as served, clock.fixed(datetime(2024, 3, 5, tzinfo=UTC)):
        yield served


def invoked(*arguments: str) -> Result:
    app = typer.Typer()
    sources.register(app)
    app.command()(lambda: None)  # a second command, so that the group keeps its name
    return CliRunner().invoke(app, ["sources", "add", *arguments], env={"COLUMNS": "200"})


def add(*arguments: str) -> str:
    result = invoked(*arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_a_site_is_described_and_the_file_can_be_loaded(site: Site, tmp_path: Path) -> None:
    site.add("/", PAGE.format(link("/rss/all") + link("/comments/feed") + link("/dead") + link("/items.json", "application/feed+json")))
    site.add("/rss/all", FEED, "application/rss+xml")
    site.add("/items.json", json.dumps(JSON_FEED), "application/feed+json")
    site.add(
        "/robots.txt", f"User-agent: *\nDisallow: /private\nSitemap: {site.origin}/n.xml\nSitemap: /s.xml\nSitemap: http://\n", "text/plain"
    )
    site.add("/n.xml", NEWS_SITEMAP.format(site.origin), "application/xml")
    site.add("/s.xml", SITEMAP.format(site.origin), "application/xml")
    out = add(site.origin, "--name", "mysite")
    assert "written to sources/mysite.toml" in out
    assert "404" in out  # /dead is told
    text = (tmp_path / "sources" / "mysite.toml").read_text("utf-8")
    assert "3 entries, the newest of 2024-03-03" in text
    from newsspider.config import SourcesConfig

    source = load_sources(SourcesConfig(folder=tmp_path / "sources", builtin=False)).named("mysite")
    assert (source.title, source.country, source.timezone, source.language) == ('موقعي "الأول"', "SY", "Asia/Damascus", "ar")
    assert source.feeds == (f"{site.origin}/rss/all", f"{site.origin}/items.json")
    assert (source.news_sitemaps, source.sitemaps) == ((f"{site.origin}/n.xml",), (f"{site.origin}/s.xml",))
    assert not site.hits["/comments/feed"]
    assert not site.hits["/feed"]  # usual places are tried only where a site names none


def test_the_usual_places_are_tried_where_nothing_is_named(site: Site) -> None:
    site.add("/", PAGE.format("").replace(' lang="ar-SY"', ""))
    site.add("/rss.xml", FEED, "application/xml")
    site.add("/sitemap.xml", SITEMAP.format(site.origin), "application/xml")
    found = json.loads(add(site.origin, "--json", "--dry-run"))
    assert found["file"] is None
    assert found["source"]["feeds"] == [f"{site.origin}/rss.xml"]
    assert found["source"]["sitemaps"] == [f"{site.origin}/sitemap.xml"]
    assert (found["source"]["country"], found["source"]["timezone"]) == (None, "UTC")
    problems = {item["url"].removeprefix(site.origin): item["problem"] for item in found["tried"]}
    assert problems["/rss.xml"] is None
    assert "404" in problems["/feed"]


def test_what_robots_txt_forbids_is_not_fetched(site: Site) -> None:
    site.add("/", PAGE.format(link("/private/feed")))
    site.add("/private/feed", FEED, "application/xml")
    site.add("/feed", FEED, "application/xml")
    site.add("/robots.txt", "User-agent: *\nDisallow: /private\n", "text/plain")
    found = json.loads(add(site.origin, "--json", "--dry-run"))
    assert found["source"]["feeds"] == [f"{site.origin}/feed"]
    assert not site.hits["/private/feed"]
    site.add("/robots.txt", "User-agent: newsspider\nDisallow: /\n", "text/plain")
    with pytest.raises(FetchError, match=r"robots\.txt forbids"):
        add(site.origin)
    site.add("/robots.txt", "", "text/plain", status=503)
    with pytest.raises(FetchError, match="503"):
        add(site.origin)


def test_a_homepage_of_links_becomes_a_listing(site: Site) -> None:
    site.add("/", PAGE.format("").replace("<p>أهلا</p>", "<a href='/news/1234567'>عنوان طويل لخبر من أخبار اليوم</a>"))
    found = json.loads(add(site.origin, "--json", "--dry-run"))
    assert [listing["url"] for listing in found["source"]["listings"]] == [site.origin]


def test_a_site_that_announces_nothing_is_told(site: Site, tmp_path: Path) -> None:
    site.add("/", PAGE.format(link("/empty")))
    site.add("/empty", RSS.format(""), "application/xml")
    with pytest.raises(FetchError, match="nothing that announces articles"):
        add(site.origin)
    site.add("/", "gone", status=410)
    with pytest.raises(FetchError, match="410"):
        add(site.origin)
    assert not (tmp_path / "sources").exists()


def test_what_was_tried_and_why_it_was_left_out_is_told_beside_the_file(site: Site) -> None:
    site.add("/", PAGE.format(link("/feed") + link("/dead") + link("/old")))
    site.add("/feed", FEED, "application/xml")
    site.add("/old", FEED.replace("2024", "2020"), "application/xml")
    told = invoked(site.origin, "--dry-run").stderr.splitlines()
    assert f"{site.origin}/feed announces 3 articles" in told
    (old,) = [line for line in told if line.startswith(f"{site.origin}/old ")]
    assert "60 days" in old
    assert any(line.startswith(f"{site.origin}/dead ") and "404" in line for line in told)
    site.add("/feed", "gone", status=410)
    assert f"{site.origin}/feed answers with HTTP status 410" in invoked(site.origin).stderr, "also where nothing is left"


def test_no_file_is_written_over_and_dry_run_writes_none(site: Site, tmp_path: Path) -> None:
    site.add("/", PAGE.format(link("/feed")))
    site.add("/feed", FEED, "application/xml")
    assert add(site.origin, "--name", "mysite", "--dry-run").startswith("# Written by")
    assert not (tmp_path / "sources").exists()
    add(site.origin, "--name", "mysite")
    mine = (tmp_path / "sources" / "mysite.toml").read_text("utf-8") + "# mine\n"
    (tmp_path / "sources" / "mysite.toml").write_text(mine, "utf-8")
    hits = site.hits.total()
    with pytest.raises(SourceError, match="already"):
        add(site.origin, "--name", "mysite")
    with pytest.raises(SourceError, match="cannot be a source's name"):
        add(site.origin, "--name", "../mysite")
    assert (tmp_path / "sources" / "mysite.toml").read_text("utf-8") == mine
    assert site.hits.total() == hits


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a small file system needs root")
def test_s02_a_full_disk_leaves_no_half_of_a_file(site: Site, tmp_path: Path) -> None:
    site.add("/", PAGE.format("".join(link(f"/feed{number}") for number in range(3))))
    for number in range(3):
        site.add(f"/feed{number}", FEED, "application/xml")
    folder = tmp_path / "sources"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=True)
    try:
        (folder / "ballast").write_bytes(bytes((os.statvfs(folder).f_bavail) * os.statvfs(folder).f_bsize))
        with pytest.raises(NewsspiderError, match="No space left"):
            add(site.origin, "--name", "mysite")
        assert [path.name for path in folder.iterdir()] == ["ballast"]
        (folder / "ballast").unlink()
        add(site.origin, "--name", "mysite")
        assert sorted(load_sources(SourcesConfig(folder=folder, builtin=False))) == ["mysite"]
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_file_that_came_up_meanwhile_is_not_written_over(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.add("/", PAGE.format(link("/feed")))
    site.add("/feed", FEED, "application/xml")
    file = tmp_path / "sources" / "mysite.toml"
    as_toml = Draft.as_toml

    def slowly(draft: Draft) -> str:
        file.parent.mkdir(exist_ok=True)
        file.write_text("# mine\n", "utf-8")
        return as_toml(draft)

    monkeypatch.setattr(Draft, "as_toml", slowly)
    with pytest.raises(SourceError, match=r"mysite\.toml"):
        add(site.origin, "--name", "mysite")
    assert file.read_text("utf-8") == "# mine\n"


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254/", "http://127.0.0.2:1/", "http://0x7f000001/", "file:///etc/passwd", "http://"]
)
def test_u15_h21_addresses_that_are_not_public_are_refused(site: Site, tmp_path: Path, address: str) -> None:
    (tmp_path / "newsspider.toml").write_text("[sources]\nbuiltin = false\n", encoding="utf-8")
    with pytest.raises(FetchError, match="not"):  # AddressBlocked is one
        add(address)
    assert not (tmp_path / "sources").exists()


def test_h21_a_redirect_inside_is_refused(site: Site, tmp_path: Path) -> None:
    site.add("/", "", status=302, Location="http://169.254.169.254/latest")
    with pytest.raises(AddressBlocked):
        add(site.origin)


@pytest.mark.parametrize(
    ("language", "locale", "url", "expected"),
    [
        ("ar-EG", "", "https://news.example", ("ar", "EG", ("Africa/Cairo",))),
        ("ar", "ar_AR", "https://news.example", ("ar", None, ())),  # Argentina speaks Spanish
        ("", "ar_SA", "https://news.example", ("ar", "SA", ("Asia/Riyadh",))),
        ("ar-SA", "", "https://news.iq", ("ar", "IQ", ("Asia/Baghdad",))),  # templates are foreign, domains are one's own
        ("ar", "", "https://news.tv", ("ar", None, ())),
        ("fr-TN", "", "https://news.example", ("fr", "TN", ("Africa/Tunis",))),
        ("", "", "https://news.ps", (None, "PS", ("Asia/Gaza", "Asia/Hebron"))),
        ("nonsense!", "x" * 500, "https://news.example", (None, None, ())),
    ],
)
def test_language_country_and_zone(language: str, locale: str, url: str, expected: object) -> None:
    html = f'<html lang="{language}"><head><title>أ - ب</title><meta property="og:locale" content="{locale}"></head></html>'
    page = read_homepage(html.encode(), url)
    assert (page.language, page.country, page.zones) == expected
    assert page.title == "أ"


@pytest.mark.parametrize("body", [b"", b"\0\0", b"<html", b"\xff\xfe\x00", "لا شيء".encode()])
def test_any_homepage_is_read(body: bytes) -> None:
    assert read_homepage(body, "https://news.example").title


@pytest.mark.parametrize("charset", ["rot13", "punycode", "undefined"])
def test_codecs_that_are_no_encodings_and_feeds_without_a_host_are_passed_over(charset: str) -> None:
    page = f"<title>أ - ب</title>{link('https://a.cdn.ampproject.org/c/s/no_host!.example/feed')}{link('/feed')}"
    read = read_homepage(page.encode(), "https://news.example", f"text/html; charset={charset}")
    assert (read.title, read.feeds) == ("أ", ("https://news.example/feed",))


def test_names() -> None:
    addresses = ["https://www.mysite.com.eg", "https://news.mysite.co.uk", "http://127.0.0.1:80", "https://مثال.مصر"]
    assert [name_of(address) for address in addresses] == ["mysite", "mysite", "127-0-0-1", "xn--mgbh0fb"]
