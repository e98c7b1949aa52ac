"""Dates: chooses an article's date among its evidence, or none. docs/dates.md explains the order and lists the reason words.

Nothing outside the article's own block wins, nor a constant of the site, nor the moment of fetching; what is left is counted by families of
evidence that do not copy from one another, and the day that most of them state wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from newsspider.dates.candidates import Candidate, candidates
from newsspider.dates.folding import fold
from newsspider.dates.model import Doubt
from newsspider.dates.tokens import cut
from newsspider.dates.zones import named_zone
from newsspider.items import DateEvidence, EvidenceKind, EvidenceRole, Publication, Rejection

MIN_SCORE = 0.30
"""Below this the date is unknown."""


class PageDates(NamedTuple):
    """Another page of the site: its evidence, and the day decided for it."""

    evidence: tuple[DateEvidence, ...]
    published_day: date | None


@dataclass(slots=True, frozen=True)
class Context:
    """What is known besides the page: all optional."""

    first_seen: datetime | None = None
    neighbours: tuple[date, ...] = ()  # days of the entries beside it in the listing
    elsewhere: tuple[PageDates, ...] = ()
    lead: str = ""  # the beginning of the body: "اليوم الأحد" there speaks against other weekdays


def decide_publication(
    evidence: Sequence[DateEvidence], *, fetched_at: datetime, timezone: str, country: str | None, context: Context | None = None
) -> Publication:
    """The publication date that the evidence supports, with its reason, and every piece that was not believed with its own.

    `fetched_at` is aware, `timezone` the source's IANA zone. With nothing trustworthy `published_at` is None. Pure and deterministic.
    """
    zone = named_zone(timezone)
    context = context or Context()
    found, rejected = candidates(evidence, fetched_at=fetched_at, timezone=timezone, zone=zone, country=country)
    here = fetched_at.astimezone(zone)
    kept: list[Candidate] = []
    for one in found:
        doubt = _doubt(one, found, here, context)
        if doubt:
            rejected.append(Rejection(one.evidence, doubt.value, one.iso))
        else:
            kept.append(one)
    _weigh(kept, evidence, context)
    changes = [c for c in kept if c.role is EvidenceRole.MODIFIED]
    stated = [c for c in kept if c.role is not EvidenceRole.MODIFIED and c.evidence.kind is not EvidenceKind.HEADER]
    pool, alone = (stated, False) if stated else ([c for c in changes if c.family in ("machine", "printed", "given")], True)
    days = _scores(pool)
    if not days:
        reason = "no_evidence" if not evidence else "nothing_trusted"
        return Publication(reason=reason, rejected=(*rejected, *(Rejection(c.evidence, Doubt.TOO_WEAK.value, c.iso) for c in kept)))
    day, score = max(days.items(), key=lambda item: (item[1], item[0]))
    day = _printed_day(day, pool)
    winner = _winner([c for c in pool if c.day == day])
    against = max((s for d, s in days.items() if abs((d - day).days) > 1), default=0.0)
    confidence = round(min(0.99, max(score, days.get(day, 0.0)) * (1 - against / 2)), 2)
    if confidence < MIN_SCORE:
        return Publication(reason="too_weak", rejected=(*rejected, *(Rejection(c.evidence, Doubt.TOO_WEAK.value, c.iso) for c in kept)))
    moment = winner.moment or datetime.combine(day, time(0), zone)
    modified = _modified(changes, moment, day)
    rejected += _left(kept, winner, day, alone)
    agreed = len({c.family for c in pool if c.day == day}) > 1
    reason = "modified_only" if alone else "agreed" if agreed else f"only_{winner.evidence.kind.value}"
    return Publication(moment, winner.precision, day, modified, confidence, winner.evidence, reason, tuple(rejected))


def _doubt(one: Candidate, all_found: list[Candidate], here: datetime, context: Context) -> Doubt | None:
    """Why a candidate is out before any counting."""
    if one.evidence.kind in (EvidenceKind.GIVEN, EvidenceKind.SELECTOR):
        return None
    if _constant(one, context.elsewhere):
        return Doubt.SITE_CONSTANT
    if (
        context.first_seen
        and one.role is not EvidenceRole.MODIFIED
        and one.day > (context.first_seen.astimezone(here.tzinfo) + timedelta(days=1)).date()
    ):
        return Doubt.AFTER_FIRST_SEEN
    return Doubt.FETCH_TIME if _is_fetch_time(one, all_found, here) else None


def _is_fetch_time(one: Candidate, found: list[Candidate], here: datetime) -> bool:
    """Whether it is rather the clock of the visit: the fetch's day, or its very minute, where other evidence of the article knows better."""
    if one.relative or one.day != here.date():
        return False
    others = [c for c in found if c is not one and c.role is not EvidenceRole.MODIFIED]
    older = [
        c
        for c in others
        if c.day < one.day - timedelta(days=1) and (c.family != one.family or c.trust > one.trust - 0.05) and c.trust > 0.5
    ]
    plain = one.family == "printed" and one.role is EvidenceRole.UNKNOWN
    gap = abs(one.moment - here) if one.moment else None
    if older and (plain or gap is None or gap < timedelta(minutes=2)):
        return True
    return plain and gap is not None and gap < timedelta(minutes=5) and not any(c.day == one.day and c.family != "printed" for c in others)


