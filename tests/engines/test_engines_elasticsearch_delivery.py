"""From the store to a real Elasticsearch: what an outage leaves pending is delivered afterwards, and an index is rebuilt."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from articles import fill
from es_server import Server

from newsspider import indexing
from newsspider.config import Config, EngineConfig, IndexConfig
from newsspider.engines import Engine, open_engine
from newsspider.errors import AnalysisMismatch
from newsspider.search import parse_query
from newsspider.store import Owner, Store

INDEX = IndexConfig(batch_documents=10, interval=0.05, wait=1)
OWNER = Owner.current()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        yield opened


@pytest.fixture
def config(elasticsearch: Server, es_prefix: str, tmp_path: Path) -> Config:
    return Config(data_folder=tmp_path, engine=EngineConfig(url=elasticsearch.url, index=es_prefix), index=INDEX)


@pytest.fixture
def engine(config: Config) -> Iterator[Engine]:
    opened = open_engine(config)
    yield opened
    opened.close()


def found(engine: Engine) -> int:
    engine.refresh()
    return engine.search(parse_query("القمح")).total


def test_i01_a_crawl_without_elasticsearch_leaves_all_pending_and_a_sync_delivers_it(store: Store, engine: Engine, tmp_path: Path) -> None:
    away = Config(data_folder=tmp_path, engine=EngineConfig(url="http://127.0.0.1:1", timeout=1), index=INDEX)
    with indexing.IndexWorker(store, away, OWNER) as worker:
        fill(store, range(35))
        worker.wake()
        report = asyncio.run(worker.finished())
    assert (worker.delivered.indexed, worker.delivered.dead, report.pending) == (0, 0, 35)
    assert "http://127.0.0.1:1" in report.problem
    report = indexing.sync(store, engine, OWNER, INDEX)
    assert (report.indexed, report.dead, report.pending, report.problem) == (35, 0, 0, "")
    assert found(engine) == 35
    assert indexing.sync(store, engine, OWNER, INDEX).indexed == 0


def test_a_worker_delivers_beside_a_crawl(store: Store, config: Config, engine: Engine) -> None:
    with indexing.IndexWorker(store, config.model_copy(update={"index": IndexConfig(interval=0.05, wait=30)}), OWNER) as worker:
        fill(store, range(25))
        worker.wake()
        report = asyncio.run(worker.finished())
    assert (worker.delivered.indexed, report.pending) == (25, 0)
    assert found(engine) == 25


def test_i17_a_lost_index_is_filled_again_from_the_store(store: Store, engine: Engine, config: Config, elasticsearch: Server) -> None:
    fill(store, range(12))
    indexing.sync(store, engine, OWNER, INDEX)
    elasticsearch.request("DELETE", engine.index_id)
    again = open_engine(config)
    assert indexing.sync(store, again, OWNER, INDEX).indexed == 12
    assert found(again) == 12
    again.close()


def test_a_concrete_index_gets_the_shards_replicas_and_refresh_that_are_set(elasticsearch: Server, es_prefix: str) -> None:
    def settings(*, promoted: bool = True, **set_: Any) -> dict[str, Any]:
        engine = open_engine(Config(engine=EngineConfig(url=elasticsearch.url, index=es_prefix, **set_)))
        try:
            made = engine.create()
            if promoted:
                made.promote()
        finally:
            engine.close()
        index = elasticsearch.request("GET", f"{made.index_id}/_settings")[made.index_id]["settings"]["index"]
        return {name: index.get(name) for name in ("number_of_shards", "number_of_replicas", "auto_expand_replicas", "refresh_interval")}

    assert settings() == {
        "number_of_shards": "1", "number_of_replicas": "0", "auto_expand_replicas": "0-1", "refresh_interval": "1000ms"
    }  # fmt: skip
    assert settings(shards=2, replicas=3, refresh=2.5) == {
        "number_of_shards": "2", "number_of_replicas": "3", "auto_expand_replicas": None, "refresh_interval": "2500ms"
    }  # fmt: skip
    assert settings(promoted=False)["refresh_interval"] == "-1", "one that is filled is not refreshed meanwhile"


def test_an_index_of_another_analysis_is_refused_until_it_is_rebuilt(
    store: Store, engine: Engine, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, range(12))
    monkeypatch.setattr("newsspider.engines.elasticsearch.indices.analysis_id", lambda: "0" * 12)
    old = open_engine(config)
    indexing.sync(store, old, OWNER, INDEX)
    monkeypatch.undo()
    for ask in (lambda: engine.search(parse_query("القمح")), lambda: engine.search(parse_query("شيء")), lambda: engine.apply([])):
        with pytest.raises(AnalysisMismatch, match="rebuild"):
            ask()
    built = indexing.rebuild(store, engine, OWNER, INDEX)
    assert [index.current for index in engine.indexes()] == [False, True]
    assert found(built) == engine.search(parse_query("القمح")).total == 12
    old.close()
