"""The history of one address: every visit, and where it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from newsspider.items import Outcome
from newsspider.store.database import Part
from newsspider.store.rows import maybe_moment, moment
from newsspider.store.schema import addresses, alerts, changes, checkpoints, dead_letters, deliveries, frontier, ledger, runs, searches
from newsspider.urls import url_key


@dataclass(slots=True, frozen=True)
class Visit:
    """What a run made of an address; `outcome` is None while that is open."""

    run_id: str
    source: str
    began_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None
    reason: str | None
    article_id: str | None


@dataclass(slots=True, frozen=True)
class Waiting:
    """An address's row in the frontier: `state` is due, leased or done; `next_try` is when a later run visits it again."""

    url: str
    source: str
    state: str
    attempts: int
    due_at: datetime | None
    next_try: datetime | None
    found_on: str | None
    etag: str | None
    last_modified: str | None


@dataclass(slots=True, frozen=True)
class IndexState:
    """Where a change stands with an index: `delivered_at` is None where that is not known any more; `refused` is the engine's reason."""

    index_id: str
    delivered: bool
    delivered_at: datetime | None
    refused: str | None


@dataclass(slots=True, frozen=True)
class Told:
    """A saved search that an article was found for."""

    search: str
    owner: str
    at: datetime


class History(Part):
    def visits(self, url: str) -> list[Visit]:
        """The oldest first. Raises ValueError for what is no web address."""
        wanted = (
            select(runs.c.id, runs.c.source, runs.c.started_at, ledger.c.at, ledger.c.outcome, ledger.c.reason, ledger.c.article_id)
            .join(ledger, ledger.c.run_id == runs.c.id)
            .where(ledger.c.url_key == url_key(url))
            .order_by(runs.c.started_at)
        )
        with self._database.read() as tx:
            return [
                Visit(id_, source, moment(began), maybe_moment(at), outcome and Outcome(outcome), reason, article_id)
                for id_, source, began, at, outcome, reason, article_id in tx.connection.execute(wanted)
            ]

    def waiting_row(self, url: str) -> Waiting | None:
        """Raises ValueError for what is no web address."""
        with self._database.read() as tx:
            row = tx.connection.execute(select(frontier).where(frontier.c.url_key == url_key(url))).first()
        if row is None:
            return None
        times = maybe_moment(row.due_at), maybe_moment(row.next_try)
        return Waiting(row.url, row.source, row.state, row.attempts, *times, row.found_on, row.etag, row.last_modified)

    def article_id_at(self, url: str) -> str | None:
        """The id of the article that this address has, or had before it was deleted. Raises ValueError for what is no web address."""
        with self._database.read() as tx:
            found = tx.connection.scalar(select(addresses.c.article_id).where(addresses.c.url_key == url_key(url)))
            return str(found) if found else None

    def index_states(self, article_id: str) -> list[IndexState]:
        """Where the newest change of an article stands with each index."""
        with self._database.read() as tx:
            number = tx.connection.scalar(select(changes.c.change_no).where(changes.c.article_id == article_id)) or 0
            refused = select(dead_letters.c.index_id, dead_letters.c.error_type, dead_letters.c.reason)
            dead = {
                row.index_id: f"{row.error_type}: {row.reason}"
                for row in tx.connection.execute(refused.where(dead_letters.c.article_id == article_id))
            }
            states = []
            for index_id, upto in tx.connection.execute(select(checkpoints.c.index_id, checkpoints.c.change_no)).all():
                of_index = deliveries.c.index_id == index_id, deliveries.c.change_no >= number
                first = select(deliveries.c.at).where(*of_index).order_by(deliveries.c.change_no).limit(1)
                at = maybe_moment(tx.connection.scalar(first))
                states.append(IndexState(index_id, upto >= number, at, dead.get(index_id)))
            return states

    def told_of(self, article_id: str) -> list[Told]:
        """The saved searches that the article was found for."""
        wanted = select(searches.c.name, searches.c.owner, alerts.c.found_at).join(alerts, alerts.c.search_id == searches.c.id)
        with self._database.read() as tx:
            rows = tx.connection.execute(wanted.where(alerts.c.article_id == article_id).order_by(alerts.c.found_at))
            return [Told(name, owner, moment(at)) for name, owner, at in rows]
