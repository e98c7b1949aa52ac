"""Dates: turns evidence into candidates — what each piece says, how far its kind and place are trusted, and why some are out at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo

from newsspider.dates.model import Doubt, Note, Reading, Refusal
from newsspider.dates.reading import read_date
from newsspider.items import DateEvidence, EvidenceKind, EvidenceRole, Precision, Rejection

MAX_EVIDENCE = 40
MAX_VISIBLE = 20

# How far a kind is trusted to give the day of publication, from 0 to 1: labelled published, unlabelled, labelled modified.
TRUST: dict[EvidenceKind, tuple[float, float, float]] = {
    EvidenceKind.GIVEN: (0.99, 0.99, 0.5),
    EvidenceKind.SELECTOR: (0.95, 0.95, 0.5),
    EvidenceKind.JSONLD: (0.90, 0.60, 0.45),
    EvidenceKind.META: (0.86, 0.60, 0.45),
    EvidenceKind.FEED: (0.86, 0.80, 0.30),
    EvidenceKind.TIME: (0.84, 0.78, 0.45),
    EvidenceKind.VISIBLE: (0.84, 0.78, 0.45),
    EvidenceKind.URL: (0.80, 0.80, 0.80),
    EvidenceKind.SITEMAP: (0.80, 0.30, 0.20),
    EvidenceKind.HEADER: (0.10, 0.10, 0.10),
}
# Kinds that come from one hand count once: a plugin writes both JSON-LD and meta tags.
FAMILY = {
    EvidenceKind.JSONLD: "machine", EvidenceKind.META: "machine", EvidenceKind.TIME: "printed", EvidenceKind.VISIBLE: "printed",
    EvidenceKind.FEED: "announced", EvidenceKind.SITEMAP: "announced", EvidenceKind.URL: "url", EvidenceKind.HEADER: "header",
    EvidenceKind.GIVEN: "given", EvidenceKind.SELECTOR: "printed",
}  # fmt: skip
_PRINTED = frozenset({EvidenceKind.VISIBLE, EvidenceKind.TIME})
_EPOCH_KINDS = frozenset({EvidenceKind.JSONLD, EvidenceKind.META, EvidenceKind.TIME, EvidenceKind.FEED})
_EPOCH = re.compile(r"\s*(\d{10})(\d{3})?(?:\.\d+)?\s*", re.ASCII)
_URL_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:([/\-_.])(\d\d?)\2(\d\d?)|(\d\d)(\d\d)(?=\d{4,}|\D|$))(?!\d{1,3}(?:\D|$))", re.ASCII)
_COARSE = {Precision.WEEK: 0.5, Precision.MONTH: 0.35, Precision.YEAR: 0.2}


@dataclass(slots=True)
class Candidate:
    """A date that a piece of evidence states. `day` is the day in the source's zone, `moment` None when no time is stated."""

    evidence: DateEvidence
    role: EvidenceRole
    day: date
    moment: datetime | None
    precision: Precision
    trust: float
    wall: datetime | None = None  # the clock time as printed, in its printed zone
    relative: bool = False
    family: str = ""

    @property
    def iso(self) -> str:
        return self.moment.isoformat() if self.moment else self.day.isoformat()


def candidates(
    evidence: Sequence[DateEvidence], *, fetched_at: datetime, timezone: str, zone: tzinfo, country: str | None
) -> tuple[list[Candidate], list[Rejection]]:
    """All that could be read, and the rest with the reason."""
    found: list[Candidate] = []
    rejected: list[Rejection] = []
    read: dict[str, Reading] = {}
    visible = 0
    for index, piece in enumerate(sorted(evidence, key=lambda e: (e.in_article is False, e.distance))):
        if piece.in_article is False and piece.kind is not EvidenceKind.SELECTOR:
            rejected.append(Rejection(piece, Doubt.CHROME.value))
            continue
        visible += piece.kind is EvidenceKind.VISIBLE
        if index >= MAX_EVIDENCE or (piece.kind is EvidenceKind.VISIBLE and visible > MAX_VISIBLE):
            rejected.append(Rejection(piece, Doubt.TOO_MANY.value))
            continue
        raw = _machine_text(piece)
        if raw not in read:
            read[raw] = read_date(raw, reference=fetched_at, timezone=timezone, country=country)
        made = _from_reading(piece, read[raw], zone)
        if isinstance(made, list):
            found += made
        else:
            rejected.append(Rejection(piece, made.value))
    return found, rejected


def _machine_text(piece: DateEvidence) -> str:
    """The evidence's text; Unix times and days in addresses brought to ISO."""
    if piece.kind is EvidenceKind.URL:
        match = _URL_DAY.search(piece.raw)
        if match:
            year, _, month, day, month2, day2 = match.groups()
            return f"{year}-{int(month or month2):02}-{int(day or day2):02}"
    elif piece.kind in _EPOCH_KINDS and (match := _EPOCH.fullmatch(piece.raw)):
        return datetime.fromtimestamp(int(match[1]), UTC).isoformat()
    return piece.raw


def _from_reading(piece: DateEvidence, reading: Reading, zone: tzinfo) -> list[Candidate] | Refusal:
    parsed = reading.published
    if parsed is None:
        return reading.reject_reason or Refusal.NO_DATE
    role = piece.role
    if reading.modified is parsed and role is EvidenceRole.UNKNOWN:
        role = EvidenceRole.MODIFIED
    elif reading.modified is not None and reading.modified is not parsed and role is EvidenceRole.MODIFIED:
        role = EvidenceRole.PUBLISHED  # the text states both
    made = []
    for one, its_role in ((parsed, role), (reading.modified, EvidenceRole.MODIFIED)):
        if one is None or (one is parsed and its_role is not role):
            continue
        wall = one.value if isinstance(one.value, datetime) else None
        day, moment, precision = _localised(one.value, one.precision, zone)
        trust = TRUST[piece.kind][_COLUMN[its_role]] * one.confidence * _COARSE.get(precision, 1.0)
        if piece.kind in _PRINTED:
            trust *= max(0.97**piece.distance, 0.5)
        if moment is None and piece.kind in (EvidenceKind.JSONLD, EvidenceKind.META):
            trust *= 0.9  # midnight and bare days are what templates and defaults look like
        made.append(
            Candidate(
                piece,
                its_role,
                day,
                moment,
                precision,
                trust,
                wall,
                Note.RELATIVE in one.notes,
                FAMILY[piece.kind],
            )
        )
    return made


_COLUMN = {EvidenceRole.PUBLISHED: 0, EvidenceRole.UNKNOWN: 1, EvidenceRole.MODIFIED: 2}


def _localised(value: datetime | date, precision: Precision, zone: tzinfo) -> tuple[date, datetime | None, Precision]:
    """Day and moment in the source's zone. Midnight, there or in the printed zone, is a day and no time."""
    if not isinstance(value, datetime):
        return value, None, precision
    if value.time() == time(0) and precision in (Precision.SECOND, Precision.MINUTE):
        return value.date(), None, Precision.DAY
    here = value.astimezone(zone)
    if here.time() == time(0) and precision in (Precision.SECOND, Precision.MINUTE):
        return here.date(), None, Precision.DAY
    return here.date(), here, precision
