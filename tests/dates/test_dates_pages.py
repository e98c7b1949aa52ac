"""Real pages: the right day, never a wrong one, and the same answer whatever day the page's header shows."""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from shared_data import shared

from newsspider.dates import decide_publication
from newsspider.extract import Hints, Page, extract_page
from newsspider.items import DateEvidence, EvidenceKind, Publication

FETCHED = datetime(2026, 3, 1, 10, tzinfo=UTC)
ZONE = "Asia/Riyadh"
MIN_RIGHT = 0.95


@cache
def articles() -> list[dict[str, Any]]:
    entries = json.loads(shared("pages", "index.json").read_text("utf-8"))["entries"]
    return [entry for entry in entries if entry["kind"] == "article"]


def decide(entry: dict[str, Any], body: bytes, fetched_at: datetime) -> tuple[Publication, list[DateEvidence]]:
    url = entry["url"] or f"https://{entry['site']}/a"
    evidence = extract_page(Page(body, url, {}, fetched_at=fetched_at), Hints(timezone=ZONE)).article.evidence
    return decide_publication(evidence, fetched_at=fetched_at, timezone=ZONE, country=None), evidence


def verdict(gold: dict[str, Any], found: Publication) -> str:
    day = found.published_day.isoformat() if found.published_day else None
    if not gold.get("date_on_page", True):
        return "right" if day is None else "wrong"
    return "right" if day in gold["date_accept_days"] else "none" if day is None else "wrong"


def test_right_days_and_no_wrong_one() -> None:
    verdicts = {}
    for entry in articles():
        found, _ = decide(entry, shared("pages", entry["file"]).read_bytes(), FETCHED)
        verdicts[entry["slug"]] = verdict(entry["gold"], found)
    counts = Counter(verdicts.values())
    assert counts["wrong"] == 0, verdicts
    assert counts["right"] >= MIN_RIGHT * len(verdicts), verdicts


def test_no_wrong_day_whatever_a_page_leaves_out() -> None:
    """Each page once more without some kinds of its evidence: there may be no date then, but never another one."""
    kinds = (EvidenceKind.JSONLD, EvidenceKind.META, EvidenceKind.TIME, EvidenceKind.VISIBLE, EvidenceKind.URL)
    left_out = [set(some) for count in range(1, len(kinds)) for some in combinations(kinds, count)]
    verdicts: Counter[str] = Counter()
    for entry in articles():
        _, evidence = decide(entry, shared("pages", entry["file"]).read_bytes(), FETCHED)
        for gone in left_out:
            kept = [piece for piece in evidence if piece.kind not in gone]
            found = verdict(entry["gold"], decide_publication(kept, fetched_at=FETCHED, timezone=ZONE, country=None))
            assert found != "wrong", (entry["slug"], gone)
            verdicts[found] += 1
    assert verdicts["right"] > verdicts["none"]


@pytest.mark.parametrize("shown", ["الأربعاء ١٤ / مايو / ٢٠٢٥", "14 أيار 2025 - 10:20 ص", "2025-05-14"])
def test_the_clock_of_the_header_changes_nothing(shown: str) -> None:
    """Each page once more, fetched on the day that its header now shows: a header added, and the dates of its own chrome moved."""
    visited = datetime(2025, 5, 14, 10, 22, tzinfo=UTC) - timedelta(hours=3)
    compared = 0
    for entry in articles():
        body = shared("pages", entry["file"]).read_bytes()
        before, evidence = decide(entry, body, FETCHED)
        if before.published_day and before.published_day > visited.date():
            continue
        after, _ = decide(entry, with_clock(body, shown, evidence), visited)
        assert (after.published_at, after.precision) == (before.published_at, before.precision), entry["slug"]
        compared += 1
    assert compared > 20


def with_clock(body: bytes, shown: str, evidence: list[DateEvidence]) -> bytes:
    """The page with a date line in a header of its own, and every text of its chrome that the extractor took for a date changed to it."""
    own = {piece.raw for piece in evidence if piece.in_article}
    for piece in evidence:
        if piece.in_article is False and piece.kind == "visible" and piece.raw not in own:
            body = re.sub(rb"(>\s*)" + re.escape(piece.raw.encode()) + rb"(\s*<)", rb"\g<1>" + shown.encode() + rb"\g<2>", body)
    header = f'<div class="header"><div class="top-bar"><span class="today">{shown}</span></div></div>'.encode()
    return re.sub(rb"(<body[^>]*>)", lambda match: match[1] + header, body, count=1, flags=re.IGNORECASE)
