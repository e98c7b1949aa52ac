"""Which files of the archive are being written: their writers hold a lock that ends with their process."""

from __future__ import annotations

from types import ModuleType
from typing import BinaryIO

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # not a Unix: open files cannot be dropped there anyway
    fcntl = None


def hold(file: BinaryIO) -> None:
    """Say that `file` is written, until it is closed."""
    if fcntl:
        fcntl.flock(file, fcntl.LOCK_SH)


def is_written(file: BinaryIO) -> bool:
    """True while a writer has the file; otherwise none may have it until `file` is closed."""
    if not fcntl:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
