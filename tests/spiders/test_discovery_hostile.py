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
