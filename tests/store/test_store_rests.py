"""Hosts that rest, for all processes: in a file and on a server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from newsspider import clock
from newsspider.store import Store
from newsspider.store.rests import LONGEST_REST
from newsspider.store.rows import micros
from newsspider.store.schema import rests

DAY = LONGEST_REST.total_seconds()


def test_a_host_rests_for_the_gap_of_a_turn(store: Store) -> None:
    assert store.next_turn("a.test", 50).wait == 0
    assert [store.next_turn("a.test", 100).wait for _ in range(3)] == pytest.approx([50] * 3, abs=30), "a turn that is not now is not taken"
    assert store.next_turn("b.test", 50).wait == 0


def test_an_answer_ends_the_turn_of_its_request(store: Store) -> None:
    turn = store.next_turn("a.test", 1000)
    store.answered("a.test", turn, 100)
    assert store.next_turn("a.test", 1000).wait == pytest.approx(100, abs=30)


@pytest.mark.parametrize("seconds", [500, 2000])
def test_an_answer_does_not_end_a_rest_that_the_host_asked_for_meanwhile(store: Store, seconds: float) -> None:
    """Of another's request: one that was under way yet."""
    turn = store.next_turn("a.test", 1000)
    store.rest("a.test", seconds)
    store.answered("a.test", turn, 0)
    assert store.next_turn("a.test", 1).wait == pytest.approx(max(seconds, 1000), abs=30)


def test_an_answer_that_comes_after_its_turn_does_not_end_the_next_one(store: Store) -> None:
    late = store.next_turn("a.test", 0)
    store.next_turn("a.test", 1000)
    store.answered("a.test", late, 0)
    assert store.next_turn("a.test", 1).wait == pytest.approx(1000, abs=30)


def test_a_longer_rest_is_not_shortened(store: Store) -> None:
    for seconds, expected in ((500, 500), (100, 500), (DAY, DAY)):
        store.rest("a.test", seconds)
        assert store.next_turn("a.test", 1).wait == pytest.approx(expected, abs=30)


def test_what_a_clock_set_back_has_left_holds_nothing(store: Store) -> None:
    store.rest("a.test", 100)
    with store._database.write() as tx:
        tx.connection.execute(update(rests).values(not_before=micros(clock.now() + timedelta(days=400))))
    assert store.next_turn("a.test", 100).wait == 0
    assert store.next_turn("a.test", 100).wait == pytest.approx(100, abs=30)


def test_another_process_keeps_to_them(store: Store, url: str) -> None:
    store.rest("a.test", 300)
    with Store.open(url) as other:
        assert other.next_turn("a.test", 1).wait == pytest.approx(300, abs=30)


def test_of_many_that_ask_at_once_one_gets_the_turn(store: Store, url: str) -> None:
    def ask(_: int) -> list[float]:
        with Store.open(url) as own:
            return [own.next_turn(f"{number}.test", 1000).wait for number in range(20)]

    with ThreadPoolExecutor(4) as pool:
        waits = list(zip(*pool.map(ask, range(4)), strict=True))
    assert [of_host.count(0) for of_host in waits] == [1] * 20
