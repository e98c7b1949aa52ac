"""What goes into extraction and what comes out: plain values that can be pickled, so that pages may be read in other processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from newsspider.items import Article, Link

if TYPE_CHECKING:
    from newsspider.sources.model import Selectors, Source


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was fetched. `url` is the address after redirects, `headers` have lower-case names, `fetched_at` is aware."""

    body: bytes
    url: str
    headers: Mapping[str, str]
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a page before it is read: its source's settings, and the link that led to it."""

    source: str = ""
    timezone: str = "UTC"
    country: str | None = None
    language: str = "ar"
    selectors: Selectors | None = None
    link: Link | None = None

    @classmethod
    def of(cls, source: Source, fetched_at: datetime, link: Link | None = None) -> Hints:
        """What the source's file says of a page fetched then."""
        return cls(source.name, source.timezone, source.country, source.language, source.selectors_at(fetched_at), link)


class Reason(StrEnum):
    """What a page is. Everything but ARTICLE ends its URL as `not_article`, with this word as its reason (docs/outcomes.md)."""

    ARTICLE = "article"
    LISTING = "listing"
    """Several stories: a home, section, search, author or tag page, a directory, a timeline of other pages' news."""
    LANGUAGE = "language"
    """Its text is not in the source's language."""
    TOO_SHORT = "too_short"
    """Hardly any text of its own."""
    SOFT_404 = "soft_404"
    """Says that there is no such page, though the server answered 200."""
    STATIC_PAGE = "static_page"
    """A page about the site itself: its terms, its privacy policy, who makes it."""
    LOGIN_WALL = "login_wall"
    """The text is only for members or subscribers."""
    VIDEO = "video"
    """A player with hardly any text."""
    NO_TITLE = "no_title"
    """No headline was found."""
    NOT_HTML = "not_html"
    """Another kind of file: PDF, picture, feed, JSON."""
    TOO_COMPLEX = "too_complex"
    """More elements, attributes, nesting or text than a page made for readers has."""
    UNDECODABLE = "undecodable"
    """More than one character in a hundred cannot be read in any likely encoding."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """`reason` is ARTICLE exactly when `is_article`; else `article` holds whatever could be read of the page, perhaps nothing."""

    is_article: bool
    reason: Reason
    article: Article
