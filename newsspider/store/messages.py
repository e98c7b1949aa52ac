"""The outbox: messages to webhooks and mailboxes, kept until they are delivered or dead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from newsspider import clock
from newsspider.store.database import Part, Transaction
from newsspider.store.rows import maybe_micros, maybe_moment, micros, moment, plain
from newsspider.store.schema import messages

PENDING, DELIVERED, DEAD = "pending", "delivered", "dead"


class Receiver(NamedTuple):
    """`channel` is webhook or mail: that of the search with this id, or, without one, of the operators."""

    channel: str
    search_id: str | None


@dataclass(slots=True, frozen=True)
class OutgoingMessage:
    """`attempts` counts those made; `error` says why the last one failed."""

    id: str
    receiver: Receiver
    body: str
    state: str
    attempts: int
    next_try: datetime | None
    error: str
    created_at: datetime


def new_message(tx: Transaction, message_id: str, receiver: Receiver, body: str) -> None:
    """Put a message into the outbox, due at once."""
    now = micros(clock.now())
    values = {"id": message_id, **receiver._asdict(), "body": plain(body), "created_at": now, "next_try": now}
    tx.connection.execute(insert(messages).values(values | {"state": PENDING, "attempts": 0, "error": ""}))


def _is_due() -> ColumnElement[bool]:
    return messages.c.next_try <= micros(clock.now())


class Messages(Part):
    def due_receivers(self) -> list[Receiver]:
        """To whom messages are due."""
        wanted = select(messages.c.channel, messages.c.search_id).where(_is_due()).distinct()
        with self._database.read() as tx:
            return [Receiver(*row) for row in tx.connection.execute(wanted)]

    def due_messages(self, receiver: Receiver, limit: int) -> list[OutgoingMessage]:
        """The receiver's pending messages whose time has come, the longest waiting first."""
        wanted = select(messages).where(_is_due(), messages.c.channel == receiver.channel, messages.c.search_id == receiver.search_id)
        with self._database.read() as tx:
            return [_message(row) for row in tx.connection.execute(wanted.order_by(messages.c.next_try, messages.c.id).limit(limit))]

    def messages(self, state: str, limit: int = 100) -> list[OutgoingMessage]:
        """The newest messages that are pending, delivered or dead."""
        wanted = select(messages).where(messages.c.state == state).order_by(messages.c.created_at.desc(), messages.c.id).limit(limit)
        with self._database.read() as tx:
            return [_message(row) for row in tx.connection.execute(wanted)]

    def message_counts(self) -> dict[str, int]:
        """How many messages are pending, delivered and dead."""
        with self._database.read() as tx:
            counted = tx.connection.execute(select(messages.c.state, func.count()).group_by(messages.c.state))
            return {str(state): int(number) for state, number in counted}

    def delivered(self, message_id: str) -> None:
        """The receiver has taken it."""
        self._attempted(message_id, DELIVERED, "", None)

    def not_delivered(self, message_id: str, error: str, next_try: datetime | None) -> None:
        """An attempt failed; without a next one the message is dead."""
        self._attempted(message_id, PENDING if next_try else DEAD, error, next_try)

    def retry_messages(self, message_id: str | None = None) -> int:
        """Make a dead message, or every one, due again with all its attempts; how many there were."""
        revived = update(messages).where(messages.c.state == DEAD)
        if message_id is not None:
            revived = revived.where(messages.c.id == message_id)
        with self._database.write() as tx:
            now = micros(clock.now())
            return int(tx.connection.execute(revived.values(state=PENDING, attempts=0, next_try=now, ended_at=None)).rowcount)

    def _attempted(self, message_id: str, state: str, error: str, next_try: datetime | None) -> None:
        ended_at = None if state == PENDING else micros(clock.now())
        values = {"state": state, "error": plain(error), "next_try": maybe_micros(next_try), "ended_at": ended_at}
        with self._database.write() as tx:
            tx.connection.execute(
                update(messages).where(messages.c.id == message_id).values(values | {"attempts": messages.c.attempts + 1})
            )


def _message(row: Row[Any]) -> OutgoingMessage:
    return OutgoingMessage(
        row.id,
        Receiver(row.channel, row.search_id),
        row.body,
        row.state,
        row.attempts,
        maybe_moment(row.next_try),
        row.error,
        moment(row.created_at),
    )
