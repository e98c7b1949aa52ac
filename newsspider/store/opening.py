"""Opening a store, and bringing one back from a backup."""

from __future__ import annotations

import logging
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from newsspider import clock
from newsspider.errors import StoreCorrupt, StoreError, StoreUnavailable
from newsspider.store import sqlite
from newsspider.store.changes import renumber
from newsspider.store.database import Database
from newsspider.store.files import StoreFiles
from newsspider.store.migrate import current, migrate
from newsspider.store.upkeep import make_new, put_in_place

logger = logging.getLogger(__name__)

CHECK_SECONDS = 1.0  # of a store that was not closed properly, before it is opened again


def open_database(url: str, *, create: bool) -> tuple[Database, StoreFiles]:
    """Raises StoreUnavailable, StoreCorrupt or StoreVersionError, naming the path, before anything was changed."""
    path = _path(url)
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
    return database, files


def close_database(database: Database, files: StoreFiles) -> None:
    """The last process to close the store folds its WAL in and marks it as closed. Where that fails, the next to open it does it."""
    try:
        if files.last():
            _fold_in(database)
            files.mark_closed()
    except (StoreError, OSError) as e:
        logger.warning("%s was not closed cleanly: %s", database.name, e)
    finally:
        database.dispose()
        files.leave()


def restore(backup: Path, url: str) -> Path | None:
    """Put the backup in the store's place; the files that were there are kept beside it under the returned name.

    All changes get new numbers, so that every index takes the restored state. Raises StoreError when the backup is not whole or the store is
    in use.
    """
    path = _path(url)
    if not backup.is_file():
        raise StoreUnavailable(f"{backup}: there is no such backup")
    files = StoreFiles(path)
    try:
        if not files.enter(create=True):
            raise StoreUnavailable(f"{path} is in use; stop every newsspider process first")
        fresh = path.with_name(path.name + ".restoring")
        make_new(fresh)
        try:
            sqlite.copy(backup, fresh)
            _prepare(fresh, backup)
            kept = _set_aside(path)
            files.mark_closed()
            put_in_place(fresh, path)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as e:
        raise sqlite.unusable(path, e) from e
    finally:
        files.leave()
    return kept


def _path(url: str) -> Path:
    try:
        parsed = make_url(url)
    except ArgumentError as e:
        raise StoreUnavailable(f"store url {url!r} cannot be read; write sqlite:////absolute/path.db") from e
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise StoreUnavailable(
            f"store url {parsed.render_as_string(hide_password=True)}: only a SQLite file can be a store; write sqlite:////absolute/path.db"
        )
    return Path(parsed.database).absolute()


def _database(path: Path) -> Database:
    return Database(sqlite.make_engine(path), partial(sqlite.explain, path), sqlite.is_fatal)


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
