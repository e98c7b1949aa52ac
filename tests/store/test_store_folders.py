"""Where a store may lie, and that it is private."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
from store_samples import article, database, fill, store_url

from newsspider.errors import StoreUnavailable
from newsspider.store import Store, files, sqlite

AS_ROOT = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a file system needs root")


def test_o12_folder_and_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = Store.open(store_url(tmp_path))
        store.record(article())
        store.backup(tmp_path / "backup.db")
    finally:
        os.umask(before)
    folder = database(tmp_path).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [*folder.iterdir(), tmp_path / "backup.db"]}
    assert {"newsspider.db", "newsspider.db-wal", "newsspider.db-shm", "newsspider.db-state", "backup.db"} <= set(modes)
    assert set(modes.values()) == {0o600}
    store.close()


@AS_ROOT
def test_s08_a_read_only_folder_is_refused_with_its_path(small_disk: Path) -> None:
    fill(small_disk, 3)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(StoreUnavailable, match=f"{small_disk}.*(cannot be opened for writing|Read-only)"):
        Store.open(store_url(small_disk))


def test_s08_a_missing_mount_is_refused_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"missing/data cannot be made.*mounted"):
        Store.open(store_url(tmp_path / "missing"))
    assert list(tmp_path.iterdir()) == []


def test_s08_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreUnavailable, match=r"newsspider\.db cannot be opened"):
        Store.open(store_url(tmp_path))


def test_nothing_is_made_when_only_looking(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="no store here"):
        Store.open(store_url(tmp_path), create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://user:secret@host/db", "postgresql://user:secret@host:5x/db", "nonsense"]
)
def test_other_urls_are_refused_without_their_password(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="write sqlite:") as caught:
        Store.open(url)
    assert "secret" not in str(caught.value)


def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "network_filesystem", lambda folder: "nfs4")
    with pytest.raises(StoreUnavailable, match="nfs4"):
        Store.open(store_url(tmp_path))


def test_the_file_system_of_a_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert files.network_filesystem(tmp_path) is None
    kinds = {line.split(" - ", 1)[1].split()[0] for line in Path("/proc/self/mountinfo").read_text().splitlines()}
    monkeypatch.setattr(files, "NETWORK_FILESYSTEMS", kinds)
    assert files.network_filesystem(tmp_path) in kinds


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    database(tmp_path).parent.mkdir()
    other = sqlite.driver.connect(database(tmp_path))
    other.execute("CREATE TABLE bookmarks (url)")
    other.commit()
    other.close()
    with pytest.raises(StoreUnavailable, match=r"another program .*bookmarks"):
        Store.open(store_url(tmp_path))
