"""What a site's homepage says of the site: its name, language and country, and where it announces articles. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from babel.core import get_global, parse_locale
from babel.languages import get_official_languages
from lxml.etree import ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from w3lib.encoding import html_to_unicode

from newsspider import urls
from newsspider.text.codes import language_code

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
MAX_LINKED = 10  # links to feeds that are followed from the page's text
_NAME_PARTS = re.compile(r"\s+[|\-–—»:·•]\s+|\s*\|\s*")
_FEED_LINK = re.compile(r"(?:^|[/.?=&_-])(?:rss|feed|atom)(?:s|2)?(?:\.xml|\.json|\.php|\.aspx)?/?$", re.IGNORECASE)
_NOT_NEWS = re.compile(r"/comments?/|oembed|wp-json", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Homepage:
    """`zones` are the IANA zones of the country, none when the country is not known; `feeds` and `sitemaps` the addresses that the page names."""

    title: str
    language: str | None
    country: str | None
    zones: tuple[str, ...]
    feeds: tuple[str, ...]
    sitemaps: tuple[str, ...]


def read_homepage(body: bytes, url: str, content_type: str | None = None) -> Homepage:
    """What the page at `url` says; `content_type` is its HTTP header."""
    try:
        text = html_to_unicode(content_type, body, default_encoding="utf-8")[1]
    except (LookupError, UnicodeError):  # a codec of Python that is no encoding of text
        text = body.decode("utf-8", "replace")
    parser = HTMLParser(encoding="utf-8", huge_tree=False)
    try:
        page = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except ParserError:  # nothing in it
        page = document_fromstring("<html/>", parser=parser)
    base = page.find(".//base[@href]")
    beside = (urls.join(url, base.get("href", "")) if base is not None else None) or url
    stated = [tag for text in (page.get("lang"), page.get("xml:lang"), _meta(page, "og:locale")) if (tag := _locale(text))]
    language = next((language for language, _ in stated), None)
    country = _country(language, [urlsplit(url).hostname or "", *(f".{territory}" for _, territory in stated if territory)])
    named = [href for link in page.iter("link") if (href := _feed_of(link))]
    linked = [link.get("href", "") for link in page.iter("a") if _FEED_LINK.search(link.get("href", ""))][:MAX_LINKED]
    return Homepage(
        title=_title(page) or urls.site(url),
        language=language,
        country=country,
        zones=tuple(get_global("territory_zones").get(country, ())) if country else (),
        feeds=_addresses(beside, [*named, *linked]),
        sitemaps=_addresses(beside, [link.get("href", "") for link in page.iter("link") if "sitemap" in _rel(link)]),
    )


def _title(page: HtmlElement) -> str:
    """og:site_name, else what a homepage's title says first."""
    stated = _meta(page, "og:site_name") or _meta(page, "application-name") or _NAME_PARTS.split(page.findtext(".//title") or "")[0]
    return " ".join("".join(char for char in stated if char.isprintable() or char.isspace()).split())


def _meta(page: HtmlElement, name: str) -> str:
    found = (element.get("content", "") for element in page.iter("meta") if name in (element.get("property"), element.get("name")))
    return next((content.strip() for content in found if content.strip()), "")


def _locale(text: str | None) -> tuple[str, str | None] | None:
    """Language and territory of ar, ar-EG or ar_EG; None for what is no locale."""
    try:
        language, territory, *_ = parse_locale((text or "").strip().replace("-", "_"))
    except ValueError:
        return None
    code = language_code(language)
    return (code, territory) if code else None


def _country(language: str | None, domains: list[str]) -> str | None:
    """The first territory that a top-level domain or a locale names and where the language is official: ar_AR is not Argentina, .tv not Tuvalu."""
    territories = (domain.rpartition(".")[2].upper() for domain in domains)
    return next((one for one in territories if (language or "ar") in get_official_languages(one, regional=True, de_facto=True)), None)


def _rel(link: HtmlElement) -> list[str]:
    return str(link.get("rel", "")).lower().split()


def _feed_of(link: HtmlElement) -> str | None:
    kind = link.get("type", "").lower().partition(";")[0].strip()
    return link.get("href") if "alternate" in _rel(link) and kind in FEED_TYPES else None


def _addresses(base: str, hrefs: list[str]) -> tuple[str, ...]:
    """Each once, in their order, those of comments and of single pages left out."""
    found: dict[str, str] = {}
    for href in hrefs:
        address = urls.join(base, href)
        if address and not _NOT_NEWS.search(address):
            found.setdefault(urls.url_key(address), address)
    return tuple(found.values())
