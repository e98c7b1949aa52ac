"""The interval of a source with `every = "auto"`, learned from when its articles were published. Pure.

Articles that come at a rate r wait half an interval on the average. Among all ways to spend a number of visits, over sources and over the hours
of a day, the waiting is least where the time between two visits goes with 1/√r (as the least Σ rᵢTᵢ for a given Σ 1/Tᵢ). So visits are
placed at equal steps of ∫√r dt. The rate of each hour of the day is learned from the last two weeks, later days counting more, with the mean
of all hours where little is known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

STEP = 0.5  # ∫√r dt between two visits, in √hours: a site with one article an hour is visited each half hour, one with four each quarter
WINDOW = timedelta(days=14)
HALF_LIFE = timedelta(days=4)
SHORTEST_WINDOW = timedelta(hours=6)  # a feed read for the first time shows the last hours of a busy site
PRIOR_HOURS = 0.5  # how much the mean of all hours counts, in hours of observation
HOUR = timedelta(hours=1)


def learned_interval(
    arrivals: Sequence[datetime], visited_at: datetime, now: datetime, shortest: timedelta, longest: timedelta
) -> timedelta:
    """The time until the visit after that of `visited_at`, between `shortest` and `longest`; `arrivals` are aware, in any order."""
    rates = _rates([moment for moment in arrivals if now - WINDOW <= moment <= now], now)
    if rates is None:
        return longest
    left, at = STEP, visited_at
    while left > 0 and at - visited_at < longest:
        until = at.replace(minute=0, second=0, microsecond=0) + HOUR
        root = math.sqrt(rates[_hour(at)])
        gained = root * ((until - at) / HOUR)
        if gained >= left:
            at += HOUR * (left / root)
            break
        left, at = left - gained, until
    return min(max(at - visited_at, shortest), longest)


def _rates(arrivals: Sequence[datetime], now: datetime) -> list[float] | None:
    """Articles an hour, for each hour of the day in UTC; None when nothing came."""
    if not arrivals:
        return None
    since = min(*arrivals, now - SHORTEST_WINDOW)
    seen, watched = [0.0] * 24, [0.0] * 24
    for moment in arrivals:
        seen[_hour(moment)] += _weight(now - moment)
    for number in range(math.ceil((now - since) / HOUR)):
        watched[_hour(now - number * HOUR)] += _weight(number * HOUR)
    mean = sum(seen) / sum(watched)
    return [
        (_around(seen, hour) + PRIOR_HOURS * mean) / (_around(watched, hour) + PRIOR_HOURS)
        for hour in range(24)
    ]  # fmt: skip


def _around(hours: Sequence[float], hour: int) -> float:
    """The sum over an hour and, half each, its neighbours: a newsroom's day does not begin on the stroke."""
    return hours[hour] + (hours[hour - 1] + hours[(hour + 1) % 24]) / 2


def _weight(age: timedelta) -> float:
    return float(0.5 ** (age / HALF_LIFE))


def _hour(moment: datetime) -> int:
    return int(moment.timestamp() // 3600) % 24
