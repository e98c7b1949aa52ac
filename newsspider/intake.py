"""The one way in: validate → decide dates → compute keys → Store.record, as plain functions.

The pipelines call them one by one; `import` and `reparse` call `take_in`.
"""

from __future__ import annotations

import zoneinfo
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

from newsspider import dedupe
from newsspider.dates import Context, PageDates, decide_publication
from newsspider.errors import NewsspiderError
from newsspider.items import Article, ArticleKeys, Publication, Recorded
from newsspider.urls import canonical_url

if TYPE_CHECKING:
    from newsspider.store import Store

MAX_TITLE = 1_000
MAX_BODY = 1_000_000  # characters; Elasticsearch's highlighter fails on longer texts
MAX_WORDS = 100  # tags, authors
MAX_WORD = 500  # characters of one of them
PAGES = 12  # of the site that a date is compared with: what stands on all of them is no article's date
LEAD = 300  # characters of the body in which "اليوم الأحد" is said of its day


class Rejected(NewsspiderError):
    """An article that must not be stored. `reason` is one of docs/outcomes.md."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def validate(article: Article) -> Article:
    """The article with its fields cut to what an index takes. Raises Rejected when it lacks what every article has."""
    if not _is_web_address(article.url):
        raise Rejected("bad_url", f"url {article.url!r} is not an http or https address")
    if not article.source:
        raise Rejected("no_source", f"{article.url}: the article names no source")
    if not article.title.strip():
        raise Rejected("no_title", f"{article.url}: the article has no title")
    if not article.body.strip():
        raise Rejected("no_body", f"{article.url}: the article has no text")
    if not _is_timezone(article.timezone):
        raise Rejected("bad_timezone", f"{article.url}: {article.timezone!r} is no time zone of the IANA database")
    if article.fetched_at.tzinfo is None:
        raise Rejected("naive_time", f"{article.url}: fetched_at has no time zone")
    return replace(
        article,
        title=article.title.strip()[:MAX_TITLE],
        body=article.body.strip()[:MAX_BODY],
        tags=_words(article.tags),
        authors=_words(article.authors),
        canonical_url=article.canonical_url if article.canonical_url and _is_web_address(article.canonical_url) else None,
        section=article.section[:MAX_WORD] if article.section else None,
    )


def decide(
    article: Article, *, first_seen: datetime | None = None, neighbours: tuple[date, ...] = (), elsewhere: tuple[PageDates, ...] = ()
) -> Publication:
    """When the article was published, from all its evidence, when it was first seen, the days of its neighbours in the listing, and what
    other pages of its site say."""
    context = Context(first_seen=first_seen, neighbours=neighbours, elsewhere=elsewhere, lead=article.body[:LEAD])
    return decide_publication(
        article.evidence, fetched_at=article.fetched_at, timezone=article.timezone, country=article.country, context=context
    )


def fingerprint(article: Article) -> ArticleKeys:
    """The keys that dedupe looks up; the requested address counts too when a redirect led elsewhere."""
    keys = dedupe.keys(article)
    if article.frontier_key and article.frontier_key not in keys.url_keys:
        return replace(keys, url_keys=(*keys.url_keys, article.frontier_key))
    return keys


def take_in(store: Store, article: Article, run_id: str | None = None) -> Recorded:
    """Validate, decide, compute keys and record. Raises Rejected."""
    article = validate(article)
    article.publication = decide(article, first_seen=store.first_seen(article.url))
    article.keys = fingerprint(article)
    return store.record(article, run_id=run_id)


def _is_web_address(url: str) -> bool:
    try:
        canonical_url(url)
    except ValueError:
        return False
    return True


@cache
def _is_timezone(name: str) -> bool:
    return name in zoneinfo.available_timezones()


def _words(values: list[str]) -> list[str]:
    return list(dict.fromkeys(value.strip()[:MAX_WORD] for value in values if value.strip()))[:MAX_WORDS]
