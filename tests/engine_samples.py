"""Changes and articles for tests of engines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from newsspider.engines import Engine
from newsspider.items import Change, Delivered, Delivery, Precision, Publication, StoredArticle
from newsspider.search import Query, parse_query

RIYADH = timezone(timedelta(hours=3))


def article(number: int, title: str = "", body: str = "", *, day: date | None = None, **fields: Any) -> StoredArticle:
    """An article whose id and change number are `number`, published at noon of `day` in Riyadh."""
    seen = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    if day:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=RIYADH)
        fields["publication"] = Publication(noon, Precision.MINUTE, day, confidence=0.9)
    given: dict[str, Any] = {
        "id": f"{number:032x}",
        "change_no": number,
        "revision": 1,
        "family_id": f"{number:032x}",
        "url": f"https://news.example/{number}",
        "source": "akhbar",
        "title": title,
        "body": body,
        "timezone": "Asia/Riyadh",
        "first_seen_at": seen,
        "fetched_at": seen,
        "updated_at": seen,
    }
    return StoredArticle(**{**given, **fields})


def put(engine: Engine, *articles: StoredArticle) -> list[Delivered]:
    """Apply the articles and make them searchable; all must go in."""
    delivered = engine.apply([Change(one.change_no, one.id, one) for one in articles])
    assert [one.delivery for one in delivered] == [Delivery.INDEXED] * len(articles), delivered
    engine.refresh()
    return delivered


def numbers(engine: Engine, query: Query | str) -> list[int]:
    """The hits of a query, by the number in their address, in order."""
    results = engine.search(parse_query(query) if isinstance(query, str) else query)
    return [int(hit.url.rsplit("/", 1)[1]) for hit in results.hits]


def states(delivered: Sequence[Delivered]) -> list[Delivery]:
    return [one.delivery for one in delivered]


PORT = "افتتح الوزير ميناء جديدا على الساحل الغربي وقال إن العمل فيه يبدأ غدا"
MATCH = "فاز الفريق في المباراة الأخيرة بثلاثة أهداف وحضر الجمهور بكثافة"
BUDGET = "أقر البرلمان الميزانية بعد نقاش طويل بين الوزير والنواب"
NEWS = (
    article(1, "افتتاح ميناء جديد", PORT, day=date(2025, 1, 20), section="اقتصاد"),
    article(2, "فوز كبير في المباراة", MATCH, day=date(2025, 1, 22), section="رياضة", source="kora"),
    article(3, "البرلمان يقر الميزانية", BUDGET, day=date(2025, 1, 21), section="سياسة"),
    article(4, "زيارة إلى لبنان", "وصل الوفد إلى بيروت مساء", section="سياسة"),
)
