"""Listing pages: links to articles by the source's selector, or those that look like articles, and the link to the next page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, takewhile

from lxml.etree import ParserError, XMLSyntaxError
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from parsel.csstranslator import HTMLTranslator
from w3lib.encoding import html_to_unicode

from newsspider.items import Link
from newsspider.sources import Listing, Source
from newsspider.sources.model import XPATH
from newsspider.spiders.collected import Collected, Unreadable, tidy
from newsspider.urls import canonical_url, join, names_article, url_key

MAX_PAGE_LINKS = 5_000
MAX_PARTS = 50  # elements of one link whose texts are read
HEADLINE_WORDS = 4  # a link's text of that many words is taken for a headline
MAX_ATTRIBUTES = 2_000
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{10000,}")
_NEXT = "a[rel~=next], link[rel~=next]"


def read_listing(body: bytes, url: str, found: Collected, following: Collected, encoding: str | None, depth: int) -> None:
    """Collect the page's articles into `found`, the next page into `following`. Raises Unreadable when a first page has no articles."""
    text = _decoded(body, encoding, found.source)
    if any(len(tag[0].split()) > MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(text)):
        raise Unreadable(f"has a tag with more than {MAX_ATTRIBUTES:,} attributes")  # libxml2 needs time by their square
    try:
        page = document_fromstring(text.encode(), parser=HTMLParser(encoding="utf-8", huge_tree=True))
    except (ParserError, XMLSyntaxError) as e:  # no element in it, or too many for the memory
        raise Unreadable(f"is no readable page: {e}") from e
    listing = _listing_of(found.source, url)
    base = page.find(".//base[@href]")
    found.base = following.base = (join(url, base.get("href", "")) if base is not None else None) or url
    for number, (href, text) in enumerate(_links(page, listing.links or "a")):
        if number == MAX_PAGE_LINKS:
            raise Unreadable(f"has more than {MAX_PAGE_LINKS:,} links; the others were left out")
        title = text if len(text.split()) >= HEADLINE_WORDS else None
        if listing.links or found.source.allow or title or _looks_like_article(found.base, href):
            found.article(href, Link(url="", title=title))
    found.links.pop(url_key(url), None)
    if not found.links and depth == 0:
        raise Unreadable(f"has no links to articles at `{listing.links}`" if listing.links else "has no links to articles")
    if depth + 1 < listing.max_pages:
        for href, _ in _links(page, listing.next or _NEXT):
            following.discovery(href, "listing")
    following.links.pop(url_key(url), None)


def _decoded(body: bytes, encoding: str | None, source: Source) -> str:
    fallback = "windows-1256" if source.language == "ar" else "utf-8"
    content_type = f"text/html; charset={encoding}" if encoding else None
    try:
        used, text = html_to_unicode(
            content_type, body, default_encoding="utf-8", auto_detect_fun=lambda raw: None if _is_utf8(raw) else fallback
        )
    except (LookupError, UnicodeError):  # a codec of Python that is no encoding of text
        return body.decode("utf-8" if _is_utf8(body) else fallback, "replace")
    return body.decode("utf-8", "replace") if used == "utf-7" else text


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _listing_of(source: Source, url: str) -> Listing:
    """The listing that a page belongs to: its next pages share the longest beginning with it."""
    address = canonical_url(url)

    def shared(listing: Listing) -> int:
        pairs = zip(canonical_url(listing.url), address, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    return max(source.listings, key=shared, default=Listing(url=url))


def _links(page: HtmlElement, expression: str) -> Iterator[tuple[str, str]]:
    """(href, text) of the links at or within what `expression` selects; it may also select the addresses themselves."""
    xpath = expression.removeprefix(XPATH) if expression.startswith(XPATH) else HTMLTranslator().css_to_xpath(expression)
    selected = page.xpath(xpath)
    for item in selected if isinstance(selected, list) else [selected]:
        if isinstance(item, str):
            yield item, ""
            continue
        for link in item.iter("a", "link"):
            if href := link.get("href"):
                yield href, _text(link) or tidy(link.get("title"))


def _text(link: HtmlElement) -> str:
    return tidy(" ".join(text for part in islice(link.iter(), MAX_PARTS) for text in (part.text, part is not link and part.tail) if text))


def _looks_like_article(base: str, href: str) -> bool:
    address = join(base, href)
    return address is not None and names_article(address)
