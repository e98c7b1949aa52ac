"""The change feed, and what deliveries of it to an index have to remember: checkpoints and dead letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, insert, select, update

from newsspider import clock
from newsspider.items import Change, Delivered
from newsspider.store.database import Part, Transaction
from newsspider.store.rows import article_from, micros, moment, plain
from newsspider.store.schema import articles, changes, checkpoints, counters, dead_letters, deliveries, searches

COUNTER = "change"

_NEXT = update(counters).where(counters.c.name == COUNTER).values(value=counters.c.value + 1).returning(counters.c.value)
_MOVE = update(changes).where(changes.c.article_id == bindparam("of_id")).values(change_no=bindparam("number"))
_LAST = select(counters.c.value).where(counters.c.name == COUNTER)
_WAITING = (
    select(articles.c.updated_at)
    .join(changes, changes.c.article_id == articles.c.id)
    .where(changes.c.change_no > bindparam("after"))
    .order_by(changes.c.change_no)
    .limit(1)
)
_PENDING = select(func.count()).where(changes.c.change_no > bindparam("after"))


def _feed(wanted: ColumnElement[bool]) -> Select[Any]:
    joined = changes.outerjoin(articles, articles.c.id == changes.c.article_id)
    return select(changes.c.article_id, changes.c.change_no.label("number"), articles).select_from(joined).where(wanted)


_NAMES = ("article_id", "number", *articles.c.keys())
_PAGE = _feed(changes.c.change_no > bindparam("after")).order_by(changes.c.change_no).limit(bindparam("most"))
_ONE = _feed(changes.c.article_id == bindparam("of_id"))


@dataclass(slots=True, frozen=True)
class DeadLetter:
    """A change that an engine refused for good."""

    index_id: str
    article_id: str
    change_no: int
    error_type: str
    reason: str
    at: datetime


@dataclass(slots=True, frozen=True)
class Backlog:
    """What an index lacks: how many changes, since when the oldest of them waits (None for deletions only), why the last delivery left
    any (empty: it did not), and how many were refused for good."""

    pending: int
    since: datetime | None
    problem: str
    dead: int


def next_change(tx: Transaction) -> int:
    """The next change number. Its row is locked until the transaction ends, so numbers are in the order of commits."""
    (number,) = tx.run(_NEXT).fetchone()
    return int(number)


def move_change(tx: Transaction, article_id: str) -> int:
    """Give an article the next change number in the feed; that number, which its row must get, too."""
    number = next_change(tx)
    tx.run(_MOVE, of_id=article_id, number=number)
    return number


class Changes(Part):
    def last_change(self) -> int:
        """The newest change number ever given; 0 before the first."""
        with self._database.read() as tx:
            return int(tx.run(_LAST).fetchone()[0])

    def changes(self, after: int, limit: int) -> list[Change]:
        """Up to `limit` articles whose newest change number is greater than `after`, in ascending order, as they are now."""
        with self._database.read() as tx:
            rows = tx.run(_PAGE, after=after, most=limit).fetchall()
        return list(map(_change, rows))

    def stored(self, until: int) -> int:
        """How many articles have a change number not greater than `until`: what an index with that checkpoint must hold, less its dead letters."""
        with self._database.read() as tx:
            return int(tx.connection.scalar(select(func.count()).where(*_stored(until))) or 0)

    def sample(self, until: int, most: int) -> list[str]:
        """The ids of up to `most` of these articles, by chance."""
        by_chance = select(changes.c.article_id).where(*_stored(until)).order_by(func.random()).limit(most)
        with self._database.read() as tx:
            return list(tx.connection.scalars(by_chance))

    def pending(self, after: int) -> int:
        """How many articles have a change number greater than `after`."""
        with self._database.read() as tx:
            return int(tx.run(_PENDING, after=after).fetchone()[0])

    def checkpoint(self, index_id: str) -> int:
        """Up to which change number the index is complete; 0 for an index that was never delivered to."""
        with self._database.read() as tx:
            found = tx.connection.scalar(select(checkpoints.c.change_no).where(checkpoints.c.index_id == index_id))
            return int(found or 0)

    def backlog(self, index_id: str) -> Backlog:
        """What the index lacks."""
        kept = select(checkpoints.c.change_no, checkpoints.c.problem).where(checkpoints.c.index_id == index_id)
        with self._database.read() as tx:
            row = tx.connection.execute(kept).first()
            after, problem = (row.change_no, row.problem or "") if row else (0, "")
            pending = int(tx.run(_PENDING, after=after).fetchone()[0])
            waiting = tx.run(_WAITING, after=after).fetchone()
            dead = tx.connection.scalar(select(func.count()).where(dead_letters.c.index_id == index_id))
        return Backlog(pending, waiting and moment(waiting[0]), problem, int(dead or 0))

    def set_checkpoint(self, index_id: str, change_no: int) -> None:
        """Move the checkpoint forward; a lower number changes nothing."""
        with self._database.write() as tx:
            row = {"change_no": change_no, "at": micros(clock.now())}
            found = tx.connection.scalar(select(checkpoints.c.change_no).where(checkpoints.c.index_id == index_id))
            if found is None:
                tx.connection.execute(insert(checkpoints).values(index_id=index_id, **row))
            elif change_no > found:
                tx.connection.execute(update(checkpoints).where(checkpoints.c.index_id == index_id).values(row))
            if change_no > (found or 0):
                tx.connection.execute(insert(deliveries).values(index_id=index_id, **row))

    def set_problem(self, index_id: str, problem: str) -> None:
        """Remember why the last delivery left changes pending; empty when it did not."""
        with self._database.write() as tx:
            kept = update(checkpoints).where(checkpoints.c.index_id == index_id).values(problem=plain(problem) or None)
            if not tx.connection.execute(kept).rowcount and problem:
                row = {"change_no": 0, "at": micros(clock.now()), "problem": plain(problem)}
                tx.connection.execute(insert(checkpoints).values(index_id=index_id, **row))

    def forget_index(self, index_id: str) -> None:
        """Remove the checkpoint and the dead letters of an index that was dropped."""
        with self._database.write() as tx:
            for table in (checkpoints, dead_letters, deliveries):
                tx.connection.execute(delete(table).where(table.c.index_id == index_id))

    def renew(self, article_ids: Sequence[str]) -> None:
        """Give the newest changes of these articles new numbers, so that every index takes their present state again."""
        with self._database.write() as tx:
            for article_id in article_ids:
                number = move_change(tx, article_id)
                tx.connection.execute(update(articles).where(articles.c.id == article_id).values(change_no=number))

    def change(self, article_id: str) -> Change | None:
        """The newest change of an article; None for one that there has never been."""
        with self._database.read() as tx:
            row = tx.run(_ONE, of_id=article_id).fetchone()
            return _change(row) if row else None

    def bury(self, index_id: str, delivered: Delivered) -> None:
        """Keep a change that the engine refused, with the engine's reason, in place of an older one of that article."""
        with self._database.write() as tx:
            _unbury(tx, index_id, delivered.article_id)
            tx.connection.execute(
                insert(dead_letters).values(
                    index_id=index_id,
                    article_id=delivered.article_id,
                    change_no=delivered.change_no,
                    error_type=plain(delivered.error_type),
                    reason=plain(delivered.reason),
                    at=micros(clock.now()),
                )
            )

    def dead(self, index_id: str | None = None) -> list[DeadLetter]:
        """The dead letters, of one index or of all, oldest first."""
        wanted = select(dead_letters).order_by(dead_letters.c.at, dead_letters.c.article_id)
        if index_id is not None:
            wanted = wanted.where(dead_letters.c.index_id == index_id)
        with self._database.read() as tx:
            return [
                DeadLetter(row.index_id, row.article_id, row.change_no, row.error_type, row.reason, moment(row.at))
                for row in tx.connection.execute(wanted)
            ]

    def unbury(self, index_id: str, article_id: str) -> bool:
        """Forget a dead letter; whether there was one."""
        with self._database.write() as tx:
            return _unbury(tx, index_id, article_id)


