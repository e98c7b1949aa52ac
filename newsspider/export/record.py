"""Exports: an article as JSON, with all that the store knows of it. `newsspider import` reads it again."""

from __future__ import annotations

from datetime import date
from typing import Any

from newsspider.items import DateEvidence, Publication, StoredArticle


def article_as_json(article: StoredArticle) -> dict[str, Any]:
    """Every field of a stored article; times in ISO 8601."""
    publication = article.publication
    return {
        "url": article.url,
        "source": article.source,
        "title": article.title,
        "body": article.body,
        "published_at": _iso(publication.published_at),
        "published_day": _iso(publication.published_day),
        "precision": publication.precision,
        "summary": article.summary,
        "authors": article.authors,
        "section": article.section,
        "tags": article.tags,
        "image_url": article.image_url,
        "canonical_url": article.canonical_url,
        "signature": article.signature,
        "language": article.language,
        "country": article.country,
        "timezone": article.timezone,
        "fetched_at": _iso(article.fetched_at),
        "first_seen_at": _iso(article.first_seen_at),
        "updated_at": _iso(article.updated_at),
        "gone_at": _iso(article.gone_at),
        "id": article.id,
        "family_id": article.family_id,
        "revision": article.revision,
        "change_no": article.change_no,
        "archive": {"file": article.archive.file, "offset": article.archive.offset} if article.archive else None,
        "publication": _publication_as_json(publication),
        "evidence": [_evidence_as_json(evidence) for evidence in article.evidence],
    }


def _publication_as_json(publication: Publication) -> dict[str, Any]:
    return {
        "reason": publication.reason,
        "confidence": publication.confidence,
        "modified_at": _iso(publication.modified_at),
        "winner": _evidence_as_json(publication.winner) if publication.winner else None,
        "rejected": [{"evidence": _evidence_as_json(r.evidence), "reason": r.reason, "value": r.value} for r in publication.rejected],
    }


def _evidence_as_json(evidence: DateEvidence) -> dict[str, Any]:
    return {
        "kind": evidence.kind,
        "raw": evidence.raw,
        "place": evidence.place,
        "role": evidence.role,
        "in_article": evidence.in_article,
        "distance": evidence.distance,
    }


def _iso(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
