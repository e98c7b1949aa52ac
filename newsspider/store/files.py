"""The files of a store on SQLite, and what must be true of them before SQLite may touch them: it would make an empty database where one is
missing, and forget the newest transactions where the WAL is.

Beside the database lies its state file, `<database>-state`. It says that a store was made here and whether every process closed it; each process
that has the store open holds a shared lock on it.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from newsspider import clock
from newsspider.errors import StoreCorrupt, StoreUnavailable
from newsspider.store.sqlite import REMEDY, unusable

try:
    import fcntl
except ImportError:  # Windows: every process takes itself for the only one, and less is noticed
    fcntl = None  # type: ignore[assignment]

LOCK_SECONDS = 30.0
NETWORK_FILESYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "fuse.sshfs", "fuse.glusterfs"}


class StoreFiles:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.state_path = path.with_name(path.name + "-state")
        self._fd = -1  # of the state file, while the store is locked

    @property
    def wal(self) -> Path:
        return self.path.with_name(self.path.name + "-wal")

    def enter(self, *, create: bool) -> bool:
        """Lock the store for opening it. True: no other process has it open, and none can until `share` or `leave`.

        Makes the folder (0700) where only that is missing. Raises StoreUnavailable naming the path.
        """
        if create:
            self._make_folder()
        elif not self.path.exists() and not self.state_path.exists():
            raise StoreUnavailable(f"{self.path}: there is no store here; the first crawl makes it")
        if kind := network_filesystem(self.path.parent):
            raise StoreUnavailable(f"{self.path}: lies on {kind}, where SQLite's locks do not hold; keep the store on a local disk")
        try:
            self._fd = os.open(self.state_path, os.O_RDWR | os.O_CREAT, 0o600)
            alone = self._lock()
            if not self.path.exists() and not self._state():
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600))  # SQLite gives its other files the same mode
        except OSError as e:
            self.leave()
            raise unusable(self.path, e) from e
        return alone

    def examine(self) -> bool:
        """Whether the pages ought to be checked: the store was not closed by everybody, or changed since.

        Raises StoreCorrupt when opening it would lose what was stored.
        """
        state = self._state()
        if state and not _size(self.path):
            raise StoreCorrupt(
                f"{self.path} is missing or empty, but a store was made here on {state['made']}: {REMEDY}; to begin anew, delete {self.state_path} as well"
            )
        if not _size(self.path) and _size(self.wal):
            raise StoreCorrupt(f"{self.path} is missing or empty beside its {self.wal.name}: {REMEDY}")
        if state.get("open") and _is_wal(self.path) and not self.wal.exists():
            raise StoreCorrupt(
                f"{self.wal} is missing, and with it what was stored last: put it back, or {REMEDY}; to go on with what {self.path.name} holds, delete {self.state_path}"
            )
        return bool(_size(self.path)) and (not state or state["open"] or state["file"] != self._fingerprint())

    def share(self) -> None:
        """Let other processes open the store as well; from now on it counts as open."""
        self._write_state(is_open=True)
        self._flock(exclusive=False, wait=True)

    def last(self) -> bool:
        """Whether no other process has the store open; if so, none can until `leave`."""
        return self._fd >= 0 and self._flock(exclusive=True)

    def mark_closed(self) -> None:
        self._write_state(is_open=False)

    def leave(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(mode=0o700)
        except FileExistsError:
            pass
        except OSError as e:
            raise StoreUnavailable(f"{self.path.parent} cannot be made ({e.strerror}); is the disk it belongs to mounted?") from e

    def _lock(self) -> bool:
        deadline = time.monotonic() + LOCK_SECONDS
        while time.monotonic() < deadline:
            if self._flock(exclusive=True):
                return True
            if self._flock(exclusive=False):
                if self._state().get("open"):
                    return False
                fcntl.flock(self._fd, fcntl.LOCK_UN)
            time.sleep(0.02)  # another process is opening, closing or restoring it
        raise BlockingIOError(0, f"another process has kept it locked for {LOCK_SECONDS:.0f} s")

    def _flock(self, *, exclusive: bool, wait: bool = False) -> bool:
        if fcntl is None:
            return True
        try:
            fcntl.flock(self._fd, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True

    def _state(self) -> dict[str, Any]:
        """What the state file says; empty before the store has been made."""
        text = os.pread(self._fd, 4096, 0)
        if not text:
            return {}
        try:
            return dict(json.loads(text))
        except ValueError:  # cut short by a crash or a full disk: it was written, so a store was made, and was open
            return {"made": "an unknown day", "open": True, "file": None}

    def _write_state(self, *, is_open: bool) -> None:
        made = self._state().get("made") or clock.now().date().isoformat()
        text = json.dumps({"made": made, "open": is_open, "file": self._fingerprint()}) + "\n"
        os.pwrite(self._fd, text.encode(), 0)
        os.ftruncate(self._fd, len(text))
        os.fsync(self._fd)

    def _fingerprint(self) -> list[int] | None:
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return None
        return [status.st_size, status.st_mtime_ns]


def network_filesystem(folder: Path) -> str | None:
    """The type of the network file system that `folder` lies on; None for a local one, and where that cannot be seen."""
    try:
        device = folder.stat().st_dev
        mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    except OSError:
        return None
    number = f"{os.major(device)}:{os.minor(device)}"
    kinds = {line.split(" - ", 1)[1].split()[0] for line in mounts if line.split()[2] == number}
    return next(iter(kinds & NETWORK_FILESYSTEMS), None)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _is_wal(path: Path) -> bool:
    """Whether the database's header says that its newest transactions stand in a WAL (https://www.sqlite.org/fileformat.html, 1.3.3)."""
    with path.open("rb") as file:
        return file.read(20)[18:20] == b"\2\2"
