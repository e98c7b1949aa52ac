"""A disk that is full or fails."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from store_samples import article, fill, killed_with, python, store_url

from newsspider.errors import StoreFull, StoreUnavailable
from newsspider.store import Store

AS_ROOT = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a file system needs root")


@AS_ROOT
def test_s02_a_full_disk_tears_nothing_and_work_goes_on_when_space_is_freed(small_disk: Path) -> None:
    stored = 0
    with Store.open(store_url(small_disk)) as store:
        with pytest.raises(StoreFull, match=rf"{small_disk}.* \d+ bytes are free") as caught:  # noqa: PT012
            for number in range(5000):
                store.record(article(str(number), f"نص {number} " * 100))
                stored += 1
        assert caught.value.exit_code == 75
        assert store.count() == stored > 50
        subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)
        store.record(article("more", "بعد"))
        assert store.check() == []
    with Store.open(store_url(small_disk)) as store:
        assert store.count() == stored + 1


@AS_ROOT
def test_s02_a_store_killed_on_a_full_disk_opens_when_space_is_freed(small_disk: Path) -> None:
    killed_with(
        small_disk,
        "try:\n    for n in range(5000): store.record(article(str(n), f'نص {n} ' * 100)); done = n\nexcept Exception: open('/dev/stdout', 'w')",
    )
    subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)
    with Store.open(store_url(small_disk)) as store:
        assert store.count() > 50
        assert store.check() == []


@AS_ROOT
def test_s02_a_full_disk_is_told_at_closing_and_opening_too(small_disk: Path) -> None:
    store = Store.open(store_url(small_disk))
    with pytest.raises(StoreFull), store:  # noqa: PT012
        for number in range(5000):
            store.record(article(str(number), f"نص {number} " * 100))
    with (small_disk / "ballast").open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):  # noqa: PT012
        while True:
            file.write(bytes(4096))
    with pytest.raises(StoreFull, match=str(small_disk)), Store.open(store_url(small_disk)) as store:
        store.record(article("one", "نص آخر " * 10_000))
    subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)
    with Store.open(store_url(small_disk)) as store:
        assert store.count() > 50
        assert store.check() == []


@AS_ROOT
def test_s02_a_backup_onto_a_full_disk_leaves_nothing_behind(tmp_path: Path, small_disk: Path) -> None:
    fill(tmp_path, 2000)
    with Store.open(store_url(tmp_path)) as store, pytest.raises(StoreFull, match=str(small_disk)):
        store.backup(small_disk / "backup.db")
    assert list(small_disk.iterdir()) == []


def test_s03_too_little_space_is_told_before_the_disk_is_full(tmp_path: Path) -> None:
    with Store.open(store_url(tmp_path), min_free_bytes=1) as store:
        store.require_space()
    with Store.open(store_url(tmp_path), min_free_bytes=1 << 60) as store:
        with pytest.raises(StoreFull, match=str(tmp_path)):
            store.require_space()
        store.record(article())


def test_a_folder_that_goes_away_is_told(tmp_path: Path) -> None:
    store = Store.open(store_url(tmp_path))
    (tmp_path / "data").rename(tmp_path / "gone")
    with pytest.raises(StoreUnavailable, match="data cannot be reached"):
        store.require_space()
    store.close()


FAIL_FSYNC = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
static int failing(void) { return access(getenv("FAIL_WHEN"), F_OK) == 0; }
int fsync(int fd) { if (failing()) { errno = EIO; return -1; } return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { if (failing()) { errno = EIO; return -1; } return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
"""
AFTER_AN_ERROR = """
import os, sys
from newsspider.errors import StoreUnavailable
from newsspider.store import Store
from store_samples import article
store = Store.open(sys.argv[1])
store.record(article("a", "أول"))
open(os.environ["FAIL_WHEN"], "w").close()
for fails in (True, False):
    if not fails:
        os.unlink(os.environ["FAIL_WHEN"])
    try:
        store.record(article("b", "ثان"))
        print("stored")
    except StoreUnavailable as e:
        print(e)
os._exit(0)
"""


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_s11_after_a_failed_sync_nothing_is_said_to_be_stored(tmp_path: Path) -> None:
    source, library = tmp_path / "fail.c", tmp_path / "fail.so"
    source.write_text(FAIL_FSYNC)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    child = python(AFTER_AN_ERROR, store_url(tmp_path), env={"LD_PRELOAD": str(library), "FAIL_WHEN": str(tmp_path / "now")})
    first, second = child.communicate()[0].splitlines()
    assert "the disk failed" in first
    assert "nothing more is written after an error" in second
    with Store.open(store_url(tmp_path)) as store:
        assert store.article("https://news.example/a") is not None
        assert store.check() == []
