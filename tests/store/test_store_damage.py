"""Damage is refused at start, before anything is lost by opening."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from store_samples import database, fill, killed_with, store_url

from newsspider.errors import StoreCorrupt
from newsspider.store import Store, sqlite


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def truncated_to_a_part_of_a_page(path: Path) -> None:
    os.truncate(path, 1000)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def replaced_by_text(path: Path) -> None:
    path.write_bytes(b"not a database" * 1000)


@pytest.mark.parametrize("damage", [truncated, truncated_to_a_part_of_a_page, emptied, replaced_by_text, Path.unlink])
def test_s06_a_damaged_or_missing_file_is_refused_and_left_as_it_is(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    fill(tmp_path)
    path = database(tmp_path)
    damage(path)
    before = path.read_bytes() if path.exists() else None
    for _ in range(2):
        with pytest.raises(StoreCorrupt, match=r"newsspider\.db .*newsspider store check.*newsspider store restore"):
            Store.open(store_url(tmp_path))
    assert (path.read_bytes() if path.exists() else None) == before


def content(path: Path) -> list[str]:
    raw = sqlite.driver.connect(path)
    tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = [str(row) for table in tables for row in raw.execute(f"SELECT * FROM {table}")]
    raw.close()
    return found


def test_s06_a_zeroed_kilobyte_anywhere_is_found_at_start(tmp_path: Path) -> None:
    """Wherever it destroys something: zeros over unused bytes of a page do not."""
    fill(tmp_path)
    path = database(tmp_path)
    sound, stored = path.read_bytes(), content(path)
    seed = random.randrange(10_000)
    rng = random.Random(seed)
    refused = 0
    for _ in range(40):
        at = rng.randrange(len(sound) - 1024)
        path.write_bytes(sound[:at] + bytes(1024) + sound[at + 1024 :])
        try:
            Store.open(store_url(tmp_path)).close()
        except StoreCorrupt:
            refused += 1
        else:
            assert content(path) == stored, f"seed {seed}: a kilobyte of zeros at {at} was not noticed"
    assert refused > 20, f"seed {seed}"


def test_s06_a_deleted_wal_is_refused_and_one_put_back_is_not(tmp_path: Path) -> None:
    killed_with(tmp_path, "store.record(article())")
    wal = database(tmp_path).with_name("newsspider.db-wal")
    kept = wal.rename(tmp_path / "kept")
    with pytest.raises(StoreCorrupt, match=r"newsspider\.db-wal is missing.*store restore.*delete .*-state"):
        Store.open(store_url(tmp_path))
    kept.rename(wal)
    with Store.open(store_url(tmp_path)) as store:
        assert store.count() == 1


def test_s06_a_database_missing_beside_its_wal_is_refused(tmp_path: Path) -> None:
    killed_with(tmp_path, "store.record(article())")
    for name in ("newsspider.db", "newsspider.db-state"):
        database(tmp_path).with_name(name).unlink()
    with pytest.raises(StoreCorrupt, match=r"beside its newsspider\.db-wal"):
        Store.open(store_url(tmp_path))


def test_damage_found_while_working_is_told_the_same_way(tmp_path: Path) -> None:
    fill(tmp_path)
    with Store.open(store_url(tmp_path)) as store:
        with database(tmp_path).open("r+b") as file:
            file.seek(8192)
            file.write(bytes(database(tmp_path).stat().st_size - 8192))
        with pytest.raises(StoreCorrupt, match="store check"):
            list(store.articles())
        with pytest.raises(StoreCorrupt, match="store check"):
            store.check()
