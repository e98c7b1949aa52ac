"""Between items and table rows: pure functions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from newsspider.items import (
    ArchiveRef,
    Article,
    ArticleKeys,
    DateEvidence,
    EvidenceKind,
    EvidenceRole,
    Link,
    Precision,
    Publication,
    Rejection,
    StoredArticle,
)
from newsspider.store.owner import Owner

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

zone = cache(ZoneInfo)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def micros(moment: datetime) -> int:
    """Microseconds since 1970. Raises ValueError when `moment` is naive."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()}: a time without a zone cannot be stored")
    return (moment - EPOCH) // MICROSECOND


def maybe_micros(moment: datetime | None) -> int | None:
    return None if moment is None else micros(moment)


def moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def maybe_moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else moment(microseconds)


def plain(value: str) -> str:
    """`value` without what no database keeps: NUL is dropped, a lone surrogate becomes "?"."""
    try:
        value.encode()
    except UnicodeEncodeError:
        value = value.encode("utf-8", "replace").decode()
    return value.replace("\0", "") if "\0" in value else value


def maybe_plain(value: str | None) -> str | None:
    return None if value is None else plain(value)


def to_json(value: Any) -> str:
    return plain(_encode(value))


def evidence_value(evidence: DateEvidence) -> list[Any]:
    return [evidence.kind, evidence.raw, evidence.place, evidence.role, evidence.in_article, evidence.distance]


def evidence_from(value: Sequence[Any]) -> DateEvidence:
    kind, raw, place, role, in_article, distance = value
    return DateEvidence(EvidenceKind(kind), raw, place, EvidenceRole(role), in_article, distance)


def link_json(link: Link) -> str:
    """What was said of an announced address; the address itself and its kind have columns of their own."""
    said = {
        "title": link.title,
        "section": link.section,
        "authors": list(link.authors),
        "evidence": [evidence_value(evidence) for evidence in link.evidence],
    }
    return to_json({name: value for name, value in said.items() if value})


def link_from(url: str, discovery_kind: str | None, text: str) -> Link:
    said = json.loads(text)
    return Link(
        url=url,
        title=said.get("title"),
        section=said.get("section"),
        authors=tuple(said.get("authors", ())),
        evidence=tuple(evidence_from(value) for value in said.get("evidence", ())),
        discovery=discovery_kind is not None,
        kind=discovery_kind or "article",
    )


def publication_row(publication: Publication) -> dict[str, Any]:
    day = publication.published_day
    return {
        "published_at": maybe_micros(publication.published_at),
        "precision": publication.precision and publication.precision.value,
        "published_day": day and day.isoformat(),
        "modified_at": maybe_micros(publication.modified_at),
        "confidence": publication.confidence,
        "date_reason": publication.reason,
        "winner": publication.winner and to_json(evidence_value(publication.winner)),
        "rejected": to_json([[evidence_value(r.evidence), r.reason, r.value] for r in publication.rejected]),
    }


def publication_from(row: dict[str, Any]) -> Publication:
    in_zone = zone(row["timezone"])
    published_at, modified_at = maybe_moment(row["published_at"]), maybe_moment(row["modified_at"])
    return Publication(
        published_at=published_at and published_at.astimezone(in_zone),
        precision=Precision(row["precision"]) if row["precision"] else None,
        published_day=date.fromisoformat(row["published_day"]) if row["published_day"] else None,
        modified_at=modified_at and modified_at.astimezone(in_zone),
        confidence=row["confidence"],
        winner=evidence_from(json.loads(row["winner"])) if row["winner"] else None,
        reason=row["date_reason"],
        rejected=tuple(Rejection(evidence_from(e), reason, value) for e, reason, value in json.loads(row["rejected"])),
    )


def version_row(article: Article, keys: ArticleKeys, now: datetime) -> dict[str, Any]:
    """The columns of `schema.VERSION_COLUMNS` but `revision`, `change_no` and the publication's. Raises ValueError for a zone that does not exist."""
    try:
        zone(article.timezone)
    except (KeyError, ValueError, OSError) as e:
        raise ValueError(f"{article.url}: there is no timezone {article.timezone!r}") from e
    return {
        "title": plain(article.title),
        "summary": maybe_plain(article.summary),
        "authors": to_json(article.authors),
        "section": maybe_plain(article.section),
        "tags": to_json(article.tags),
        "image_url": maybe_plain(article.image_url),
        "canonical_url": maybe_plain(article.canonical_url),
        "signature": maybe_plain(article.signature),
        "timezone": article.timezone,
        "country": maybe_plain(article.country),
        "language": maybe_plain(article.language),
        "content_hash": keys.content_hash,
        "fetched_at": micros(article.fetched_at),
        "updated_at": micros(now),
        "archive_file": article.archive and article.archive.file,
        "archive_offset": article.archive and article.archive.offset,
        "evidence": to_json([evidence_value(evidence) for evidence in article.evidence]),
        "body": plain(article.body),
    }


def owner_row(owner: Owner) -> dict[str, Any]:
    """The columns of a run or a lease that say whose it is."""
    return {"host": owner.host, "pid": owner.pid, "started": owner.started}


def owner_from(row: Any) -> Owner:
    """Whose run or lease this is."""
    return Owner(row.host, row.pid, row.started)


def article_from(row: dict[str, Any]) -> StoredArticle:
    return StoredArticle(
        id=row["id"],
        change_no=row["change_no"],
        revision=row["revision"],
        family_id=row["family_id"],
        url=row["url"],
        source=row["source"],
        title=row["title"],
        body=row["body"],
        timezone=row["timezone"],
        first_seen_at=moment(row["first_seen_at"]),
        fetched_at=moment(row["fetched_at"]),
        updated_at=moment(row["updated_at"]),
        country=row["country"],
        language=row["language"],
        summary=row["summary"],
        authors=json.loads(row["authors"]),
        section=row["section"],
        tags=json.loads(row["tags"]),
        image_url=row["image_url"],
        canonical_url=row["canonical_url"],
        signature=row["signature"],
        publication=publication_from(row),
        archive=ArchiveRef(row["archive_file"], row["archive_offset"]) if row["archive_file"] else None,
        evidence=[evidence_from(value) for value in json.loads(row["evidence"])],
        gone_at=maybe_moment(row.get("gone_at")),
    )
