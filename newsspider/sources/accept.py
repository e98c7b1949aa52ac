"""Which addresses are wanted, and why others are not (reasons: docs/outcomes.md)."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from newsspider.sources.model import Source
from newsspider.urls import canonical_url, site, url_key

MAX_LENGTH = 2048  # of the encoded address
MAX_SEGMENTS = 16
MAX_REPEATS = 2  # of one segment in a path
MAX_PARAMETERS = 32
_NOT_A_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|pdf|docx?|xlsx?|pptx?|zip|rar|gz|mp[34]|m4[av]|avi|mov|webm|apk|css|js|json|xml|rss)$", re.IGNORECASE
)


def accepts(source: Source, url: str) -> str | None:
    """None when `url` may be an article of `source`, else why not: a reason of `reachable`, `homepage` (also what the source
    announces its articles through), `not_a_page` or `not_allowed`."""
    if reason := reachable(source, url):
        return reason
    address = canonical_url(url)
    if url_key(address) in _own_pages(source):
        return "homepage"
    if _NOT_A_PAGE.search(urlsplit(address).path):
        return "not_a_page"
    return None if not source.allow or _matches(source.allow, address) else "not_allowed"


def reachable(source: Source, url: str) -> str | None:
    """None when `url` may be visited for `source` at all, else why not: `not_web`, `offsite`, `too_long`, `too_deep` or `excluded`."""
    try:
        address = canonical_url(url)
    except ValueError:
        return "not_web"
    if site(address) not in _sites(source):
        return "offsite"
    if len(address) > MAX_LENGTH:
        return "too_long"
    parts = urlsplit(address)
    segments = Counter(segment for segment in parts.path.split("/") if segment)
    if segments.total() > MAX_SEGMENTS or max(segments.values(), default=0) > MAX_REPEATS or parts.query.count("&") >= MAX_PARAMETERS:
        return "too_deep"
    return "excluded" if _matches(source.exclude, address) else None


def _matches(patterns: tuple[str, ...], address: str) -> bool:
    """Path and query are matched as a person reads them, decoded."""
    parts = urlsplit(address)
    text = unquote(parts.path + (f"?{parts.query}" if parts.query else ""))
    return any(re.search(pattern, text) for pattern in patterns)


@lru_cache(maxsize=64)
def _own_pages(source: Source) -> frozenset[str]:
    return frozenset(url_key(url) for url in (source.homepage, *(url for _, url in source.discovery_addresses())))


@lru_cache(maxsize=64)
def _sites(source: Source) -> frozenset[str]:
    return source.sites()
