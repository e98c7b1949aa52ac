"""The outbox: messages to webhooks and mailboxes, kept until they are delivered or dead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from newsspider import clock
from newsspider.store.database import Part, Transaction
from newsspider.store.rows import maybe_micros, maybe_moment, micros, moment, plain
from newsspider.store.schema import messages

PENDING, DELIVERED, DEAD = "pending", "delivered", "dead"


@dataclass(slots=True, frozen=True)
class OutgoingMessage:
    """`channel` is webhook or mail; it goes to the webhook of the search with `search_id`, or, without one, to the operators.

    `attempts` counts those made; `error` says why the last one failed.
    """

    id: str
    channel: str
    search_id: str | None
    body: str
    state: str
    attempts: int
    next_try: datetime | None
    error: str
    created_at: datetime


def new_message(tx: Transaction, message_id: str, channel: str, body: str, search_id: str | None = None) -> None:
    now = micros(clock.now())
    values = {"id": message_id, "channel": channel, "search_id": search_id, "body": plain(body), "created_at": now, "next_try": now}
    tx.connection.execute(insert(messages).values(values | {"state": PENDING, "attempts": 0, "error": ""}))


class Messages(Part):
    def due_messages(self, limit: int) -> list[OutgoingMessage]:
        """Pending messages whose time has come, the longest waiting first."""
        wanted = select(messages).where(messages.c.next_try <= micros(clock.now())).order_by(messages.c.next_try, messages.c.id)
        with self._database.read() as tx:
            return [_message(row) for row in tx.connection.execute(wanted.limit(limit))]

    def messages(self, state: str, limit: int = 100) -> list[OutgoingMessage]:
        """The newest messages that are pending, delivered or dead."""
        wanted = select(messages).where(messages.c.state == state).order_by(messages.c.created_at.desc(), messages.c.id).limit(limit)
        with self._database.read() as tx:
            return [_message(row) for row in tx.connection.execute(wanted)]

    def delivered(self, message_id: str) -> None:
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
        row.id, row.channel, row.search_id, row.body, row.state, row.attempts, maybe_moment(row.next_try), row.error, moment(row.created_at)
    )
