"""Notices: what operators should know of sources, opened while it holds and ended when it does not any more."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update

from newsspider import clock
from newsspider.store.database import Part, Transaction
from newsspider.store.messages import Receiver, new_message
from newsspider.store.rows import maybe_moment, micros, moment, to_json
from newsspider.store.schema import notices


class NoticeKind(StrEnum):
    SILENT = "silent"  # hardly any articles any more
    LOUD = "loud"  # far more articles than usual
    SOFT_404 = "soft_404"  # one text under many addresses
    DEGRADED = "degraded"  # a field that went missing
    FAILING = "failing"  # runs that end without reading anything
    DEAD_FEED = "dead_feed"  # a discovery page that is not visited any more
    LYING_FEED = "lying_feed"  # one that says that it has not changed, though it has


@dataclass(slots=True, frozen=True)
class Condition:
    """What holds of a source now. `subject` tells it from others of its kind (an address, a run); `facts` are what its text is made of."""

    subject: str
    text: str
    facts: Mapping[str, Any]


@dataclass(slots=True, frozen=True)
class Notice:
    """A condition with its time: `ended_at` is None while it holds."""

    id: str
    kind: NoticeKind
    source: str
    subject: str
    text: str
    facts: Mapping[str, Any]
    first_at: datetime
    last_at: datetime
    ended_at: datetime | None


class Notices(Part):
    def set_notices(self, kind: NoticeKind, source: str, conditions: Sequence[Condition]) -> None:
        """What holds of the source now, all of it: new conditions are opened, known ones brought up to date, others ended; one transaction."""
        now = micros(clock.now())
        open_now = select(notices.c.id, notices.c.subject).where(
            notices.c.kind == kind.value, notices.c.source == source, notices.c.ended_at.is_(None)
        )
        with self._database.write() as tx:
            known = {row.subject: row.id for row in tx.connection.execute(open_now)}
            wanted = {condition.subject: condition for condition in conditions}
            for subject, notice_id in known.items():
                values = _said(wanted[subject]) if subject in wanted else {"ended_at": now}
                tx.connection.execute(update(notices).where(notices.c.id == notice_id).values(values | {"last_at": now}))
            for subject in wanted.keys() - known.keys():
                row = {"id": f"notice_{secrets.token_hex(12)}", "kind": kind.value, "source": source, "subject": subject}
                tx.connection.execute(insert(notices).values(row | _said(wanted[subject]) | {"first_at": now, "last_at": now}))

    def tell_notices(self, messages_of: Callable[[Notice], Sequence[tuple[Receiver, str]]]) -> int:
        """Put messages of every beginning, which has no `ended_at`, and every end that was not told yet into the outbox, one transaction; how many
        of both that were."""
        with self._database.write() as tx:
            begun = [replace(notice, ended_at=None) for notice in _found(tx, notices.c.told_at.is_(None))]
            ended = _found(tx, notices.c.ended_at.is_not(None), notices.c.end_told_at.is_(None))
            for notice in (*begun, *ended):
                event, column = ("_ended", "end_told_at") if notice.ended_at else ("", "told_at")
                for receiver, body in messages_of(notice):
                    new_message(tx, f"{notice.id}{event}_{receiver.channel}", receiver, body)
                tx.connection.execute(update(notices).where(notices.c.id == notice.id).values({column: micros(clock.now())}))
        return len(begun) + len(ended)

    def notices(self, source: str | None = None, *, ended: bool = True, limit: int = 200) -> list[Notice]:
        """Of one source or of all: those that hold first, then those that have ended (unless `ended` is False), the newest first."""
        wanted = select(notices).order_by(notices.c.ended_at.is_not(None), notices.c.first_at.desc(), notices.c.id).limit(limit)
        if source is not None:
            wanted = wanted.where(notices.c.source == source)
        if not ended:
            wanted = wanted.where(notices.c.ended_at.is_(None))
        with self._database.read() as tx:
            return [_notice(row) for row in tx.connection.execute(wanted)]


def _found(tx: Transaction, *conditions: ColumnElement[bool]) -> list[Notice]:
    return [_notice(row) for row in tx.connection.execute(select(notices).where(*conditions))]


def _said(condition: Condition) -> dict[str, Any]:
    return {"text": condition.text, "facts": to_json(condition.facts)}


def _notice(row: Row[Any]) -> Notice:
    first, last, ended = moment(row.first_at), moment(row.last_at), maybe_moment(row.ended_at)
    return Notice(row.id, NoticeKind(row.kind), row.source, row.subject, row.text, json.loads(row.facts), first, last, ended)