def _stored(until: int) -> tuple[ColumnElement[bool], ...]:
    return changes.c.change_no <= until, changes.c.deleted.is_(False)


def _change(values: Sequence[Any]) -> Change:
    row = dict(zip(_NAMES, values, strict=True))
    return Change(row["number"], row["article_id"], article_from(row) if row["id"] else None)


def _unbury(tx: Transaction, index_id: str, article_id: str) -> bool:
    found = tx.connection.execute(delete(dead_letters).where(dead_letters.c.index_id == index_id, dead_letters.c.article_id == article_id))
    return bool(found.rowcount)


def renumber(tx: Transaction) -> None:
    """Give every change a number above all that were ever given, in the same order, and forget what any index has.

    For a store that went back in time: an index may hold later versions than the store, and must take the store's once more.
    """
    first = tx.connection.scalar(select(func.min(changes.c.change_no))) or 0
    last = tx.connection.scalar(select(counters.c.value).where(counters.c.name == COUNTER))
    shift = max(micros(clock.now()), int(last or 0)) + 1 - first  # no store makes a change each microsecond
    tx.connection.execute(update(changes).values(change_no=changes.c.change_no + shift))
    tx.connection.execute(update(articles).values(change_no=articles.c.change_no + shift))
    tx.connection.execute(update(counters).where(counters.c.name == COUNTER).values(value=counters.c.value + shift))
    tx.connection.execute(update(searches).values(change_no=searches.c.change_no + shift))
    for table in (checkpoints, deliveries, dead_letters):
        tx.connection.execute(delete(table))
