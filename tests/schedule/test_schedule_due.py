"""Which source is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsspider import clock
from newsspider.schedule import due_sources
from newsspider.sources import Source
from newsspider.store import Owner, Store

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
