"""The learned interval against fixed intervals and against two other rules, on simulated sources: how long an article waits, for how many visits.

    python bench/schedule.py [SOURCES] [DAYS] [SEED]

Each source publishes by a Poisson process whose rate follows its newsroom's day, with slow Fridays; rates are spread over sources as in a
real list, from one article in days to ten an hour. A visit finds all that was published until then. The first third of the days is for learning
and counts for nothing. "as many visits" is a fixed interval for all sources with as many visits as `auto` made. "by repeats" sets the interval
by how much of a visit was known, from 10 minutes to a day in steps of an hour or 10 minutes; "by factors" lengthens it by half after a visit
without news and shortens it by a fifth after one with, from 90 minutes on (the ideas of Media Cloud's and of news-crawl's schedulers).
"""

from __future__ import annotations

import math
import random
import statistics
import sys
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.table import Table

from newsspider.schedule import learned_interval
from newsspider.schedule.learning import WINDOW

START = datetime(2026, 3, 1, tzinfo=UTC)
LIMITS = (timedelta(minutes=10), timedelta(hours=12))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(slots=True)
class Visit:
    """What a rule may know: when it was, the articles found so far, how many are new and how many the feed shows."""

    at: datetime
    found: Sequence[datetime]
    new: int
    interval: timedelta


Rule = Callable[[Visit], timedelta]


def published(rng: random.Random, days: int) -> list[datetime]:
    """When the articles of one source appear."""
    a_day = math.exp(rng.uniform(math.log(0.3), math.log(150)))
    wakes, works = rng.uniform(4, 9), rng.uniform(8, 16)
    moments, at = [], START
    peak = a_day / works * 1.5
    while (at := at + HOUR * rng.expovariate(peak)) < START + days * DAY:
        hour = (at.hour + at.minute / 60 - wakes) % 24
        share = (0.4 + 0.6 * math.sin(math.pi * hour / works)) if hour < works else 0.06
        if rng.random() < share * (0.4 if at.weekday() == 4 else 1):
            moments.append(at)
    return moments


def learned(visit: Visit) -> timedelta:
    since = bisect_right(visit.found, visit.at - WINDOW)
    return learned_interval(visit.found[since:], visit.at, visit.at, *LIMITS)


def by_repeats(visit: Visit) -> timedelta:
    known = 1 - min(visit.new, 20) / 20
    changed = visit.interval + HOUR if known > 0.9 else visit.interval - 10 * MINUTE if known < 0.5 else visit.interval
    return min(max(changed, 10 * MINUTE), DAY)


def by_factors(visit: Visit) -> timedelta:
    return min(max(visit.interval * (0.8 if visit.new else 1.5), 90 * MINUTE), 90 * DAY)


def simulate(sources: Sequence[Sequence[datetime]], rule: Rule, days: int) -> tuple[int, list[float]]:
    """Visits, and the wait of each article in minutes, after the time for learning."""
    visits, waits, counted_from = 0, [], START + days / 3 * DAY
    for number, moments in enumerate(sources):
        at, interval, seen = START + number % 60 * MINUTE, HOUR, 0
        while at < START + days * DAY:
            now_seen = bisect_right(moments, at)
            if at >= counted_from:
                visits += 1
                waits += [(at - moment) / MINUTE for moment in moments[seen:now_seen] if moment >= counted_from]
            interval = rule(Visit(at, moments[:now_seen], now_seen - seen, interval))
            seen, at = now_seen, at + interval
    return visits, waits


def main() -> None:
    count, days, seed = (int(value) for value in (*sys.argv[1:4], *(150, 30, 7)[len(sys.argv) - 1 :]))
    rng = random.Random(seed)
    sources = [published(rng, days) for _ in range(count)]
    source_days = count * days * 2 / 3
    rules: dict[str, Rule] = {"auto": learned, "by repeats": by_repeats, "by factors": by_factors}
    rules |= {
        f"every {name}": (lambda visit, every=every: every) for name, every in (("15m", 15 * MINUTE), ("30m", 30 * MINUTE), ("1h", HOUR))
    }
    results = {name: simulate(sources, rule, days) for name, rule in rules.items()}
    same = source_days * DAY / results["auto"][0]
    results[f"every {same / MINUTE:.0f}m (as many visits)"] = simulate(sources, lambda visit: same, days)
    table = Table("rule", "visits a source and day", "mean wait, min", "median", "95 %", "mean wait × visits, auto = 1")
    base = results["auto"][0] * statistics.fmean(results["auto"][1])
    for name, (visits, waits) in sorted(results.items(), key=lambda item: item[1][0]):
        mean = statistics.fmean(waits)
        cuts = statistics.quantiles(waits, n=20)
        table.add_row(
            name, f"{visits / source_days:.1f}", f"{mean:.1f}", f"{cuts[9]:.1f}", f"{cuts[18]:.1f}", f"{mean * visits / base:.2f}"
        )
    Console(width=120).print(f"{count} sources, {days} days, {sum(map(len, sources)):,} articles, seed {seed}", table)


if __name__ == "__main__":
    main()
