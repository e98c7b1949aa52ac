"""Reading Arabic dates beside dateparser, its search mode, htmldate and dateutil, on the same texts in one process; and a page's decision.

    python bench/dates.py [--corpus FILE] [--rounds 2]

The corpus is a TSV with a header naming at least raw, reference, tz, expected, precision, tolerance_days (an empty `expected`: no date); without
one, the forms of tests/dates/forms.tsv, which were written beside the grammar, so that only their times say something. Counted: right (day and, where
printed, time and zone), right day with another time, wrong day, missed, false positives; then microseconds of processor time a text (best round) and the ratio.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

Value = datetime | date | None
Reader = Callable[[str, datetime, str], Value]

FORMS = Path(__file__).resolve().parents[1] / "tests" / "dates" / "forms.tsv"
SLACK_DAYS = {"week": 1, "month": 3, "year": 5}
SLACK_SECONDS = {"hour": 3600, "minute": 60, "second": 1}
TURN = 1.0
"""Seconds."""
REGIONS = ["ar-SY", "ar-DZ", "ar-MA", "ar-MR"]


@dataclass
class Row:
    raw: str
    reference: datetime
    zone: str
    expected: str
    precision: str
    tolerance: int


def load(path: Path | None) -> list[Row]:
    if path is None:
        lines = [line.split("\t") for line in FORMS.read_text("utf-8").splitlines() if not line.startswith("#")]
        reference = datetime.fromisoformat("2026-02-20T09:30:00+03:00")
        return [Row(raw, reference, "Asia/Riyadh", "" if value == "-" else value, more, 0) for _, raw, value, more in lines]
    head, *lines = [line.split("\t") for line in path.read_text("utf-8").split("\n") if line]
    rows = [dict(zip(head, line, strict=False)) for line in lines]
    return [
        Row(r["raw"], datetime.fromisoformat(r["reference"]), r["tz"], r["expected"], r["precision"], int(r["tolerance_days"]))
        for r in rows
    ]


def judge(row: Row, got: Value) -> str:
    if not row.expected:
        return "right" if got is None else "false positive"
    if got is None:
        return "missed"
    zone = ZoneInfo(row.zone)
    day = (got.astimezone(zone) if got.tzinfo else got).date() if isinstance(got, datetime) else got
    slack = row.tolerance + SLACK_DAYS.get(row.precision, 0)
    if len(row.expected) == 10:
        return "right" if abs((day - date.fromisoformat(row.expected)).days) <= slack else "wrong day"
    wanted = datetime.fromisoformat(row.expected)
    wanted = wanted if wanted.tzinfo else wanted.replace(tzinfo=zone)
    if isinstance(got, datetime):
        off = abs(((got if got.tzinfo else got.replace(tzinfo=zone)) - wanted).total_seconds())
        if min(off, abs(off - 86400) if row.tolerance else off) < SLACK_SECONDS[row.precision]:
            return "right"
    near = {(wanted.astimezone(zone).date() - day).days, (wanted.date() - (got.date() if isinstance(got, datetime) else got)).days}
    return "other time" if min(map(abs, near)) <= slack else "wrong day"


def newsspider() -> Reader:
    from newsspider.dates import parse_date

    def read(raw: str, reference: datetime, zone: str) -> Value:
        found = parse_date(raw, reference=reference, timezone=zone)
        return found.value if found else None

    return read


def dateparsers() -> dict[str, Reader]:
    """dateparser as people use it, and in the strongest set-ups that can be made of it."""
    import dateparser
    from dateparser.calendars.hijri import HijriCalendar
    from dateparser.search import search_dates

    def options(reference: datetime, zone: str) -> dict[str, Any]:
        local = reference.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        return {
            "RELATIVE_BASE": local,
            "TIMEZONE": zone,
            "RETURN_AS_TIMEZONE_AWARE": True,
            "DATE_ORDER": "DMY",
            "PREFER_DATES_FROM": "past",
        }

    def plain(raw: str, reference: datetime, zone: str) -> Value:
        found: Value = dateparser.parse(raw, languages=["ar"], settings=options(reference, zone))
        return found

    def chained(raw: str, reference: datetime, zone: str) -> Value:
        found = plain(raw, reference, zone)
        for region in REGIONS:
            found = found or dateparser.parse(raw, locales=[region], settings=options(reference, zone))
        return found

    def with_hijri(raw: str, reference: datetime, zone: str) -> Value:
        if any(cue in raw for cue in ("هـ", "محرم", "صفر", "ربيع", "جماد", "رجب", "شعبان", "رمضان", "شوال", "القعدة", "الحجة")):
            found = HijriCalendar(raw).get_date()
            if found is not None:
                return getattr(found, "date_obj", None)
        return chained(raw, reference, zone)

    def search(raw: str, reference: datetime, zone: str) -> Value:
        found = search_dates(raw, languages=["ar"], settings=options(reference, zone))
        return found[0][1] if found else None

    return {
        "dateparser, languages=['ar']": plain,
        "dateparser, five Arabic locales": chained,
        "the same and its Hijri calendar": with_hijri,
        "dateparser search_dates": search,
    }


def htmldate(raw: str, reference: datetime, zone: str) -> Value:
    from htmldate.extractors import try_date_expr

    found = try_date_expr(raw, "%Y-%m-%d", True, datetime(1995, 1, 1), reference.replace(tzinfo=None))  # noqa: DTZ001 - htmldate wants them naive
    return date.fromisoformat(found) if found else None


def dateutil(raw: str, reference: datetime, zone: str) -> Value:
    from dateutil import parser

    base = reference.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    found: Value = parser.parse(raw, dayfirst=True, fuzzy=True, default=base)
    return found


def readers() -> dict[str, Reader]:
    """newsspider first, then the peers."""
    return {"newsspider": newsspider(), **dateparsers(), "htmldate, extensive": htmldate, "dateutil, fuzzy": dateutil}


def run(chosen: dict[str, Reader], rows: list[Row], rounds: int) -> dict[str, tuple[Counter[str], float]]:
    """For each reader its verdicts, and microseconds of processor time a text in its best round of two turns.

    Turns alternate, so that a busy machine is busy for all, and last for at least TURN, so that the short rounds of a fast reader are not left
    to chance. newsspider keeps no texts: each round reads all of them anew.
    """
    results: dict[str, tuple[Counter[str], float]] = {}
    for _ in range(2):
        for name, reader in chosen.items():
            best = results[name][1] if name in results else float("inf")
            done, turn = 0, time.process_time() + TURN
            while done <= rounds or time.process_time() < turn:  # the first warms up
                done += 1
                gc.collect()
                gc.disable()  # as timeit does: whose turn it is to clean up is chance
                started = time.process_time()
                answers = [_answer(reader, row) for row in rows]
                best = min(best, (time.process_time() - started) / len(rows) * 1e6)
                gc.enable()
            results[name] = (Counter(judge(row, answer) for row, answer in zip(rows, answers, strict=True)), best)
    return results


def _answer(reader: Reader, row: Row) -> Value:
    try:
        return reader(row.raw, row.reference, row.zone)
    except Exception:  # noqa: BLE001 - peers raise all kinds; counted as no date
        return None


def decision_time(rounds: int = 200) -> tuple[int, float]:
    """Pieces of evidence on a rich page, and the median milliseconds to decide on it."""
    from newsspider.dates import decide_publication
    from newsspider.items import DateEvidence, EvidenceKind, EvidenceRole

    kind, role = EvidenceKind, EvidenceRole
    evidence = [
        DateEvidence(kind.JSONLD, "2025-01-22T14:35:10+03:00", "NewsArticle.datePublished", role.PUBLISHED),
        DateEvidence(kind.JSONLD, "2025-01-22T15:00:00+03:00", "NewsArticle.dateModified", role.MODIFIED),
        DateEvidence(kind.META, "2025-01-22T11:35:10Z", "meta article:published_time", role.PUBLISHED),
        DateEvidence(kind.META, "2025-01-22T12:00:00Z", "meta article:modified_time", role.MODIFIED),
        DateEvidence(kind.URL, "2025-01-22", "url"),
        DateEvidence(kind.FEED, "Wed, 22 Jan 2025 11:35:10 GMT", "feed pubDate", role.PUBLISHED),
        DateEvidence(kind.TIME, "2025-01-22T14:35:10", "<time>", role.UNKNOWN, True, 1),
        DateEvidence(kind.VISIBLE, "نشر: الأربعاء 22 يناير/كانون الثاني 2025 - 02:35 م", "div.meta", role.PUBLISHED, True, 1),
        DateEvidence(kind.VISIBLE, "آخر تحديث: 22 يناير 2025 - 03:00 م (بتوقيت مكة المكرمة)", "div.meta", role.MODIFIED, True, 2),
        *[DateEvidence(kind.VISIBLE, f"{day} يناير 2025", "li", in_article=True, distance=20 + day) for day in range(1, 6)],
        *[DateEvidence(kind.VISIBLE, f"منذ {hours} ساعات", "aside li", in_article=False) for hours in range(3, 9)],
    ]
    times = []
    for _ in range(rounds):
        started = time.process_time()
        decide_publication(
            evidence, fetched_at=datetime(2025, 1, 23, tzinfo=UTC) + timedelta(hours=1), timezone="Asia/Riyadh", country="SA"
        )
        times.append((time.process_time() - started) * 1e3)
    return len(evidence), statistics.median(times)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--corpus", type=Path)
    arguments.add_argument("--rounds", type=int, default=2)
    chosen = arguments.parse_args()
    warnings.filterwarnings("ignore")
    rows = load(chosen.corpus)
    columns = ["right", "other time", "wrong day", "missed", "false positive"]
    table = Table(
        "reader",
        "right",
        *columns[1:],
        "µs a text",
        "× newsspider",
        title=f"{len(rows)} texts, {sum(not r.expected for r in rows)} without a date",
    )
    results = run(readers(), rows, chosen.rounds)
    own = results["newsspider"][1]
    for name, (verdicts, micros) in results.items():
        counts = [str(verdicts[column]) for column in columns[1:]]
        table.add_row(name, f"{100 * verdicts['right'] / len(rows):.1f} %", *counts, f"{micros:.0f}", f"{micros / own:.1f}")
    console = Console(width=150)
    console.print(table)
    pieces, millis = decision_time()
    console.print(f"decide_publication, {pieces} pieces of evidence: {millis:.2f} ms")


if __name__ == "__main__":
    main()
