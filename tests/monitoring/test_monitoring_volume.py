"""When a source is silent or loud: by weekday, robustly, and seldom by chance."""

from __future__ import annotations

import random

import pytest

from newsspider.monitoring.volume import WINDOWS, volume

WORKDAY, WEEKEND = 40, 4


def weeks(today: int, *, weekday: int = 0) -> list[int]:
    """The last day, which is `weekday` (5 and 6 are the weekend), and the days before."""
    return [today, *(WEEKEND if (weekday - back) % 7 >= 5 else WORKDAY for back in range(1, WINDOWS))]


@pytest.mark.parametrize(
    ("windows", "silent", "loud"),
    [
        (weeks(41), False, False),
        (weeks(0), True, False),
        (weeks(5), True, False),
        (weeks(85), False, True),
        (weeks(WEEKEND, weekday=5), False, False),  # a quiet day of the week is no silence
        (weeks(WORKDAY, weekday=5), False, True),
        ([0, *[3] * 56], False, False),  # too few to tell from chance
        ([9, *[3] * 56], False, False),
        ([0, *[6] * 56], True, False),
        ([50, *[40, 400, 40, 40, 0, 40, 40] * 8], False, False),  # odd days among the past ones
    ],
)
def test_what_is_silent_and_what_is_loud(windows: list[int], silent: bool, loud: bool) -> None:
    found = volume(windows)
    assert found
    assert (found.silent, found.loud) == (silent, loud)


@pytest.mark.parametrize("known", [1, 14])
def test_nothing_is_said_of_a_source_that_is_known_too_little(known: int) -> None:
    assert volume([0, *[40] * (known - 1)]) is None


def test_before_a_month_is_known_all_days_stand_in_for_the_weekday() -> None:
    found = volume([0, *[40] * 14])
    assert found
    assert (found.usual, found.silent) == (40.0, True)


def test_chance_alone_is_seldom_told() -> None:
    """Days of a source that publishes at random, at a steady rate."""
    chance = random.Random(7)
    told = sum(
        bool(found and (found.silent or found.loud))
        for rate in (5, 12, 40, 150)
        for _ in range(500)
        for found in [volume([sum(chance.random() < rate / 400 for _ in range(400)) for _ in range(WINDOWS)])]
    )
    assert told <= 40  # of 2,000 days
