"""Hits over time: weeks and months are summed from days, so that every chart shows the same days in every engine."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta

from newsspider.search.problems import BadQuery
from newsspider.search.query import Query
from newsspider.search.results import Bar, Histogram, Interval

MAX_BARS = 1000


def histogram(counts: Mapping[datetime, int], interval: Interval, query: Query, total: int) -> Histogram:
    """The bars of `total` hits, of which `counts` says how many there are for each day, or hour. They begin and end with the days the query
    is limited to, else with its first and last hit. Raises QueryError when there are more than MAX_BARS."""
    summed: dict[datetime, int] = {}
    for moment, count in counts.items():
        start = beginning(moment, interval)
        summed[start] = summed.get(start, 0) + count
    first = datetime.combine(query.day_from, time()) if query.day_from else min(counts, default=None)
    last = datetime.combine(query.day_to, time(23)) if query.day_to else max(counts, default=None)
    begun = starts(first, last, interval) if first and last else []
    if len(begun) > MAX_BARS:
        raise _too_many(interval)
    return Histogram(interval, tuple(Bar(start, summed.get(start, 0)) for start in begun), undated=total - sum(counts.values()))


def require_hours(days: Collection[datetime]) -> None:
    """Raises QueryError when the hours from the first day to the last would be more than MAX_BARS, before anybody counts them."""
    if days and (max(days) - min(days)).days >= MAX_BARS // 24:
        raise _too_many(Interval.HOUR)


def beginning(moment: datetime, interval: Interval) -> datetime:
    """When the interval begins that a moment lies in."""
    if interval is Interval.HOUR:
        return datetime(moment.year, moment.month, moment.day, moment.hour)  # noqa: DTZ001 - on the source's clock
    day = datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001
    if interval is Interval.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval is Interval.MONTH else day


def starts(first: datetime, last: datetime, interval: Interval) -> list[datetime]:
    """When the intervals from `first` to `last` begin, or the first MAX_BARS + 1 of them."""
    begun: list[datetime] = []
    start = beginning(first, interval)
    while start <= last and len(begun) <= MAX_BARS:
        begun.append(start)
        try:
            start = following(start, interval)
        except OverflowError:  # the end of the calendar
            break
    return begun


def following(start: datetime, interval: Interval) -> datetime:
    """When the interval ends that begins with `start`, and the next one begins. Raises OverflowError at the end of the calendar."""
    if interval is Interval.MONTH:
        return beginning(start + timedelta(days=31), interval)
    return start + {Interval.HOUR: timedelta(hours=1), Interval.DAY: timedelta(days=1), Interval.WEEK: timedelta(days=7)}[interval]


def _too_many(interval: Interval) -> BadQuery:
    return BadQuery("too_many_bars", part=interval, most=MAX_BARS)
