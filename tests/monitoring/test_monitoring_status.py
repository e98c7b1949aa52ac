"""How sources and the rest stand: figures that can be counted by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from articles import article

from newsspider import clock, indexing, intake
from newsspider.config import Config
from newsspider.engines import open_engine
from newsspider.errors import EngineUnavailable
from newsspider.items import DateEvidence, EvidenceKind, EvidenceRole, Link, Outcome
from newsspider.monitoring import RUNS, SourceStatus, Status, look
from newsspider.monitoring.status import disk_use
from newsspider.sources import Source
from newsspider.store import Action, Owner, SourceState, Store

NOW = datetime(2026, 5, 10, 9, tzinfo=UTC)
ME = Owner.current()
FARM = Source.model_validate(
    {
        "name": "farm",
        "title": "الحقل",
        "homepage": "https://farm.example/",
        "timezone": "Asia/Damascus",
        "feeds": ["https://farm.example/feed"],
    }
)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data_folder=tmp_path)


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    with Store.open(config.store_url) as opened:
        yield opened


def take_in(store: Store, number: int, published: datetime, seen: datetime) -> None:
    evidence = [DateEvidence(EvidenceKind.JSONLD, published.isoformat(), "NewsArticle.datePublished", EvidenceRole.PUBLISHED)]
    with clock.fixed(seen):
        intake.take_in(store, replace(article(number), evidence=evidence, fetched_at=seen))


def status(store: Store, config: Config, now: datetime = NOW) -> Status:
    engine = open_engine(config)
    with clock.fixed(now):
        found = look(store, engine, config, [FARM], runs=RUNS)
    engine.close()
    return found


def farm(store: Store, config: Config, now: datetime = NOW) -> SourceStatus:
    return status(store, config, now).sources[0]


def test_articles_are_counted_on_the_days_of_the_sources_zone(store: Store, config: Config) -> None:
    take_in(store, 1, NOW - timedelta(hours=13), datetime(2026, 5, 9, 20, 59, tzinfo=UTC))  # 23:59 in Damascus
    take_in(store, 2, NOW - timedelta(hours=13), datetime(2026, 5, 9, 21, 1, tzinfo=UTC))
    take_in(store, 3, NOW - timedelta(days=30), NOW - timedelta(days=30))
    found = farm(store, config)
    assert (found.total, list(found.days.values())) == (3, [0] * 12 + [1, 1])


def test_delay_is_from_publication_to_delivery(store: Store, config: Config) -> None:
    engine = open_engine(config)
    for number, minutes in enumerate((10, 20, 60), 1):
        seen = NOW - timedelta(hours=5) + timedelta(minutes=number)
        take_in(store, number, seen - timedelta(minutes=minutes - 5), seen)
        with clock.fixed(seen + timedelta(minutes=5)):
            indexing.sync(store, engine, ME, config.index)
    take_in(store, 4, NOW - timedelta(days=300), NOW - timedelta(hours=1))  # from an archive
    take_in(store, 5, NOW - timedelta(hours=2), NOW - timedelta(hours=1))
    engine.close()
    found = farm(store, config)  # the last two are not delivered
    assert found.delay == pytest.approx(20 * 60)
    assert found.delay_p90 == pytest.approx(52 * 60)
    assert status(store, config).index
    assert status(store, config).index.pending == 2  # type: ignore[union-attr]


def test_outcomes_add_up_and_troubles_have_an_address(store: Store, config: Config) -> None:
    with clock.fixed(NOW):
        for _ in range(2):
            run = store.begin_run("farm", ME)
            store.announce(run.id, "farm", [Link(f"https://farm.example/{run.id}/{n}") for n in range(4)])
            rows = store.claim(run.id, ME, 9)
            for row, (outcome, reason) in zip(
                rows, ((Outcome.FAILED, "http_500"), (Outcome.FAILED, "http_500"), (Outcome.NOT_ARTICLE, "listing")), strict=False
            ):
                store.finish(run.id, row.key, outcome, reason)
            store.end_run(run.id, "finished")
    found = farm(store, config)
    assert found.discovered == sum(found.outcomes.values()) + found.open == 9  # the one left over is given to the second run
    assert found.outcomes[Outcome.FAILED] == 4
    (trouble,) = found.troubles
    assert (trouble.outcome, trouble.reason, trouble.count) == (Outcome.FAILED, "http_500", 4)
    assert trouble.url.startswith("https://farm.example/")


def test_when_a_source_is_visited_next(store: Store, config: Config) -> None:
    assert farm(store, config).next_run == NOW
    with clock.fixed(NOW):
        store.end_run(store.begin_run("farm", ME).id, "finished")
    assert farm(store, config, NOW + timedelta(minutes=20)).next_run == NOW + timedelta(hours=1)
    assert farm(store, config, NOW + timedelta(minutes=80)).next_run == NOW + timedelta(minutes=80)
    store.set_source_state("farm", SourceState.PAUSED, "sara")
    assert farm(store, config).next_run is None
    store.request("farm", Action.RUN, "sara")
    assert farm(store, config).next_run == NOW


def test_what_operators_said_is_shown(store: Store, config: Config) -> None:
    store.set_source_state("farm", SourceState.PAUSED, "sara", "they asked")
    store.request("farm", Action.RETRY, "sara")
    found = farm(store, config)
    assert (found.state, found.note, found.asked) == (SourceState.PAUSED, "they asked", [Action.RETRY])


def test_an_engine_that_is_away_is_told_and_the_rest_is_there(store: Store, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(config)

    def away(self: object) -> None:
        raise EngineUnavailable("nobody answers")

    monkeypatch.setattr(type(engine), "indexes", away)
    found = look(store, engine, config, [FARM])
    assert (found.index, found.problem, len(found.sources)) == (None, "nobody answers", 1)
    assert found.disk["store"] > 0
    assert found.free > 0


def test_what_goes_while_it_is_measured_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("newsspider.db", "newsspider.db-wal", "newsspider.db-shm", "index/a/segment", "index/b/segment"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"12345")
    measured = Path.stat

    def going(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.name == "newsspider.db-wal":
            path.unlink()
        found = measured(path, follow_symlinks=follow_symlinks)
        if path.name == "newsspider.db-shm":
            path.unlink()
        return found

    monkeypatch.setattr(Path, "stat", going)
    assert disk_use(tmp_path)[0] == {"store": 10, "index": 10}
