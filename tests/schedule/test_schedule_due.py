"""Which source is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsspider import clock
from newsspider.schedule import due_sources
from newsspider.sources import Source
from newsspider.store import Action, Owner, SourceState, Store

START = datetime(2026, 5, 1, 8, tzinfo=UTC)


def source(name: str, every: str) -> Source:
    return Source.model_validate(
        {
            "name": name,
            "title": name,
            "homepage": f"https://{name}.example/",
            "timezone": "UTC",
            "feeds": [f"https://{name}.example/feed"],
            "schedule": {"every": every},
        }
    )


@pytest.mark.parametrize(
    ("later", "expected"),
    [(timedelta(minutes=29), ["new"]), (timedelta(minutes=30), ["new", "half"]), (timedelta(hours=2), ["new", "half", "slow"])],
)
def test_a_source_is_due_when_its_interval_has_passed(tmp_path: Path, later: timedelta, expected: list[str]) -> None:
    sources = [source("slow", "2h"), source("half", "30m"), source("new", "1d")]
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        for number, name in enumerate(("half", "slow")):
            with clock.fixed(START + timedelta(seconds=number) if name == "slow" else START):
                run = store.begin_run(name, Owner.current())
                store.end_run(run.id, "finished")
        assert [item.name for item in due_sources(store, sources, START + later + timedelta(seconds=1))] == expected


def test_a_run_that_was_stopped_is_due_at_once(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store, clock.fixed(START):
        run = store.begin_run("half", Owner.current())
        store.end_run(run.id, "stopped")
        assert due_sources(store, [source("half", "30m")], START)


@pytest.mark.parametrize("state", list(SourceState))
def test_operators_go_before_the_schedule(tmp_path: Path, state: SourceState) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store, clock.fixed(START):
        store.set_source_state("half", state, "sara")
        assert bool(due_sources(store, [source("half", "30m")], START)) is (state is SourceState.ENABLED)


def test_what_was_asked_for_is_due_whatever_the_schedule_says_until_a_run_has_begun(tmp_path: Path) -> None:
    sources = [source("half", "30m")]
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store, clock.fixed(START):
        store.end_run(store.begin_run("half", Owner.current()).id, "finished")
        store.set_source_state("half", SourceState.PAUSED, "sara")
        store.request("half", Action.RUN, "sara")
        assert due_sources(store, sources, START) == sources
        store.end_run(store.begin_run("half", Owner.current()).id, "finished")
        assert due_sources(store, sources, START) == []
