"""What schedules go by."""

from __future__ import annotations

from datetime import timedelta

import pytest
from store_samples import NOON, article, on_day

from newsspider import clock
from newsspider.errors import RunActive
from newsspider.store import Owner, Store

ME = Owner.current()
GONE = Owner(ME.host, ME.pid, ME.started + "0")


def test_the_newest_run_of_each_source_is_known(store: Store) -> None:
    with clock.fixed(NOON):
        for _ in range(2):
            store.end_run(store.begin_run("levant", ME).id, "finished")
        store.begin_run("gulf", ME)
        store.begin_run("nile", GONE)
        last = store.last_runs()
    assert {name: (run.run_id, run.state, run.active) for name, run in last.items()} == {
        "levant": ("levant-20250122-120000-2", "finished", False),
        "gulf": ("gulf-20250122-120000", "running", True),
        "nile": ("nile-20250122-120000", "running", False),
    }
    assert last["levant"].started_at == NOON
    store.set_learned_interval("levant", timedelta(minutes=7))
    store.begin_run("levant", ME)
    assert store.last_runs()["levant"].learned_interval == timedelta(minutes=7), "a new run keeps what was learned"


def test_o01_a_planned_run_is_begun_once(store: Store) -> None:
    first = store.begin_run("levant", ME, after="")
    store.end_run(first.id, "finished")
    with pytest.raises(RunActive, match=f"run {first.id} has begun in the meantime"):
        store.begin_run("levant", ME, after="")
    second = store.begin_run("levant", GONE, after=first.id)
    assert store.begin_run("levant", ME, after=second.id).resumed, "its process is gone"


def test_arrivals_are_times_of_publication_where_they_are_known(store: Store) -> None:
    with clock.fixed(NOON):
        store.record(article("a", "أول", publication=on_day(21)))
        store.record(article("b", "ثان"))
        store.record(article("old", "قديم", publication=on_day(2)))
        store.record(article("c", "ثالث", source="gulf"))
    assert sorted(moment.day for moment in store.arrivals("levant", NOON - timedelta(days=7))) == [21, 22]
    assert store.arrivals("levant", NOON + timedelta(seconds=1)) == []
