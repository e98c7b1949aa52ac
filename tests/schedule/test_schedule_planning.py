"""Which sources are due, and when they are due next (O03 among them)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from newsspider import clock
from newsspider.config import Config, SourcesConfig
from newsspider.errors import RunActive, SourceError
from newsspider.schedule import due_at, plan
from newsspider.schedule.runner import _Runner, _SourceFiles
from newsspider.sources import Source
from newsspider.spiders.process import Crawled
from newsspider.store import Action, LastRun, Owner, SourceState, Store

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
ME = Owner.current()
GONE = Owner(ME.host, ME.pid, ME.started + "0")


def source(name: str, every: str | None = None, timezone: str = "UTC", **schedule: Any) -> Source:
    fields = {"name": name, "title": name, "homepage": f"https://{name}.example/", "timezone": timezone}
    given = schedule | ({"every": every} if every else {})
    return Source.model_validate(fields | {"feeds": [f"https://{name}.example/feed"], "schedule": given})


def last(started_at: datetime, state: str = "finished", learned: timedelta | None = None) -> LastRun:
    return LastRun("run", started_at, state, False, learned)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(f"sqlite:///{tmp_path / 'store.db'}")


def due(store: Store, sources: list[Source], now: datetime) -> list[str]:
    return [item.source.name for item in plan(store, sources, now) if item.is_due(now)]


@pytest.mark.parametrize(
    ("later", "expected"),
    [(timedelta(minutes=29), ["new"]), (timedelta(minutes=30), ["half", "new"]), (timedelta(hours=2), ["half", "slow", "new"])],
)
def test_a_source_is_due_when_its_interval_has_passed(store: Store, later: timedelta, expected: list[str]) -> None:
    for name in ("half", "slow"):
        with clock.fixed(START):
            store.end_run(store.begin_run(name, ME).id, "finished")
    sources = [source("slow", "2h"), source("half", "30m"), source("new", "1d")]
    assert sorted(due(store, sources, START + later)) == sorted(expected)


@pytest.mark.parametrize("state", ["stopped", "running"])
def test_a_run_that_was_cut_off_is_due_at_once(state: str) -> None:
    assert due_at(source("half", "30m"), last(START, state), START) == START


def test_a_source_that_is_being_crawled_is_not_due_and_a_dead_ones_is(store: Store) -> None:
    sources = [source("live", "1m"), source("dead", "1m")]
    with clock.fixed(START):
        store.begin_run("live", ME)
        store.begin_run("dead", GONE)
        assert due(store, sources, START) == ["dead"]


@pytest.mark.parametrize("state", list(SourceState))
def test_operators_go_before_the_schedule(store: Store, state: SourceState) -> None:
    store.set_source_state("half", state, "sara")
    assert bool(due(store, [source("half", "30m")], START)) is (state is SourceState.ENABLED)


def test_what_was_asked_for_is_due_whatever_the_schedule_says_until_a_run_has_begun(store: Store) -> None:
    sources = [source("other", "30m"), source("half", "30m")]
    with clock.fixed(START):
        store.end_run(store.begin_run("half", ME).id, "finished")
        store.set_source_state("half", SourceState.PAUSED, "sara")
        store.request("half", Action.RUN, "sara")
        assert due(store, sources, START) == ["half", "other"], "what was asked for goes first"
        store.end_run(store.begin_run("half", ME).id, "finished")
        assert due(store, sources, START) == ["other"]


def test_o03_runs_that_were_missed_are_made_up_once(store: Store) -> None:
    sources = [source("often", "1m"), source("daily", cron="0 9 * * *")]
    for name in ("often", "daily"):
        with clock.fixed(START):
            store.end_run(store.begin_run(name, ME).id, "finished")
    later = START + timedelta(days=3)
    for item in plan(store, sources, later):
        assert item.is_due(later)
        with clock.fixed(later):
            store.end_run(store.begin_run(item.source.name, ME, after=item.after).id, "finished")
            with pytest.raises(RunActive):
                store.begin_run(item.source.name, ME, after=item.after)
    assert due(store, sources, later + timedelta(seconds=59)) == []
    assert due(store, sources, later + timedelta(seconds=60)) == ["often"]


def test_o03_a_clock_that_jumps_starts_each_source_once(store: Store) -> None:
    sources = [source("hourly", "1h")]
    with clock.fixed(START):
        store.end_run(store.begin_run("hourly", ME).id, "finished")
    for jump in (timedelta(hours=2), -timedelta(hours=2)):
        now = START + jump
        assert due(store, sources, now) == ["hourly"]
        with clock.fixed(now):
            store.end_run(store.begin_run("hourly", ME).id, "finished")
        assert due(store, sources, now + timedelta(minutes=59)) == []
        assert due(store, sources, now + timedelta(minutes=60)) == ["hourly"]


def test_a_machine_whose_clock_is_a_little_behind_does_not_repeat_a_run_that_was_short() -> None:
    half = source("half", "30m")
    assert due_at(half, last(START + timedelta(seconds=5)), START) == START + timedelta(minutes=30, seconds=5)
    assert due_at(half, last(START + timedelta(seconds=11)), START) == START


def test_o03_a_lease_from_a_clock_in_the_future_is_not_stuck(store: Store) -> None:
    elsewhere = Owner("another-machine", 7, "boot/1")
    with clock.fixed(START + timedelta(hours=2)):
        store.begin_run("hourly", elsewhere)
    with clock.fixed(START):
        assert due(store, [source("hourly", "1h")], START) == ["hourly"]
        assert store.begin_run("hourly", ME).resumed


@pytest.mark.parametrize(
    ("expression", "zone", "began", "expected"),
    [
        ("0 6 * * *", "Asia/Damascus", "2026-05-01T09:00+03:00", "2026-05-02T06:00+03:00"),
        ("*/20 6-23 * * *", "Asia/Riyadh", "2026-05-01T23:41+03:00", "2026-05-02T06:00+03:00"),
        # Cairo's clocks went from 24 April 2026 00:00 to 01:00, and go back on 29 October at 24:00.
        ("30 0 * * *", "Africa/Cairo", "2026-04-23T12:00+02:00", "2026-04-24T01:00+03:00"),
        ("30 23 * * *", "Africa/Cairo", "2026-10-29T23:30+03:00", "2026-10-30T23:30+02:00"),
        ("0 12 * * *", "Africa/Cairo", "2026-10-29T12:00+03:00", "2026-10-30T12:00+02:00"),
    ],
)
def test_o03_cron_expressions_are_meant_in_the_sources_time_zone(expression: str, zone: str, began: str, expected: str) -> None:
    found = due_at(
        source("daily", timezone=zone, cron=expression), last(datetime.fromisoformat(began).astimezone(UTC)), START + timedelta(days=999)
    )
    assert found == datetime.fromisoformat(expected)
    assert found.astimezone(ZoneInfo(zone)).utcoffset() == datetime.fromisoformat(expected).utcoffset()


def test_auto_goes_by_what_was_learned_within_the_sources_limits() -> None:
    auto = source("auto", "auto", fastest="10m", slowest="2h")
    for learned, expected in ((None, 60), (timedelta(minutes=1), 10), (timedelta(minutes=45), 45), (timedelta(days=1), 120)):
        assert due_at(auto, last(START, learned=learned), START) == START + timedelta(minutes=expected)


def test_a_fault_that_one_source_meets_ends_no_scheduler(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        async def crawl(self, source: Source, *, after: str) -> Crawled:
            raise OverflowError("date value out of range")

    runner = _Runner(store, cast(Any, Broken()))
    (item,) = plan(store, [source("one")], START)
    crawled = asyncio.run(runner.crawl(item))
    assert "OverflowError: date value out of range" in str(crawled.problem)
    assert "Traceback" in caplog.text
    assert not runner._may_begin("one"), "it pauses"


def test_a_mistake_in_a_source_file_stops_no_source_of_a_scheduler_under_way(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    good = 'name = "{0}"\ntitle = "x"\nhomepage = "https://{0}.example"\ntimezone = "UTC"\nfeeds = ["https://{0}.example/feed"]\n'
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(good.format(name))
    files = _SourceFiles(Config(sources=SourcesConfig(folder=tmp_path, builtin=False)))
    assert list(files.read()) == ["one", "two"]
    (tmp_path / "one.toml").write_text("nonsense")
    for _ in range(2):
        assert list(files.read()) == ["one", "two"]
    assert caplog.text.count("one.toml: not valid TOML") == 1
    with pytest.raises(SourceError):
        _SourceFiles(Config(sources=SourcesConfig(folder=tmp_path, builtin=False))).read()
    (tmp_path / "one.toml").write_text(good.format("one") + 'country = "SY"\n')
    assert files.read()["one"].country == "SY"


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ({"every": "1h", "cron": "0 * * * *"}, "keep one of them"),
        ({"cron": "0 25 * * *"}, "no cron expression"),
        ({"cron": "0 0 31 2 *"}, "no cron expression"),
        ({"every": "soon"}, "every"),
        ({"every": "auto", "fastest": "2h", "slowest": "1h"}, "fastest is longer"),
    ],
)
def test_a_schedule_that_cannot_be_kept_is_refused(schedule: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        source("wrong", **schedule)
