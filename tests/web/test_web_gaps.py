"""Gaps: a silence is one only where the source's own pace makes it unlikely."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsspider.web.gaps import Covered, Gap, find_gaps, missing_share

START = date(2026, 3, 1)


def daily(*counts: int) -> dict[date, int]:
    return {START + timedelta(days=n): count for n, count in enumerate(counts) if count}


def day(number: int) -> date:
    return START + timedelta(days=number)


def test_a_silent_day_of_a_busy_source_is_a_gap() -> None:
    assert find_gaps(daily(10, 12, 0, 9, 11), day(5)) == [Gap(day(2), day(2), pytest.approx(21 / 2))]


def test_a_silent_week_of_a_slow_source_is_none() -> None:
    assert find_gaps(daily(1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1), day(13)) == []


def test_an_outage_that_goes_on_is_a_gap_until_yesterday() -> None:
    (gap,) = find_gaps(daily(5, 5, 5), day(10))
    assert (gap.first, gap.last) == (day(3), day(9))


def test_today_is_not_over_and_years_before_the_first_crawl_are_a_gap() -> None:
    assert find_gaps(daily(9, 9), day(2)) == []
    old = {date(2001, 1, 1): 1}
    assert [gap.first for gap in find_gaps(old | daily(*[9] * 30, 0, 9), day(32))] == [date(2001, 1, 2), day(30)]


def covered(days: dict[date, int], today: date) -> Covered:
    return Covered(days, find_gaps(days, today))


def test_what_is_missing_of_a_bucket() -> None:
    busy, silent = covered(daily(10, 10, 10, 10, 10), day(5)), covered(daily(30, 30, 0, 30, 30), day(5))
    assert missing_share([busy, silent], day(2), day(2)) == pytest.approx(0.75)
    assert missing_share([busy, silent], day(0), day(0)) == 0
    assert missing_share([], day(0), day(9)) == 0
    assert missing_share([Covered({}, [], undated=3)], day(0), day(9)) == 0


def test_a_source_that_is_covered_and_silent_counts_against_a_gap_of_another() -> None:
    slow = covered(daily(*[1, 0, 0, 0] * 10), day(40))
    outage = covered(daily(*[2] * 15, *[0] * 10, *[2] * 15), day(40))
    assert slow.gaps == []
    assert missing_share([slow, outage], day(17), day(17)) == pytest.approx(2 / (2 + 10 / 37))


@given(st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 50)), st.dates(date(2026, 6, 1), date(2027, 1, 31)))
def test_gaps_hold_no_article_and_do_not_meet(days: dict[date, int], today: date) -> None:
    gaps = find_gaps(days, today)
    for gap in gaps:
        assert gap.first <= gap.last < today
        assert not any(gap.first <= one <= gap.last for one in days)
    assert all(a.last < b.first for a, b in pairwise(gaps))
    assert 0 <= missing_share([Covered(days, gaps)], date(2026, 1, 1), date(2026, 12, 31)) <= 1
