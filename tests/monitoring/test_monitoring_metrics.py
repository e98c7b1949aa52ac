"""O14: metrics move with what happens, are documented, and are an operator's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from articles import article
from prometheus_client.parser import text_string_to_metric_families

from newsspider import indexing, intake
from newsspider.config import Config
from newsspider.engines import Engine, open_engine
from newsspider.errors import EngineUnavailable
from newsspider.items import Delivered, Delivery, Link, Outcome
from newsspider.monitoring.metrics import metrics
from newsspider.store import Condition, NoticeKind, Owner, Store

ME = Owner.current()
DOCS = Path(__file__).parents[2] / "docs" / "stats.md"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data_folder=tmp_path)


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    with Store.open(config.store_url) as opened:
        yield opened


@pytest.fixture
def engine(config: Config) -> Iterator[Engine]:
    opened = open_engine(config)
    yield opened
    opened.close()


def samples(store: Store, engine: Engine, config: Config) -> dict[str, float]:
    """By name and the values of its labels, in the order of their names: "addresses_total article new farm"."""
    families = text_string_to_metric_families(metrics(store, engine, config).decode())
    return {
        " ".join((sample.name.removeprefix("newsspider_"), *(value for _, value in sorted(sample.labels.items())))): sample.value
        for family in families
        for sample in family.samples
    }


def test_o14_counters_move(store: Store, engine: Engine, config: Config) -> None:
    run = store.begin_run("farm", ME)
    store.announce(run.id, "farm", [Link(f"https://farm.example/{n}") for n in range(3)])
    first, second, third = store.claim(run.id, ME, 3)
    store.finish(run.id, first.key, Outcome.FAILED, "http_500", next_try=run.started_at)
    intake.take_in(store, article(1))
    store.heartbeat(run.id, ME, retries=2)
    under_way = samples(store, engine, config)
    assert (under_way["addresses_total article failed farm"], under_way["run_active farm"]) == (1, 1)
    assert (under_way["articles farm"], under_way["changes_total"], under_way["retries_waiting farm"]) == (1, 1, 1)
    assert (under_way["index_pending"], under_way["index_documents"], under_way["retries_total farm"]) == (1, 0, 2)
    store.heartbeat(run.id, ME, retries=1)
    store.finish(run.id, second.key, Outcome.NOT_ARTICLE, "listing")
    store.finish(run.id, third.key, Outcome.NOT_ARTICLE, "listing")
    store.end_run(run.id, "finished")
    indexing.sync(store, engine, ME, config.index)
    after = samples(store, engine, config)
    assert (after["addresses_total article failed farm"], after["addresses_total article not_article farm"]) == (1, 2)
    assert (after["run_active farm"], after["index_pending"], after["index_documents"], after["index_delivered_total"]) == (0, 0, 1, 1)
    assert after["last_run_age_seconds farm"] >= 0
    again = store.begin_run("farm", ME)
    (retried,) = store.claim(again.id, ME, 3)
    store.finish(again.id, retried.key, Outcome.FAILED, "http_500")
    store.heartbeat(again.id, ME, retries=1)
    store.end_run(again.id, "finished")
    last = samples(store, engine, config)
    assert (last["addresses_total article failed farm"], last["retries_total farm"]) == (2, 4)


def test_o14_pending_dead_and_oldest_move(store: Store, engine: Engine, config: Config) -> None:
    indexing.sync(store, engine, ME, config.index)
    recorded = intake.take_in(store, article(1))
    assert recorded.change_no == 1
    before = samples(store, engine, config)
    assert before["index_oldest_pending_seconds"] > 0
    store.bury(engine.index_id, Delivered(1, recorded.article_id, Delivery.DEAD, "mapper", "bad"))
    store.set_checkpoint(engine.index_id, 1)
    store.set_notices(NoticeKind.SILENT, "farm", [Condition("volume", "x", {})])
    after = samples(store, engine, config)
    assert (after["index_dead_letters"], after["index_oldest_pending_seconds"], after["notices silent"]) == (1, 0, 1)
    assert after["disk_bytes store"] > 0


def test_an_engine_that_is_away_is_a_metric(store: Store, engine: Engine, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: object) -> None:
        raise EngineUnavailable("nobody answers")

    monkeypatch.setattr(type(engine), "indexes", away)
    found = samples(store, engine, config)
    assert found["index_up"] == 0
    assert "index_pending" not in found
    assert found["changes_total"] == 0


def test_every_metric_is_documented(store: Store, engine: Engine, config: Config) -> None:
    engine.refresh()
    named = set(re.findall(r"^# TYPE (newsspider_\w+)", metrics(store, engine, config).decode(), re.MULTILINE))
    assert len(named) >= 18
    assert named == set(re.findall(r"^\| `(newsspider_\w+)", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
