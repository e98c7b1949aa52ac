"""Hosts that rest, for all processes: in a file and on a server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import update

from newsspider import clock
from newsspider.store import Store
from newsspider.store.rests import LONGEST_REST
from newsspider.store.rows import micros
from newsspider.store.schema import rests

DAY = LONGEST_REST.total_seconds()


def test_turns_of_a_host_follow_each_other_at_their_gaps(store: Store) -> None:
    waits = [store.next_turn("a.test", gap, 3600) for gap in (50, 100, 50)]
    assert waits == [0, pytest.approx(50, abs=30), pytest.approx(150, abs=30)]
    assert store.next_turn("b.test", 50, 3600) == 0


def test_a_turn_that_is_too_far_away_is_not_taken(store: Store) -> None:
    store.rest("a.test", 1000)
    assert [store.next_turn("a.test", 100, 500) for _ in range(3)] == pytest.approx([1000] * 3, abs=30)
    assert store.next_turn("a.test", 100, 2000) == pytest.approx(1000, abs=30)
    assert store.next_turn("a.test", 100, 2000) == pytest.approx(1100, abs=30)


def test_a_longer_rest_is_not_shortened(store: Store) -> None:
    for seconds, expected in ((500, 500), (100, 500), (DAY, DAY)):
        store.rest("a.test", seconds)
        assert store.next_turn("a.test", 1, 10) == pytest.approx(expected, abs=30)


def test_what_a_clock_set_back_has_left_holds_nothing(store: Store) -> None:
    store.rest("a.test", 100)
    with store._database.write() as tx:
        tx.connection.execute(update(rests).values(not_before=micros(clock.now() + timedelta(days=400))))
    assert store.next_turn("a.test", 100, 10) == 0
    assert store.next_turn("a.test", 100, 10) == pytest.approx(100, abs=30)


def test_another_process_keeps_to_them(store: Store, url: str) -> None:
    store.rest("a.test", 300)
    with Store.open(url) as other:
        assert other.next_turn("a.test", 1, 10) == pytest.approx(300, abs=30)


def test_no_two_that_ask_at_once_get_the_same_turn(store: Store, url: str) -> None:
    def ask(_: int) -> list[float]:
        with Store.open(url) as own:
            return [clock.now().timestamp() + own.next_turn("a.test", 100, 1e6) for _ in range(10)]

    with ThreadPoolExecutor(4) as pool:
        turns = sorted(turn for taken in pool.map(ask, range(4)) for turn in taken)
    assert all(later - earlier > 90 for earlier, later in pairwise(turns))
