"""An article as a document of Elasticsearch: the fields of mapping.json."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from newsspider import clock
from newsspider.engines.shown import address, order, published_hour, shown
from newsspider.items import StoredArticle


def document(article: StoredArticle) -> bytes:
    """The document, as JSON. Raises ValueError when the text is not Unicode (lone surrogates)."""
    publication = article.publication
    fields: dict[str, Any] = shown(article) | {
        "address": address(article),
        "order": order(article),
        "published_hour": _iso(published_hour(article)),
        "change_no": article.change_no,
        "revision": article.revision,
        "canonical_url": article.canonical_url,
        "signature": article.signature,
        "evidence": publication.winner and publication.winner.kind,
        "confidence": publication.confidence,
        "modified_at": _iso(publication.modified_at),
        "fetched_at": _iso(article.fetched_at),
        "updated_at": _iso(article.updated_at),
        "indexed_at": _iso(clock.now()),
    }
    try:
        return orjson.dumps(fields)
    except orjson.JSONEncodeError as e:  # a TypeError
        raise ValueError(str(e)) from e


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
