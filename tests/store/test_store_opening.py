"""Opening and closing: which files are there, who may open, with which SQLite."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from store_samples import article, database, fill, python, store_url

from newsspider.errors import StoreCorrupt, StoreError, StoreUnavailable
from newsspider.items import Outcome
from newsspider.store import Owner, Store, files, sqlite, sqlite_in_use


def test_a_closed_store_is_one_file_and_not_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, 3)
    assert {path.name for path in database(tmp_path).parent.iterdir()} == {"newsspider.db", "newsspider.db-state"}
    monkeypatch.setattr(sqlite, "quick_check", lambda *_: ["checked"])
    Store.open(store_url(tmp_path)).close()
    os.utime(database(tmp_path))
    with pytest.raises(StoreCorrupt, match="checked"):
        Store.open(store_url(tmp_path))


def test_a_store_left_open_at_the_end_of_a_process_is_closed(tmp_path: Path) -> None:
    child = python(LEFT_OPEN, store_url(tmp_path))
    child.communicate()
    assert child.returncode == 0
    assert not database(tmp_path).with_name("newsspider.db-wal").exists()
    with Store.open(store_url(tmp_path), create=False) as store:
        assert store.count() == 1


LEFT_OPEN = """
import sys
from newsspider.store import Store
from store_samples import article
store = Store.open(sys.argv[1])
store.record(article())
"""


def test_a_forked_child_leaves_its_parents_store_alone(tmp_path: Path) -> None:
    child = python(FORK, store_url(tmp_path))
    assert child.communicate()[0].split() == ["0", "2"]
    with Store.open(store_url(tmp_path)) as store:
        assert store.count() == 2


FORK = """
import os, sys
from newsspider.store import Store
from store_samples import article
store = Store.open(sys.argv[1])
store.record(article())
if (pid := os.fork()) == 0:
    sys.exit(0)
print(os.waitpid(pid, 0)[1])
store.record(article("b", "آخر"))
print(store.count())
"""


def test_two_stores_open_at_once_share_the_files(tmp_path: Path) -> None:
    first, second = Store.open(store_url(tmp_path)), Store.open(store_url(tmp_path))
    second.record(article())
    second.close()
    second.close()
    assert first.count() == 1
    first.close()
    assert not database(tmp_path).with_name("newsspider.db-wal").exists()


def test_the_driver_and_journal_mode_are_safe_together(file_store: Store) -> None:
    version, module, mode = sqlite_in_use()
    assert mode == ("WAL" if tuple(map(int, version.split("."))) >= (3, 51, 3) else "TRUNCATE")
    assert module in ("pysqlite3", "sqlite3")
    with file_store._database.read() as tx:
        raw = tx.connection.connection.driver_connection
        assert raw is not None
        pragmas = {
            name: raw.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "busy_timeout")
        }
    assert pragmas == {"journal_mode": mode.lower(), "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0, "busy_timeout": 5000}


def test_an_older_sqlite_works_without_wal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    fill(tmp_path, 3)
    monkeypatch.setattr(sqlite, "driver", sqlite3)
    monkeypatch.setattr(sqlite, "WAL_FIXED", (99,))
    with Store.open(store_url(tmp_path)) as store:
        assert store.record(article("x", "آخر")).change_no == 4
        assert not database(tmp_path).with_name("newsspider.db-wal").exists()
        with pytest.raises(StoreError, match="never given"):
            store.finish(store.begin_run("levant", Owner.current()).id, "0" * 32, Outcome.FAILED, "x")
        store.backup(tmp_path / "backup.db")
        assert store.check() == []
    monkeypatch.undo()
    with Store.open(store_url(tmp_path)) as store:
        assert store.count() == 4


def test_processes_that_open_a_new_store_at_once_make_one(tmp_path: Path) -> None:
    children = [python(LEFT_OPEN, store_url(tmp_path)) for _ in range(3)]
    assert [child.communicate() and child.returncode for child in children] == [0, 0, 0]
    with Store.open(store_url(tmp_path)) as store:
        assert (store.count(), store.check()) == (1, [])


def test_a_store_that_is_never_released_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, 1)
    held = files.StoreFiles(database(tmp_path))
    assert held.enter(create=False)
    monkeypatch.setattr(files, "LOCK_SECONDS", 0.1)
    with pytest.raises(StoreUnavailable, match="kept it locked"):
        Store.open(store_url(tmp_path))
    held.leave()
    Store.open(store_url(tmp_path)).close()