def _constant(one: Candidate, elsewhere: tuple[PageDates, ...]) -> bool:
    """Whether two other pages carry the same text in the same place though they are of other days, or three carry it to the minute."""
    key = (one.evidence.kind, one.evidence.place, one.evidence.raw)
    same = [page for page in elsewhere if any((e.kind, e.place, e.raw) == key for e in page.evidence)]
    if one.evidence.kind in (EvidenceKind.FEED, EvidenceKind.SITEMAP, EvidenceKind.HEADER, EvidenceKind.URL):
        return False
    other_day = sum(page.published_day is not None and page.published_day != one.day for page in same)
    return other_day >= 2 or (one.moment is not None and len(same) >= 3)


def _weigh(kept: list[Candidate], evidence: Sequence[DateEvidence], context: Context) -> None:
    """Lowers the trust of candidates that the address's month, the text or the neighbours speak against."""
    month = next((e.raw for e in evidence if e.kind is EvidenceKind.URL and len(e.raw) == 7), None)
    said = _said_weekday(context.lead)
    near = context.neighbours
    for one in kept:
        if month and all((one.day + timedelta(days=d)).isoformat()[:7] != month for d in (-1, 0, 1)):
            one.trust *= 0.7
        if said is not None and one.role is not EvidenceRole.MODIFIED:
            weekday, shift = said
            if (one.day + timedelta(days=shift)).weekday() != weekday and one.day.weekday() != weekday:
                one.trust *= 0.7
        if len(near) > 2 and not min(near) - timedelta(days=60) <= one.day <= max(near) + timedelta(days=7):
            one.trust *= 0.8


def _said_weekday(lead: str) -> tuple[int, int] | None:
    """The weekday of "اليوم الأحد" or "أمس السبت" in the body's beginning, and the days from publication to it."""
    if not lead:
        return None
    tokens = cut(fold(lead))
    at = tokens.classes.find("rW")
    if at < 0 or tokens.values[at] not in (0, -1):
        return None
    return int(tokens.values[at + 1]), int(tokens.values[at])


def _scores(pool: list[Candidate]) -> dict[date, float]:
    """For each day, 1 minus the product of doubts, one factor a family."""
    best: dict[date, dict[str, float]] = {}
    for one in pool:
        families = best.setdefault(one.day, {})
        families[one.family] = max(families.get(one.family, 0.0), one.trust)
    scores: dict[date, float] = {}
    for day, families in best.items():
        doubt = 1.0
        for trust in families.values():
            doubt *= 1 - trust
        scores[day] = 1 - doubt
    return scores


def _printed_day(day: date, pool: list[Candidate]) -> date:
    """The day that the page prints when the machine's differs by one: a false zone mark moves a day, a reader's date is in the source's zone."""
    machine = [c for c in pool if c.day == day and c.moment is not None]
    if not machine or any(c.day == day and c.family == "printed" for c in pool):
        return day
    printed = [
        c for c in pool if c.evidence.kind is EvidenceKind.VISIBLE and not c.relative and abs((c.day - day).days) == 1 and c.trust > 0.6
    ]
    for one in printed:
        if any(
            m.wall
            and m.wall.date() == one.day
            and (one.wall is None or one.wall.time().replace(second=0) == m.wall.time().replace(second=0, microsecond=0))
            for m in machine
        ):
            return one.day
    return day


def _winner(best: list[Candidate]) -> Candidate:
    """Of the candidates of the winning day the most trusted that has a time, else the most trusted."""
    return max(best, key=lambda c: (c.moment is not None, c.trust))


def _modified(changes: list[Candidate], published: datetime, day: date) -> datetime | None:
    """The most trusted change with a time, not before the publication."""
    later = [c for c in changes if c.moment is not None and c.moment >= published and c.day >= day and c.family in ("machine", "printed")]
    return max(later, key=lambda c: c.trust).moment if later else None


def _left(kept: list[Candidate], winner: Candidate, day: date, alone: bool) -> list[Rejection]:
    out: list[Rejection] = []
    for one in kept:
        if one is winner or (one.day == day and one.role is not EvidenceRole.MODIFIED):
            continue
        if one.role is EvidenceRole.MODIFIED and not alone:
            out.append(Rejection(one.evidence, (Doubt.MODIFIED if one.day >= day else Doubt.BEFORE_PUBLISHED).value, one.iso))
        elif one.day != day:
            out.append(Rejection(one.evidence, Doubt.OUTVOTED.value, one.iso))
    return out
