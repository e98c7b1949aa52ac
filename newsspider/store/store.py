"""The Store: all its parts behind one name."""

from __future__ import annotations

import os
import weakref
from pathlib import Path
from types import TracebackType
from typing import Self

from newsspider.store import opening
from newsspider.store.archived import Archived
from newsspider.store.articles import Articles
from newsspider.store.control import Control
from newsspider.store.counts import Counts
from newsspider.store.coverage import Coverage
from newsspider.store.families import Families
from newsspider.store.figures import Figures
from newsspider.store.forgotten import Forgotten
from newsspider.store.frontier import Frontier
from newsspider.store.history import History
from newsspider.store.leases import Leases
from newsspider.store.leaving import Leaving
from newsspider.store.ledger import Ledger
from newsspider.store.messages import Messages
from newsspider.store.notices import Notices
from newsspider.store.opening import Home
from newsspider.store.recording import Recording
from newsspider.store.rests import Rests
from newsspider.store.retention import Retention
from newsspider.store.runs import Runs
from newsspider.store.schedules import Schedules
from newsspider.store.searches import Searches
from newsspider.store.upkeep import Upkeep
from newsspider.store.users import Users


class Store(
    Runs,
    Ledger,
    Schedules,
    Frontier,
    Recording,
    Articles,
    Families,
    Archived,
    Forgotten,
    Retention,
    Searches,
    Messages,
    Notices,
    Control,
    Figures,
    Counts,
    History,
    Leases,
    Rests,
    Coverage,
    Users,
    Leaving,
    Upkeep,
):
    """The system of record. Whatever a method that writes has returned from is on disk.

    Usable from several threads and processes at once. Every method may raise StoreError: StoreFull when the disk is, StoreCorrupt for damage,
    StoreUnavailable when the file or server cannot be reached.
    """

    def __init__(self, home: Home, min_free_bytes: int) -> None:
        self._home = home
        self._database = home.database
        self._min_free_bytes = min_free_bytes
        # Also at the end of a process that forgot to close: SQLite would delete the WAL, and the state file would miss it.
        self._close = weakref.finalize(self, _close, home, os.getpid())

    @classmethod
    def open(cls, url: str, *, create: bool = True, min_free_bytes: int = 0) -> Self:
        """Open the store at `url`, making or upgrading it where needed.

        Raises StoreUnavailable (no such path, not writable), StoreCorrupt (damaged or incomplete), StoreVersionError (made by a newer newsspider).
        """
        return cls(opening.open_home(url, create=create), min_free_bytes)

    @staticmethod
    def restore(backup: Path, url: str) -> Path | None:
        """Put `backup` in the place of the store at `url`; where the files that were there have gone. See `opening.restore`."""
        return opening.restore(backup, url)

    @property
    def is_at_hand(self) -> bool:
        """Whether a row can be read without waiting for a network or a writer."""
        return self._database.at_hand

    def close(self) -> None:
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _close(home: Home, pid: int) -> None:
    if os.getpid() == pid:  # a forked child must leave its parent's connections alone
        home.close()
