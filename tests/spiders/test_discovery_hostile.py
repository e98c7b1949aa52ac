from __future__ import annotations

import tracemalloc

import pytest

from newsspider.sources import Source
from newsspider.spiders.discovery import parse_discovery

FEED = "https://news.example/feed"
SOURCE = Source(name="news", title="News", homepage="https://news.example", timezone="UTC", feeds=(FEED,))

LAUGHS = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
DOCTYPES = {
    "laughs": (f"<!DOCTYPE x [{LAUGHS}]>", "&a11;"),
    "quadratic": (f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>', "&a;" * 50_000),
    "file": ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "&a;"),
    "network": ('<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:1/">]>', "&a;"),
    "parameter": ('<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:1/"> %a;]>', ""),
}
BODIES = {
    "rss": ("feed", "<rss version='2.0'><channel><item><title>{}</title><link>https://news.example/1</link></item></channel></rss>"),
    "atom": (
        "feed",
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>{}</title><link href='https://news.example/1'/></entry></feed>",
    ),
    "sitemap": ("sitemap", "<urlset><url><loc>https://news.example/1{}</loc></url></urlset>"),
    "news": ("news_sitemap", "<urlset><url><loc>https://news.example/1</loc><news><title>{}</title></news></url></urlset>"),
    "index": ("sitemap", "<sitemapindex><sitemap><loc>https://news.example/1{}</loc></sitemap></sitemapindex>"),
}


def encoded(text: str, encoding: str, *, declared: bool) -> bytes:
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>' if declared else ""
    if encoding == "utf-7":  # as attackers write it: even what could stand plainly is hidden
        return declaration.encode() + text.replace("<!", "+ADwAIQ-").encode()
    return (declaration + text).encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-7"])
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("doctype", DOCTYPES)
def test_h04_entities_are_never_read(doctype: str, body: str, encoding: str) -> None:
    declaration, reference = DOCTYPES[doctype]
    kind, template = BODIES[body]
    raw = encoded(declaration + template.format(reference), encoding, declared=True)
    tracemalloc.start()
    try:
        found = parse_discovery(kind, raw, FEED, source=SOURCE)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.problem
    assert found.links == ()
    assert peak < 10_000_000


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("encoding", ["utf-7", "unicode_escape", "raw_unicode_escape", "punycode", "hz", "no-such"])
def test_h04_encodings_that_hide_markup_are_refused(encoding: str, body: str) -> None:
    kind, template = BODIES[body]
    raw = f'<?xml version="1.0" encoding="{encoding}"?>{template.format("")}'.encode()
    found = parse_discovery(kind, raw, FEED, source=SOURCE)
    assert found.links == ()
    assert encoding in str(found.problem)


def test_h04_header_cannot_bring_such_an_encoding() -> None:
    raw = b"<rss version='2.0'><channel><item><title>+ADw-\xff</title><link>https://news.example/1</link></item></channel></rss>"
    found = parse_discovery("feed", raw, FEED, source=SOURCE, encoding="utf-7")
    assert "'utf-7'" in str(found.problem)


@pytest.mark.parametrize("body", BODIES)
def test_h04_external_doctype_is_not_loaded(body: str) -> None:
    kind, template = BODIES[body]
    raw = f'<!DOCTYPE x SYSTEM "file:///etc/passwd">{template.format("")}'.encode()
    found = parse_discovery(kind, raw, FEED, source=SOURCE)
    assert [link.url for link in found.links] == ["https://news.example/1"]
    assert not any(link.title for link in found.links)


def test_long_dates_and_deep_nesting_do_no_harm() -> None:
    deep = b"<urlset>" + b"<url>" * 5000 + b"<loc>https://news.example/1</loc>" + b"</url>" * 5000 + b"</urlset>"
    assert parse_discovery("sitemap", deep, FEED, source=SOURCE).problem
    template = BODIES["rss"][1].replace("<link>", f"<pubDate>{'٢٢ يناير ' * 10_000}</pubDate><link>")
    found = parse_discovery("feed", template.format("x").encode(), FEED, source=SOURCE)
    assert len(found.links[0].evidence[0].raw) == 200


BROKEN = {
    "surrogate in a sitemap": ("sitemap", b"<urlset><url><loc>&#xD800;https://news.example/1</loc></url></urlset>"),
    "surrogate in a namespace": (
        "sitemap",
        b"<urlset xmlns='http://news.example/&#xD800;'><url><loc>https://news.example/1</loc></url></urlset>",
    ),
    "no element": ("listing", b"<?php"),
    "comments only": ("listing", b"<!-- nothing --><!-- at all -->"),
    "surrogate that feedparser fails on": ("feed", b"<rss version='2.0'><channel><item><t</titl/link><guid>&#xD800;1</guid><aut"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_a_parser_cannot_take_is_told_as_the_pages_problem(name: str) -> None:
    kind, body = BROKEN[name]
    assert parse_discovery(kind, body, FEED, source=SOURCE).problem


def test_an_entry_without_the_kind_of_its_title_costs_no_other() -> None:
    body = b"""<?xml version="1.0"?><rss version="2.0"><le>t</title><item><title type="html">a</title><link>https://news.example/1</link></item>
    <item><title>b</title><link>https://news.example/2</link></item></rss>"""
    assert "https://news.example/2" in {link.url for link in parse_discovery("feed", body, FEED, source=SOURCE).links}


@pytest.mark.parametrize("encoding", ["rot13", "idna", "hex", "undefined", "punycode", "\x1b[1m"])
def test_h04_codecs_that_are_no_encodings_are_passed_over(encoding: str) -> None:
    body = f'<meta charset="{encoding}"><a href="/news/1">أربع كلمات من عنوان</a>'.encode()
    (link,) = parse_discovery("listing", body, "https://news.example/", source=SOURCE, encoding=encoding).links
    assert link.title == "أربع كلمات من عنوان"


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-31T23:59:59-12:00", "0000-00-00", "0001-01-01T00:00:00+14:00", "2025-02-30"])
def test_days_that_no_calendar_has_cost_no_address(day: str) -> None:
    body = f"<sitemapindex><sitemap><loc>https://news.example/1</loc><lastmod>{day}</lastmod></sitemap></sitemapindex>"
    found = parse_discovery("sitemap", body.encode(), FEED, source=SOURCE)
    assert (found.problem, [link.url for link in found.links]) == (None, ["https://news.example/1"])
