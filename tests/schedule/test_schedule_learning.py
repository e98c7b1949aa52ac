"""The learned interval: short where and when news appears, within limits, from whatever was published."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from newsspider.schedule import learned_interval

NOW = datetime(2026, 5, 15, 12, tzinfo=UTC)
LIMITS = (timedelta(minutes=10), timedelta(hours=12))


def steadily(every: timedelta, days: int = 14) -> list[datetime]:
    return [NOW - number * every for number in range(int(timedelta(days=days) / every))]


def minutes(arrivals: list[datetime], now: datetime = NOW) -> float:
    return learned_interval(arrivals, now, now, *LIMITS).total_seconds() / 60


def test_four_times_the_news_halves_the_interval() -> None:
    assert 28 < minutes(steadily(timedelta(hours=1))) < 32
    assert 14 < minutes(steadily(timedelta(minutes=15))) < 16
    assert 90 < minutes(steadily(timedelta(hours=17))) < 240
    assert minutes(steadily(timedelta(minutes=1))) == 10
    assert minutes([]) == 12 * 60


def test_a_night_without_news_is_slept_through_and_the_morning_is_met() -> None:
    day = [moment for moment in steadily(timedelta(minutes=10)) if 6 <= moment.hour < 18]
    assert minutes(day, NOW) < 20
    evening = NOW.replace(hour=20)
    slept = minutes(day, evening)
    assert 70 < slept < 10 * 60, "not until noon, though the nights are silent"


def test_a_feed_that_was_read_once_tells_enough() -> None:
    busy = [NOW - timedelta(minutes=number * 6) for number in range(20)]
    slow = [NOW - timedelta(hours=17 * number) for number in range(20)]
    assert minutes(busy) < 30
    assert minutes(slow) > 60


def test_a_site_that_falls_silent_is_visited_less_and_less() -> None:
    arrivals = steadily(timedelta(minutes=20))
    waits = [minutes(arrivals, NOW + timedelta(days=day)) for day in (0, 2, 5, 9, 13, 20)]
    assert waits == sorted(waits)
    assert waits[-1] == 12 * 60


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(0, 300), st.floats(0.1, 400))
def test_any_history_gives_an_interval_within_the_limits(seed: int, count: int, hours: float) -> None:
    rng = random.Random(seed)
    arrivals = [NOW + timedelta(hours=rng.uniform(-hours, hours / 10)) for _ in range(count)]
    assert LIMITS[0] <= learned_interval(arrivals, NOW - timedelta(minutes=rng.random() * 60), NOW, *LIMITS) <= LIMITS[1]
