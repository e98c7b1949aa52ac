"""Backups, restoring them, and checking a store."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import sqlalchemy
from store_samples import article, database, fill, killed_with, python, store_url

from newsspider.errors import NewsspiderError, StoreCorrupt, StoreError, StoreUnavailable
from newsspider.store import Store

WRITER = """
import itertools, sys
from newsspider.store import Store
from store_samples import article
store = Store.open(sys.argv[1])
for number in itertools.count():
    store.record(article(f"w{number}", f"كتابة {number}"))
    print(number, flush=True)
"""


def test_s07_a_backup_taken_while_others_write_is_whole(tmp_path: Path) -> None:
    fill(tmp_path, 300)
    writer = python(WRITER, store_url(tmp_path))
    assert writer.stdout
    try:
        for _ in range(20):
            writer.stdout.readline()
        with Store.open(store_url(tmp_path)) as store:
            before = {stored.id for stored in store.articles()}
            store.backup(tmp_path / "backup.db")
    finally:
        writer.kill()
        writer.communicate()
    (tmp_path / "elsewhere").mkdir()
    assert Store.restore(tmp_path / "backup.db", store_url(tmp_path / "elsewhere")) is None
    with Store.open(store_url(tmp_path / "elsewhere")) as restored:
        assert before <= {stored.id for stored in restored.articles()}
        assert restored.check() == []


def test_a_backup_never_overwrites(tmp_path: Path, file_store: Store) -> None:
    (tmp_path / "precious").write_text("x")
    with pytest.raises(StoreError, match="exists already"):
        file_store.backup(tmp_path / "precious")
    assert (tmp_path / "precious").read_text() == "x"
    with pytest.raises(StoreUnavailable, match=r"missing/backup\.db cannot be opened"):
        file_store.backup(tmp_path / "missing" / "backup.db")


def test_what_an_interrupted_attempt_left_does_not_get_into_the_next(tmp_path: Path) -> None:
    """SQLite would play a WAL or journal of that name into the new file."""
    (tmp_path / "other").mkdir()
    killed_with(tmp_path / "other", "store.record(article())")
    with Store.open(store_url(tmp_path)) as store:
        for name in ("backup.db.partial", "data/newsspider.db.restoring"):
            for suffix in ("", "-wal"):
                shutil.copy(f"{database(tmp_path / 'other')}{suffix}", f"{tmp_path / name}{suffix}")
        store.backup(tmp_path / "backup.db")
    Store.restore(tmp_path / "backup.db", store_url(tmp_path))
    with Store.open(store_url(tmp_path)) as store:
        assert (store.count(), store.check()) == (0, [])
    (tmp_path / "new.db-wal").touch()
    with Store.open(store_url(tmp_path)) as store, pytest.raises(StoreError, match=r"new\.db-wal exists already"):
        store.backup(tmp_path / "new.db")


@pytest.mark.parametrize("step", ["_prepare", "_set_aside", "_put_in_place"])
def test_a_restore_that_was_killed_can_be_done_again(tmp_path: Path, step: str) -> None:
    fill(tmp_path, 3)
    with Store.open(store_url(tmp_path)) as store:
        store.backup(tmp_path / "backup.db")
    code = f"from newsspider.store import sqlite_home; done = sqlite_home.{step}; sqlite_home.{step} = lambda *a: (done(*a), os._exit(0)); store.close()"
    killed_with(
        tmp_path, f"{code}; from pathlib import Path; Store.restore(Path({str(tmp_path / 'backup.db')!r}), {store_url(tmp_path)!r})"
    )
    if step == "_set_aside":
        with pytest.raises(StoreCorrupt, match="missing"):
            Store.open(store_url(tmp_path))
    else:
        with Store.open(store_url(tmp_path)) as store:
            assert store.count() == 3
    Store.restore(tmp_path / "backup.db", store_url(tmp_path))
    with Store.open(store_url(tmp_path)) as store:
        assert (store.count(), store.check()) == (3, [])


def test_a_restored_store_is_indexed_anew_and_the_replaced_files_are_kept(tmp_path: Path) -> None:
    with Store.open(store_url(tmp_path)) as store:
        kept = store.record(article("a", "قبل"))
        store.backup(tmp_path / "backup.db")
        store.record(article("a", "بعد"))
        lost = store.record(article("b", "لاحق"))
        store.set_checkpoint("index-1", store.last_change())
        newest = store.last_change()
        with pytest.raises(StoreUnavailable, match="in use"):
            Store.restore(tmp_path / "backup.db", store_url(tmp_path))
    replaced = Store.restore(tmp_path / "backup.db", store_url(tmp_path))
    assert replaced is not None
    with Store.open(store_url(tmp_path)) as store:
        (change,) = store.changes(store.checkpoint("index-1"), 10)
        assert change.article is not None
        assert (change.article_id, change.article.body) == (kept.article_id, "قبل")
        assert change.change_no > newest, "so that an index that holds the later text takes this one"
        first = store.last_change()
        assert store.record(article("c", "جديد")).change_no == first + 1
        assert store.check() == []
    Store.restore(tmp_path / "backup.db", store_url(tmp_path))
    with Store.open(store_url(tmp_path)) as store:
        assert store.changes(0, 1)[0].change_no > first + 1, "nor does a second restore use a number again"
    shutil.copy(replaced, tmp_path / "data" / "newsspider.db")
    with Store.open(store_url(tmp_path)) as store:
        assert store.article(lost.article_id) is not None


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000, None])
def test_what_is_no_backup_replaces_nothing(tmp_path: Path, content: bytes | None) -> None:
    fill(tmp_path, 3)
    if content is not None:
        (tmp_path / "backup.db").write_bytes(content)
    with pytest.raises(NewsspiderError, match=r"backup\.db"):
        Store.restore(tmp_path / "backup.db", store_url(tmp_path))
    with Store.open(store_url(tmp_path)) as store:
        assert store.count() == 3
    assert {path.name for path in database(tmp_path).parent.iterdir()} == {"newsspider.db", "newsspider.db-state"}


def test_a_damaged_store_can_be_restored(tmp_path: Path) -> None:
    fill(tmp_path, 100)
    with Store.open(store_url(tmp_path)) as store:
        store.backup(tmp_path / "backup.db")
    os.truncate(database(tmp_path), 5000)
    Store.restore(tmp_path / "backup.db", store_url(tmp_path))
    with Store.open(store_url(tmp_path)) as store:
        assert store.count() == 100


def test_check_names_what_breaks_a_rule(tmp_path: Path, file_store: Store) -> None:
    recorded = file_store.record(article())
    raw = sqlalchemy.text("UPDATE changes SET change_no = 7 WHERE article_id = :id")
    with file_store._database.write() as tx:
        tx.connection.execute(raw, {"id": recorded.article_id})
        tx.connection.execute(sqlalchemy.text("DELETE FROM addresses"))
    assert file_store.check() == [
        "articles whose change number is not that of the change feed: 1", "change numbers above the counter: 1", "articles without an address: 1"
    ]  # fmt: skip
