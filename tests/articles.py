"""Made-up articles for tests, ready to be recorded."""

from __future__ import annotations

from datetime import UTC, datetime

from newsspider import intake
from newsspider.items import Article, DateEvidence, EvidenceKind, EvidenceRole
from newsspider.store import Store

FETCHED = datetime(2026, 5, 1, 8, tzinfo=UTC)


def article(number: int, body: str = "", source: str = "farm") -> Article:
    return Article(
        url=f"https://{source}.example/news/{number}",
        source=source,
        fetched_at=FETCHED,
        title=f"خبر رقم {number} عن القمح",
        body=body or f"نص الخبر رقم {number} عن موسم القمح في الجزيرة السورية.\n\nفقرة ثانية فيها رقم {number}.",
        timezone="Asia/Damascus",
        language="ar",
        evidence=[DateEvidence(EvidenceKind.META, "2026-04-30T10:00:00+03:00", "meta article:published_time", EvidenceRole.PUBLISHED)],
    )


def fill(store: Store, numbers: range) -> list[str]:
    """Store one article for each number; their ids."""
    return [intake.take_in(store, article(number)).article_id for number in numbers]
