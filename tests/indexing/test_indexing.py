"""Delivery from the change feed: checkpoints, leases, dead letters, crashes, and rebuilding while a crawl goes on."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from articles import article, fill

from newsspider import indexing, intake
from newsspider.config import Config, EngineConfig, IndexConfig
from newsspider.engines import Engine, open_engine
from newsspider.errors import EngineError, EngineUnavailable, StoreUnavailable
from newsspider.items import Change, Delivered, Delivery
from newsspider.search import parse_query
from newsspider.store import Owner, Store

CONFIG = IndexConfig(batch_documents=10)
OWNER = Owner.current()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        yield opened


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data_folder=tmp_path, engine=EngineConfig(), index=IndexConfig(batch_documents=10, interval=0.05, wait=10))


@pytest.fixture
def engine(config: Config) -> Iterator[Engine]:
    opened = open_engine(config)
    yield opened
    opened.close()


def found(engine: Engine, text: str) -> int:
    engine.refresh()
    return engine.search(parse_query(text)).total


class Wrapped:
    """An engine whose apply is another function: faults that the embedded engine does not have by itself."""

    def __init__(self, engine: Engine, apply: Any) -> None:
        self._engine = engine
        self._apply = apply

    def apply(self, changes: Sequence[Change]) -> list[Delivered]:
        return list(self._apply(self._engine, changes))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


def test_everything_is_delivered_once(store: Store, engine: Engine) -> None:
    fill(store, range(35))
    report = indexing.sync(store, engine, OWNER, CONFIG)
    assert (report.indexed, report.dead, report.pending, report.problem) == (35, 0, 0, "")
    assert found(engine, "القمح") == 35
    assert indexing.sync(store, engine, OWNER, CONFIG).indexed == 0


def test_an_edit_and_a_deletion_reach_the_index(store: Store, engine: Engine) -> None:
    ids = fill(store, range(3))
    indexing.sync(store, engine, OWNER, CONFIG)
    intake.take_in(store, article(0, body="نص جديد عن الزيتون وحده.\n\nوفقرة أخرى عنه."))
    store.delete(ids[1])
    assert indexing.sync(store, engine, OWNER, CONFIG).indexed == 2
    assert found(engine, "الزيتون") == 1
    assert found(engine, "القمح") == 2


def test_an_engine_that_is_away_leaves_changes_pending(store: Store, engine: Engine) -> None:
    fill(store, range(5))

    def away(engine: Engine, changes: Sequence[Change]) -> list[Delivered]:
        raise EngineUnavailable("nobody answers")

    report = indexing.sync(store, Wrapped(engine, away), OWNER, CONFIG)  # type: ignore[arg-type]
    assert (report.indexed, report.pending, report.problem) == (0, 5, "nobody answers")
    assert indexing.sync(store, engine, OWNER, CONFIG).indexed == 5


def test_a_checkpoint_never_passes_a_pending_change(store: Store, engine: Engine) -> None:
    fill(store, range(30))

    def stuck(engine: Engine, changes: Sequence[Change]) -> list[Delivered]:
        return [
            replace(done, delivery=Delivery.PENDING, reason="blocked") if done.change_no == 15 else done for done in engine.apply(changes)
        ]

    report = indexing.sync(store, Wrapped(engine, stuck), OWNER, CONFIG)  # type: ignore[arg-type]
    assert store.checkpoint(engine.index_id) < 15
    assert report.problem == "blocked"
    indexing.sync(store, engine, OWNER, CONFIG)
    assert found(engine, "القمح") == 30


def test_i09_a_refused_document_is_buried_and_blocks_nothing(store: Store, engine: Engine) -> None:
    fill(store, range(12))

    def refusing(engine: Engine, changes: Sequence[Change]) -> list[Delivered]:
        return [
            replace(done, delivery=Delivery.DEAD, error_type="mapper", reason="bad") if done.change_no == 4 else done
            for done in engine.apply(changes)
        ]

    report = indexing.sync(store, Wrapped(engine, refusing), OWNER, CONFIG)  # type: ignore[arg-type]
    assert (report.indexed, report.dead, report.pending) == (11, 1, 0)
    (letter,) = store.dead(engine.index_id)
    assert (letter.change_no, letter.error_type, letter.reason) == (4, "mapper", "bad")


def test_i07_a_crash_between_the_answer_and_the_checkpoint_does_no_harm(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, range(20))

    def crash(self: Store, index_id: str, change_no: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Store, "set_checkpoint", crash)
        with pytest.raises(KeyboardInterrupt):
            indexing.sync(store, engine, OWNER, CONFIG)
    indexing.sync(store, engine, OWNER, CONFIG)
    assert found(engine, "القمح") == engine.count() == 20


def test_an_older_state_that_is_slow_to_arrive_does_not_come_back(store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    edited, _ = fill(store, range(2))
    read, overtaken = store.changes, threading.Event()

    def read_while_a_crawl_stores(after: int, limit: int) -> list[Change]:
        if after:
            intake.take_in(store, replace(article(0), body="صحح الخبر: الشعير وحده"))
        return read(after, limit)

    def slow_for_the_first(of: Engine, changes: Sequence[Change]) -> list[Delivered]:
        if changes[0].change_no == 1:
            overtaken.wait(1)
        delivered = of.apply(changes)
        if changes[0].article_id == edited and changes[0].change_no > 1:
            overtaken.set()
        return delivered

    monkeypatch.setattr(store, "changes", read_while_a_crawl_stores)
    report = indexing.sync(store, Wrapped(engine, slow_for_the_first), OWNER, IndexConfig(batch_documents=1))  # type: ignore[arg-type]
    assert (report.pending, report.problem) == (0, "")
    assert indexing.verify(store, engine) == []


def test_one_process_at_a_time_delivers_to_an_index(store: Store, engine: Engine) -> None:
    fill(store, range(5))
    other = Owner("another-host", 1, "x")
    assert store.take_lease(f"index:{engine.index_id}", other, 60)
    report = indexing.sync(store, engine, OWNER, CONFIG)
    assert (report.indexed, report.pending) == (0, 5)
    assert "another process" in report.problem
    with pytest.raises(EngineUnavailable, match="another process"):  # what it would send may be older than what the other one sends
        indexing.retry(store, engine, OWNER, ["any"])
    store.drop_lease(f"index:{engine.index_id}", other)
    assert indexing.sync(store, engine, OWNER, CONFIG).indexed == 5


def test_a_new_index_starts_from_nothing(store: Store, engine: Engine) -> None:
    fill(store, range(5))
    indexing.sync(store, engine, OWNER, CONFIG)
    fresh = engine.create()
    assert store.checkpoint(fresh.index_id) == 0
    assert indexing.sync(store, fresh, OWNER, CONFIG).indexed == 5


def test_rebuild_switches_to_a_complete_index_while_articles_come_in(store: Store, engine: Engine) -> None:
    fill(store, range(50))
    indexing.sync(store, engine, OWNER, CONFIG)
    writer = threading.Thread(target=fill, args=(store, range(50, 120)))
    writer.start()
    built = indexing.rebuild(store, engine, OWNER, CONFIG)
    writer.join()
    assert built.index_id != engine.index_id
    indexing.sync(store, built, OWNER, CONFIG)
    assert found(engine, "القمح") == 120, "searching follows the promoted index"
    assert [index.current for index in engine.indexes()] == [False, True]


def test_i16_an_interrupted_rebuild_is_finished_by_the_next(store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, range(40))
    indexing.sync(store, engine, OWNER, CONFIG)

    def interrupted(report: indexing.SyncReport) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        indexing.rebuild(store, engine, OWNER, CONFIG, progress=interrupted)
    assert found(engine, "القمح") == 40
    begun = [index.index_id for index in engine.indexes() if not index.current]
    built = indexing.rebuild(store, engine, OWNER, CONFIG)
    assert [built.index_id] == begun
    assert found(engine, "القمح") == 40


def test_a_rebuild_begun_with_other_fields_is_begun_anew(store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, range(5))
    indexing.sync(store, engine, OWNER, CONFIG)
    with monkeypatch.context() as earlier:
        earlier.setattr("newsspider.engines.embedded.folder.SCHEMA_VERSION", 1)
        begun = engine.create().index_id
    built = indexing.rebuild(store, engine, OWNER, CONFIG)
    assert built.index_id != begun
    assert built.is_of_this_version
    assert found(engine, "القمح") == 5


def test_rebuild_keeps_the_old_index_when_the_new_one_is_not_complete(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, range(5))
    indexing.sync(store, engine, OWNER, CONFIG)

    def away(self: Any, changes: Sequence[Change]) -> list[Delivered]:
        raise EngineUnavailable("nobody answers")

    monkeypatch.setattr(type(engine), "apply", away)
    with pytest.raises(EngineError, match="nobody answers"):
        indexing.rebuild(store, engine, OWNER, CONFIG)
    assert found(engine, "القمح") == 5


def test_the_worker_delivers_while_a_crawl_stores(store: Store, config: Config, engine: Engine) -> None:
    with indexing.IndexWorker(store, config, OWNER) as worker:
        for start in range(0, 60, 20):
            fill(store, range(start, start + 20))
            worker.wake()
        report = asyncio.run(worker.finished())
    assert (report.pending, worker.delivered.dead, report.problem) == (0, 0, "")
    assert found(engine, "القمح") == 60


def test_i01_the_worker_reports_what_is_pending_when_the_engine_is_away(store: Store, config: Config) -> None:
    (config.data_folder / "index").write_text("a file where the index folder should be")
    with indexing.IndexWorker(store, config.model_copy(update={"index": IndexConfig(wait=0.5)}), OWNER) as worker:
        fill(store, range(7))
        worker.wake()
        report = asyncio.run(worker.finished())
    assert report.pending == 7
    assert report.problem


@pytest.mark.parametrize(
    ("listens", "patience", "wait", "said"), [(False, 60, 8, "cannot be reached"), (True, 0.5, 3, "it has not taken them so far")]
)
def test_i01_crawls_that_wait_for_an_engine_say_so_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    *, listens: bool, patience: float, wait: float, said: str,
) -> None:  # fmt: skip
    """Of one that refuses at once, of one that takes requests and is silent after a little while."""
    monkeypatch.setattr("newsspider.indexing.worker.PATIENCE", patience)

    async def both(worker: indexing.IndexWorker) -> None:
        assert [report.pending for report in await asyncio.gather(worker.finished(), worker.finished())] == [7, 7]

    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        if not listens:
            server.close()
        config = Config(data_folder=tmp_path, engine=EngineConfig(url=address, timeout=4), index=IndexConfig(wait=wait))
        with indexing.IndexWorker(store, config, OWNER) as worker:
            fill(store, range(7))
            asyncio.run(both(worker))
    (line,) = [record.message for record in caplog.records if "safe in the store" in record.message]
    assert line.startswith("7 changes safe in the store, but not searchable yet: ")
    assert said in line
    assert re.search(r"at most [1-8] s more$", line)


@pytest.mark.parametrize("kind", [StoreUnavailable, ZeroDivisionError])
def test_the_worker_of_a_scheduler_goes_on_when_the_store_is_back(
    store: Store, config: Config, engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, kind: type[Exception]
) -> None:
    deliver, away = indexing.Follower.deliver, [True]

    def sometimes(self: indexing.Follower, **arguments: Any) -> indexing.SyncReport:
        if away[0]:
            raise kind("the server is restarting")
        return deliver(self, **arguments)

    monkeypatch.setattr(indexing.Follower, "deliver", sometimes)
    with indexing.IndexWorker(store, config, OWNER) as worker:
        fill(store, range(7))
        reports = [asyncio.run(worker.finished()) for _ in range(3)]
        assert [(report.pending, report.problem) for report in reports] == [(7, "the server is restarting")] * 3
        assert caplog.text.count("articles wait in the store") == 1
        away[0] = False
        deadline = time.monotonic() + 60
        while asyncio.run(worker.finished()).pending:
            worker.wake()
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert found(engine, "القمح") == 7
