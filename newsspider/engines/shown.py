"""What a hit shows of an article, kept in the index as JSON, so that searching needs no store. The same in every engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from newsspider.items import Precision, StoredArticle
from newsspider.search import Hit
from newsspider.text.highlight import Marks, highlight, snippet
from newsspider.urls import bare_url

MAX_SECONDS = (1 << 32) - 1  # the year 2106
_PLAIN = ("id", "url", "source", "title", "body", "family_id", "summary", "country", "language", "section", "authors", "tags", "image_url")


def shown(article: StoredArticle) -> dict[str, Any]:
    """The fields of an article that `hit` reads, as JSON has them."""
    publication = article.publication
    return {name: getattr(article, name) for name in _PLAIN} | {
        "first_seen_at": article.first_seen_at.isoformat(),
        "published_at": publication.published_at and publication.published_at.isoformat(),
        "precision": publication.precision,
        "published_day": publication.published_day and publication.published_day.isoformat(),
    }


def hit(fields: Mapping[str, Any], score: float, marks: Marks, family_size: int = 1) -> Hit:
    """The hit, with what matched marked in the title and in a snippet of the body. What an article may lack, a document may lack, too."""
    published_at, published_day, precision = fields.get("published_at"), fields.get("published_day"), fields.get("precision")
    return Hit(
        id=fields["id"],
        url=fields["url"],
        source=fields["source"],
        title=highlight(fields["title"], marks),
        snippet=snippet(fields["body"], marks),
        score=score,
        family_id=fields["family_id"],
        first_seen_at=datetime.fromisoformat(fields["first_seen_at"]),
        published_at=published_at and datetime.fromisoformat(published_at),
        precision=precision and Precision(precision),
        published_day=published_day and date.fromisoformat(published_day),
        country=fields.get("country"),
        language=fields.get("language"),
        section=fields.get("section"),
        authors=tuple(fields.get("authors") or ()),
        tags=tuple(fields.get("tags") or ()),
        image_url=fields.get("image_url"),
        family_size=family_size,
    )


def newest(article: StoredArticle) -> int:
    """Seconds since 1970 of publication, cut to 32 bits; 0 without a date. What sorting by newest looks at first."""
    published = article.publication.published_at
    return min(max(int(published.timestamp()), 1), MAX_SECONDS) if published else 0


def order(article: StoredArticle) -> str:
    """What sorting by newest sorts by, as text of one length: later published articles have greater ones, those without a date the least; among
    equals the first seen latest is greatest. No two articles have the same."""
    seen = max(int(article.first_seen_at.timestamp() * 1_000_000), 0)
    return f"{newest(article):08x}{seen:016x}{article.id}"


def published_hour(article: StoredArticle) -> datetime | None:
    """The hour of publication on the clock of the source's zone, naive; None where it is not known so exactly."""
    publication = article.publication
    if publication.published_at is None or publication.precision not in (Precision.SECOND, Precision.MINUTE, Precision.HOUR):
        return None
    return publication.published_at.replace(minute=0, second=0, microsecond=0, tzinfo=None)


def address(article: StoredArticle) -> str:
    """The address that `url:` in a query looks at."""
    try:
        return bare_url(article.url)
    except ValueError:  # it came in by an import, perhaps long ago, and is no address of the web
        return article.url
