"""What operators decide of sources: whether they are crawled at all, and what is to be done with them now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, exists, insert, select, update

from newsspider import clock
from newsspider.errors import StoreError
from newsspider.items import Outcome
from newsspider.store.database import Part, Transaction
from newsspider.store.rows import MICROSECOND, micros, moment, plain
from newsspider.store.schema import counters, frontier, ledger, requests, runs, schedules, source_states


class SourceState(StrEnum):
    ENABLED = "enabled"
    PAUSED = "paused"  # its schedule rests; it can still be crawled by name, or on request
    DISABLED = "disabled"  # not crawled at all
    RETIRED = "retired"  # as disabled, for good: no notices of it, either; its articles stay


CRAWLED = (SourceState.ENABLED, SourceState.PAUSED)


class Action(StrEnum):
    RUN = "run"  # crawl now, whatever the schedule says
    RETRY = "retry"  # the same, and visit again what failed


@dataclass(slots=True, frozen=True)
class SourceStanding:
    """Who put a source into a state, when, and what they said to it."""

    source: str
    state: SourceState
    note: str
    set_by: str
    at: datetime


@dataclass(slots=True, frozen=True)
class Request:
    """What an operator asked for: it stays until a run of the source that began after it has come to its end."""

    source: str
    action: Action
    asked_by: str
    asked_at: datetime


class Control(Part):
    def standings(self) -> dict[str, SourceStanding]:
        """By source; one that is not named is enabled."""
        with self._database.read() as tx:
            rows = tx.connection.execute(select(source_states).order_by(source_states.c.source))
            return {row.source: SourceStanding(row.source, SourceState(row.state), row.note, row.set_by, moment(row.at)) for row in rows}

    def source_state(self, source: str) -> SourceState:
        """Enabled, where nobody said otherwise."""
        with self._database.read() as tx:
            return _state(tx, source)

    def set_source_state(self, source: str, state: SourceState, by: str, note: str = "") -> None:
        """A source that is not crawled any more loses its requests."""
        row = {"state": state.value, "note": plain(note), "set_by": by, "at": micros(clock.now())}
        with self._database.write() as tx:
            tx.connection.execute(delete(source_states).where(source_states.c.source == source))
            tx.connection.execute(insert(source_states).values(source=source, **row))
            if state not in CRAWLED:
                tx.connection.execute(delete(requests).where(requests.c.source == source))

    def request(self, source: str, action: Action, by: str) -> None:
        """Ask the scheduler for something; asked twice, it is done once. Raises StoreError for a source that is not crawled."""
        with self._database.write() as tx:
            require_crawled(tx, source)
            tx.connection.execute(delete(requests).where(requests.c.source == source, requests.c.action == action.value))
            # Later than every run that has begun, whatever the clocks of machines say: what those do is not this.
            newest = tx.connection.scalar(select(schedules.c.started_at).where(schedules.c.source == source)) or 0
            values = {"source": source, "action": action.value, "asked_by": by, "asked_at": max(micros(clock.now()), newest + 1)}
            tx.connection.execute(insert(requests).values(values))

    def requests(self) -> list[Request]:
        """What was asked for and not done yet, the oldest first."""
        with self._database.read() as tx:
            rows = tx.connection.execute(select(requests).order_by(requests.c.asked_at, requests.c.source, requests.c.action))
            return [Request(row.source, Action(row.action), row.asked_by, moment(row.asked_at)) for row in rows]

    def take_turn(self, name: str, every: timedelta) -> bool:
        """True for one of all processes, once in so long: that one does what `name` stands for."""
        counter = f"turn:{name}"
        with self._database.write() as tx:
            now = micros(clock.now())
            found = tx.connection.scalar(select(counters.c.value).where(counters.c.name == counter))
            if found is None:
                tx.connection.execute(insert(counters).values(name=counter, value=now))
            elif abs(now - found) < every // MICROSECOND:  # one further in the future is of a clock that was set back
                return False
            else:
                tx.connection.execute(update(counters).where(counters.c.name == counter).values(value=now))
            return True


def require_crawled(tx: Transaction, source: str) -> None:
    """Raises StoreError for a source that is not crawled."""
    if (state := _state(tx, source)) not in CRAWLED:
        raise StoreError(f"{source} is {state}; `newsspider sources enable {source}` lets it be crawled again")


def begin_requests(tx: Transaction, source: str, now: int) -> None:
    """A new run begins: all that was asked for is its to do; where that is another try, what failed is due."""
    of_source = requests.c.source == source
    tx.connection.execute(update(requests).where(of_source, requests.c.asked_at > now).values(asked_at=now))  # by a clock ahead of this one
    retry = select(requests.c.source).where(of_source, requests.c.action == Action.RETRY.value)
    if tx.connection.scalar(retry) is None:
        return
    last = (
        select(runs.c.id)
        .where(runs.c.source == source, runs.c.ended_at.is_not(None))
        .order_by(runs.c.started_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    failed = exists().where(ledger.c.run_id == last, ledger.c.url_key == frontier.c.url_key, ledger.c.outcome == Outcome.FAILED.value)
    waits = frontier.c.next_try.is_not(None) & (frontier.c.outcome == Outcome.FAILED.value)
    visited = frontier.c.source == source, frontier.c.state == "done"
    tx.connection.execute(update(frontier).where(*visited, waits | failed).values(next_try=now))


def end_requests(tx: Transaction, source: str, began: int) -> None:
    """A run has come to its end: what was asked for before it began is done."""
    tx.connection.execute(delete(requests).where(requests.c.source == source, requests.c.asked_at <= began))


def _state(tx: Transaction, source: str) -> SourceState:
    found = tx.connection.scalar(select(source_states.c.state).where(source_states.c.source == source))
    return SourceState(found) if found else SourceState.ENABLED
