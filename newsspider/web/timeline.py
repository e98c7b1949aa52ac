"""Searches over time: the counts of one or more, over the same intervals, with how much of each interval is missing from the sources' coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from newsspider.search import BadQuery, Histogram, Interval, Query, SearchEngine, charts
from newsspider.search.expression import Keyword, Value
from newsspider.web.gaps import DAY, Covered, missing_share

_SUITING = ((timedelta(days=100), Interval.DAY), (timedelta(days=900), Interval.WEEK))  # up to what time


@dataclass(frozen=True, slots=True)
class Series:
    """The counts of one search; `undated` counts its hits that have no date exact enough."""

    total: int
    undated: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Intervals that begin with `starts` (naive, on the sources' clocks), and for each the count of every series, the count of all articles within
    the filters where it was asked for, and the share of coverage that is missing (0 to 1)."""

    interval: Interval
    starts: tuple[datetime, ...]
    series: tuple[Series, ...]
    volume: tuple[int, ...] | None
    missing: tuple[float, ...]

    def days(self, at: int) -> tuple[date, date]:
        """First and last day of the interval number `at`."""
        begin = self.starts[at]
        return begin.date(), (charts.following(begin, self.interval) - timedelta(microseconds=1)).date()


def timeline(
    engine: SearchEngine, queries: Sequence[Query], interval: Interval | None, coverage: Mapping[str, Covered], *, volume: bool = False
) -> Timeline:
    """Count `queries`, which differ in their words only, by `interval`, or by what suits the time they cover.

    Raises QueryError where that would be more than `charts.MAX_BARS` intervals, and what the engine raises.
    """
    found = [engine.histogram(query, interval or Interval.MONTH) for query in queries]
    if interval is None:
        interval = suiting(found)
        found = found if interval is Interval.MONTH else [engine.histogram(query, interval) for query in queries]
    starts = _starts(found, interval)
    everything = engine.histogram(_everything(queries[0], starts), interval) if volume and starts else None
    sources = [coverage[name] for name in _sources(queries) or coverage if name in coverage]
    by_days = interval is not Interval.HOUR
    return Timeline(
        interval,
        starts,
        tuple(Series(sum(bar.count for bar in one.bars) + one.undated, one.undated, _counts(one, starts)) for one in found),
        _counts(everything, starts) if everything else None,
        tuple(
            missing_share(sources, begin.date(), (charts.following(begin, interval) - DAY).date()) if by_days else 0.0 for begin in starts
        ),
    )


def suiting(by_month: Sequence[Histogram]) -> Interval:
    """The interval that shows what these histograms cover in some dozens of bars."""
    bars = [bar.start for one in by_month for bar in one.bars]
    span = charts.following(max(bars), Interval.MONTH) - min(bars) if bars else timedelta()
    return next((interval for limit, interval in _SUITING if span <= limit), Interval.MONTH)


def _starts(found: Sequence[Histogram], interval: Interval) -> tuple[datetime, ...]:
    bars = [bar.start for one in found for bar in one.bars]
    starts = charts.starts(min(bars), max(bars), interval) if bars else []
    if len(starts) > charts.MAX_BARS:
        raise BadQuery("too_many_intervals", most=charts.MAX_BARS)
    return tuple(starts)


def _counts(found: Histogram, starts: Sequence[datetime]) -> tuple[int, ...]:
    counts = {bar.start: bar.count for bar in found.bars}
    return tuple(counts.get(start, 0) for start in starts)


def _everything(query: Query, starts: Sequence[datetime]) -> Query:
    """All articles within the filters and these days."""
    return replace(query, words=(), required=(), excluded=(), day_from=query.day_from or starts[0].date())


def _sources(queries: Sequence[Query]) -> set[str]:
    """Which sources are searched, by filter or by word; none: all."""
    typed = {part.value for query in queries for part in query.required if isinstance(part, Value) and part.field is Keyword.SOURCE}
    return typed or {name for query in queries for name in query.sources}
