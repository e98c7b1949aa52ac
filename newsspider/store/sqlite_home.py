"""A store in an SQLite file: opening and closing it, backups, and bringing one back."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path

from newsspider import clock
from newsspider.errors import StoreCorrupt, StoreError, StoreFull, StoreUnavailable
from newsspider.store import sqlite
from newsspider.store.changes import renumber
from newsspider.store.database import Database
from newsspider.store.files import StoreFiles
from newsspider.store.migrate import current, migrate

logger = logging.getLogger(__name__)

CHECK_SECONDS = 1.0  # of a store that was not closed properly, before it is opened again


class SqliteHome:
    """`opening.Home` of a store in a file."""

    def __init__(self, database: Database, files: StoreFiles) -> None:
        self.database = database
        self._files = files

    def close(self) -> None:
        """The last process to close the store folds its WAL in and marks it as closed. Where that fails, the next to open it does it."""
        try:
            if self._files.last():
                _fold_in(self.database)
                self._files.mark_closed()
        except (StoreError, OSError) as e:
            logger.warning("%s was not closed cleanly: %s", self.database.name, e)
        finally:
            self.database.dispose()
            self._files.leave()

    def problems(self) -> list[str]:
        with self.database.outside_transactions() as raw:
            return sqlite.integrity_problems(raw)

    def backup(self, path: Path) -> None:
        for file in sqlite.with_companions(path):
            if file.exists():
                raise StoreError(f"{file} exists already; name a new file for the backup")
        partial = path.with_name(path.name + ".partial")
        try:
            _make_new(partial)
            sqlite.copy(self._files.path, partial)
            _put_in_place(partial, path)
        except OSError as e:
            raise sqlite.unusable(path, e) from e
        finally:
            with suppress(OSError):  # what went wrong above is the error to tell
                for file in sqlite.with_companions(partial):
                    file.unlink(missing_ok=True)

    def free_bytes(self) -> int:
        return sqlite.free_bytes(self._files.path)

    def full(self) -> StoreFull:
        return sqlite.full(self._files.path)


def open_file(path: Path, *, create: bool) -> SqliteHome:
    """Raises StoreUnavailable, StoreCorrupt or StoreVersionError, naming the path, before anything was changed."""
    files = StoreFiles(path)
    alone = files.enter(create=create)
    database: Database | None = None
    try:
        suspicious = alone and files.examine()
        database = _database(path)
        if suspicious:
            _check(database)
        migrate(database, alone=alone)
        if alone:
            files.share()
    except BaseException as e:
        if database:
            database.dispose()
        files.leave()
        if isinstance(e, OSError):
            raise sqlite.unusable(path, e) from e
        raise
    return SqliteHome(database, files)


def restore_file(backup: Path, path: Path) -> Path | None:
    """`opening.restore` for a store in a file."""
    if not backup.is_file():
        raise StoreUnavailable(f"{backup}: there is no such backup")
    files = StoreFiles(path)
    try:
        if not files.enter(create=True):
            raise StoreUnavailable(f"{path} is in use; stop every newsspider process first")
        fresh = path.with_name(path.name + ".restoring")
        _make_new(fresh)
        try:
            sqlite.copy(backup, fresh)
            _prepare(fresh, backup)
            kept = _set_aside(path)
            files.mark_closed()
            _put_in_place(fresh, path)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as e:
        raise sqlite.unusable(path, e) from e
    finally:
        files.leave()
    return kept


def _database(path: Path) -> Database:
    at_hand = sqlite.journal_mode() == "WAL"
    return Database(str(path), sqlite.make_engine(path), sqlite.begin, partial(sqlite.explain, path), sqlite.is_fatal, at_hand=at_hand)


def _check(database: Database) -> None:
    with database.outside_transactions() as raw:
        problems = sqlite.quick_check(raw, CHECK_SECONDS)
    if problems:
        raise StoreCorrupt(f"{database.name} is damaged ({problems[0]}): {sqlite.REMEDY}")


def _prepare(fresh: Path, backup: Path) -> None:
    """Make a copied backup fit to be this store."""
    database = _database(fresh)
    try:
        with database.read() as tx:
            if current(tx.connection) is None:
                raise StoreError(f"{backup} is no backup of a store")
        migrate(database, alone=True)
        with database.write() as tx:
            renumber(tx)
        _fold_in(database)
    finally:
        database.dispose()


def _fold_in(database: Database) -> None:
    with database.outside_transactions() as raw:
        sqlite.checkpoint(raw)


def _set_aside(path: Path) -> Path | None:
    """Rename the files of the present store; the new name of the database, None when there was none."""
    stem = f"{path.name}.replaced-{clock.now():%Y%m%d-%H%M%S}"
    kept = path.with_name(stem)
    for number in count(2):
        if not kept.exists():
            break
        kept = path.with_name(f"{stem}-{number}")
    there = path.exists() and path.stat().st_size > 0
    for old, new in zip(sqlite.with_companions(path), sqlite.with_companions(kept), strict=True):
        if old.exists():
            old.replace(new)
    if not there:
        kept.unlink(missing_ok=True)
    return kept if there else None


def _make_new(path: Path) -> None:
    """An empty file (0600) in the place of whatever an interrupted attempt left."""
    for file in sqlite.with_companions(path):
        file.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _put_in_place(new: Path, path: Path) -> None:
    """Give the finished file `new` its name, durably."""
    with new.open("rb+") as file:
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
