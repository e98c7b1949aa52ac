"""Keeping a store whole: checks, backups, and free space."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Select, and_, exists, func, select

from newsspider.store.changes import COUNTER, renumber
from newsspider.store.database import Part
from newsspider.store.ledger import RUNNING
from newsspider.store.opening import Home
from newsspider.store.schema import addresses, articles, changes, counters, frontier, ledger, runs

_OPEN_ROW = exists().where(ledger.c.run_id == frontier.c.run_id, ledger.c.url_key == frontier.c.url_key, ledger.c.outcome.is_(None))
_HEAD = articles.alias()
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
        select(func.count()).select_from(changes).where(changes.c.change_no > select(counters.c.value).where(counters.c.name == COUNTER).scalar_subquery()),
    ),
    ("articles of a family without its first member", select(func.count()).select_from(articles).where(~exists().where(_HEAD.c.id == articles.c.family_id, _HEAD.c.family_id == _HEAD.c.id))),
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
    _home: Home
    _min_free_bytes: int

    def check(self) -> list[str]:
        """What is wrong with the store, a line each; empty when it is sound. Reads everything."""
        if problems := self._home.problems():
            return problems
        with self._database.read() as tx:
            counted = [(tx.connection.scalar(query), what) for what, query in _BROKEN_RULES]
            return [f"{what}: {count}" for count, what in counted if count]

    def backup(self, path: Path) -> None:
        """Write all that is stored by now into the new file `path` (0600), whole and checked, while others go on writing.

        Raises StoreError when the file exists or cannot be written, or the store is on a server, which has tools of its own.
        """
        self._home.backup(path)

    def renumber(self) -> None:
        """Give every change a new number: for a database that was put back from a backup, so that every index takes its state."""
        with self._database.write() as tx:
            renumber(tx)

    def require_space(self) -> None:
        """Raises StoreFull when less is free on the store's disk than `min_free_bytes`; a database server's disk cannot be seen from here."""
        free = self._home.free_bytes()
        if free is not None and free < self._min_free_bytes:
            raise self._home.full()
