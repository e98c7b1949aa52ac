"""Files written whole or not at all: on a full disk, after a kill, when others write the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsspider.errors import SourceError
from newsspider.sources.frozen import FrozenPage, save_page, saved_pages
from newsspider.wholefile import whole, write_whole

OLD, NEW = "قديم\n", "جديد\n"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid():
        pytest.skip("only root may mount a disk that is soon full")
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_file_has_the_old_text_until_the_new_one_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write_whole(file, OLD)
    with whole(file) as out:
        out.write(NEW.encode())
        assert file.read_text("utf-8") == OLD
    assert file.read_text("utf-8") == NEW
    assert list(tmp_path.iterdir()) == [file]


def test_a_new_file_never_takes_anothers_place(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    write_whole(file, OLD, new=True, mode=0o600)
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write_whole(file, NEW, new=True)
    assert (file.read_text("utf-8"), list(tmp_path.iterdir())) == (OLD, [file])


def test_a_kill_leaves_the_old_text(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write_whole(file, OLD)
    code = (
        "import os, signal, sys; from pathlib import Path; from newsspider.wholefile import whole\n"
        "with whole(Path(sys.argv[1])) as out:\n    out.write(b'half'); out.flush(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", code, file]).returncode == -9
    assert file.read_text("utf-8") == OLD


def test_a_full_disk_keeps_the_saved_page_and_its_expectations(small_disk: Path) -> None:
    page = FrozenPage("https://site.example/1", {}, datetime(2025, 1, 22, tzinfo=UTC), b"<p>old</p>", {"title": OLD})
    path = save_page(small_disk, "olive", page)
    for body, title in ((bytes(100_000), ""), (b"<p>new</p>", "خ" * 100_000)):
        with pytest.raises(SourceError, match="cannot be saved"):
            save_page(small_disk, "olive", FrozenPage(page.url, {}, page.fetched_at, body, {"title": title}))
        assert saved_pages(small_disk, "olive") == {path: page}
    assert len(list(path.parent.iterdir())) == 2
