"""What a hit shows of an article, kept in the index as JSON, so that searching needs no store. The same in every engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from newsspider.items import Precision, StoredArticle
from newsspider.search import Hit
from newsspider.text.highlight import Marks, highlight, snippet

_PLAIN = ("id", "url", "source", "title", "body", "family_id", "country", "language", "section", "authors", "tags", "image_url")


def shown(article: StoredArticle) -> dict[str, Any]:
    """The fields of an article that `hit` reads, as JSON has them."""
    publication = article.publication
    return {name: getattr(article, name) for name in _PLAIN} | {
        "first_seen_at": article.first_seen_at.isoformat(),
        "published_at": publication.published_at and publication.published_at.isoformat(),
        "precision": publication.precision,
        "published_day": publication.published_day and publication.published_day.isoformat(),
    }


def hit(fields: Mapping[str, Any], score: float, marks: Marks) -> Hit:
    """The hit, with what matched marked in the title and in a snippet of the body."""
    published_at, published_day, precision = fields["published_at"], fields["published_day"], fields["precision"]
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
        country=fields["country"],
        language=fields["language"],
        section=fields["section"],
        authors=tuple(fields["authors"]),
        tags=tuple(fields["tags"]),
        image_url=fields["image_url"],
    )
