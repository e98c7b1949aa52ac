"""Gaps in coverage, pure: which silences of a source are its own, and which are more likely ours (an outage, a change of its site)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

DAY = timedelta(days=1)
AROUND = 28  # days before and after a silence that tell the source's pace
UNLIKELY = 4.6  # articles expected in a silence from which on it counts as a gap: by chance (Poisson) it would come once in a hundred times


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without articles, both included, and how many articles a day the source had around them."""

    first: date
    last: date
    pace: float


@dataclass(frozen=True)
class Covered:
    """What there is of a source: its articles a day, its gaps, and how many of its articles have no date."""

    days: Mapping[date, int]
    gaps: Sequence[Gap]
    undated: int = 0

    @cached_property
    def pace(self) -> float:
        """Articles a day, gaps left out."""
        return sum(self.days.values()) / max(1, self.covered_days(date.min, date.max))

    def covered_days(self, first: date, last: date) -> int:
        """How many days between the two, both included, lie between the first and the last article and in no gap."""
        if not self.days:
            return 0
        begin, end = max(first, self._first), min(last, self._last)
        return _shared(begin, end, begin, end) - sum(_shared(begin, end, gap.first, gap.last) for gap in self.gaps)

    @cached_property
    def _first(self) -> date:
        return min(self.days)

    @cached_property
    def _last(self) -> date:
        return max(self.days)


def find_gaps(days: Mapping[date, int], today: date) -> list[Gap]:
    """The gaps of a source, by its articles a day: between two of them, and between the last one and `today`, which does not count itself."""
    found = []
    known = sorted(day for day in days if day <= today)
    for before, after in pairwise([*known, today] if known else []):
        first, last = before + DAY, after - DAY
        silence = (last - first).days + 1
        if silence > 0 and (pace := _pace(days, known, before, after)) * silence >= UNLIKELY:
            found.append(Gap(first, last, pace))
    return found


def _pace(days: Mapping[date, int], known: list[date], before: date, after: date) -> float:
    """Articles a day in the weeks around a silence, without the two days that bound it: they are there because articles are."""
    spans = [(max(known[0], before - AROUND * DAY), before - DAY), (after + DAY, min(known[-1], after + AROUND * DAY))]
    around = [first + n * DAY for first, last in spans for n in range((last - first).days + 1)]
    return sum(days.get(day, 0) for day in around) / len(around) if around else 0.0


def missing_share(sources: Iterable[Covered], first: date, last: date) -> float:
    """Of the articles to be expected from these sources between two days, both included, the share that gaps have swallowed; from 0 to 1."""
    expected = missing = 0.0
    for source in sources:
        expected += source.pace * source.covered_days(first, last)
        missing += sum(gap.pace * _shared(first, last, gap.first, gap.last) for gap in source.gaps)
    return missing / (missing + expected) if missing else 0.0


def _shared(first: date, last: date, begin: date, end: date) -> int:
    """How many days two spans have in common, their ends included."""
    return max(0, (min(last, end) - max(first, begin)).days + 1)
