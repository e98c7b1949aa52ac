"""Keeping a store whole: checks, backups, and free space."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Select, and_, exists, func, select

from newsspider.errors import StoreError
from newsspider.store import sqlite
from newsspider.store.database import Part
from newsspider.store.files import StoreFiles
from newsspider.store.runs import RUNNING
from newsspider.store.schema import addresses, articles, changes, counters, frontier, ledger, runs

_OPEN_ROW = exists().where(ledger.c.run_id == frontier.c.run_id, ledger.c.url_key == frontier.c.url_key, ledger.c.outcome.is_(None))
# What must never be found, each with the number of times it was.
_BROKEN_RULES: tuple[tuple[str, Select[Any]], ...] = (
    (
        "articles whose change number is not that of the change feed",
        select(func.count())
        .select_from(articles.outerjoin(changes, and_(changes.c.article_id == articles.c.id, changes.c.deleted.is_(False))))
        .where(func.coalesce(changes.c.change_no, -1) != articles.c.change_no),
    ),
    (
        "entries of the change feed without their article",
        select(func.count()).select_from(changes).where(changes.c.deleted.is_(False), ~exists().where(articles.c.id == changes.c.article_id)),
    ),
    (
        "change numbers above the counter",
        select(func.count()).select_from(changes).where(changes.c.change_no > select(func.max(counters.c.value)).scalar_subquery()),
    ),
    ("articles without an address", select(func.count()).select_from(articles).where(~exists().where(addresses.c.article_id == articles.c.id))),
    (
        "addresses without an outcome in runs that have ended",
        select(func.count()).select_from(ledger.join(runs)).where(ledger.c.outcome.is_(None), runs.c.state != RUNNING),
    ),
    (
        "addresses to visit that their run's ledger does not wait for",
        select(func.count()).select_from(frontier.join(runs, runs.c.id == frontier.c.run_id)).where(
            runs.c.state == RUNNING, frontier.c.state != "done", ~_OPEN_ROW
        ),
    ),
)  # fmt: skip


class Upkeep(Part):
    _files: StoreFiles
    _min_free_bytes: int

    def check(self) -> list[str]:
        """What is wrong with the store, a line each; empty when it is sound. Reads everything."""
        with self._database.outside_transactions() as raw:
            if problems := sqlite.integrity_problems(raw):
                return problems
        with self._database.read() as tx:
            counted = [(tx.connection.scalar(query), what) for what, query in _BROKEN_RULES]
            return [f"{count} {what}" for count, what in counted if count]

    def backup(self, path: Path) -> None:
        """Write all that is stored by now into the new file `path` (0600), whole and checked, while others go on writing.

        Raises StoreError when the file exists or cannot be written.
        """
        for file in sqlite.with_companions(path):
            if file.exists():
                raise StoreError(f"{file} exists already; name a new file for the backup")
        partial = path.with_name(path.name + ".partial")
        try:
            make_new(partial)
            sqlite.copy(self._files.path, partial)
            put_in_place(partial, path)
        except OSError as e:
            raise sqlite.unusable(path, e) from e
        finally:
            with suppress(OSError):  # what went wrong above is the error to tell
                partial.unlink(missing_ok=True)

    def free_bytes(self) -> int:
        """Bytes free on the store's disk."""
        return sqlite.free_bytes(self._files.path)

    def require_space(self) -> None:
        """Raises StoreFull when less is free on the store's disk than `min_free_bytes`."""
        if self.free_bytes() < self._min_free_bytes:
            raise sqlite.full(self._files.path)


def make_new(path: Path) -> None:
    """An empty file (0600) in the place of whatever an interrupted attempt left."""
    for file in sqlite.with_companions(path):
        file.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def put_in_place(new: Path, path: Path) -> None:
    """Give the finished file `new` its name, durably."""
    with new.open("rb+") as file:
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
