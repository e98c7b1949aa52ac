"""Runs: begun, held by a heartbeat, taken over from a process that is gone, and ended. What came of one is in `ledger`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, case, insert, literal, select, update

from newsspider import clock
from newsspider.errors import RunActive, StoreError
from newsspider.items import Outcome
from newsspider.store.control import begin_requests, end_requests, require_crawled
from newsspider.store.counts import add_totals
from newsspider.store.database import Part, Transaction
from newsspider.store.fields import Note
from newsspider.store.ledger import RUNNING, STALE
from newsspider.store.owner import Owner, is_live
from newsspider.store.rows import micros, moment, owner_from, owner_row, plain, to_json
from newsspider.store.schema import frontier, ledger, runs, schedules

LEFT = "left_for_next_run"  # the reason of what a run had not visited when it ended
NOTHING = Note()
ENDINGS = ("finished", "stopped", "limited", "failed", "degraded")


@dataclass(slots=True, frozen=True)
class Run:
    """A run under way. `resumed` is True when another process had begun it and went silent."""

    id: str
    source: str
    owner: Owner
    started_at: datetime
    resumed: bool


_BEAT = (
    update(runs)
    .where(
        runs.c.id == bindparam("of_run"),
        runs.c.state == RUNNING,
        runs.c.host == bindparam("of_host"),
        runs.c.pid == bindparam("of_pid"),
        runs.c.started == bindparam("of_start"),
    )
    .values(heartbeat_at=bindparam("now"), retries=runs.c.retries + bindparam("more"))
)


def open_rows(source: ColumnElement[str] | str, state: str) -> tuple[ColumnElement[bool], ...]:
    """The conditions on which the frontier's rows of a source that are due, or leased, stand in an index."""
    return frontier.c.source == source, frontier.c.state == state, frontier.c.due_at.is_not(None)


def hold_run(tx: Transaction, run_id: str, owner: Owner, now: int, retries: int = 0) -> None:
    """Renew the heartbeat, and add to the retries. Raises RunActive when the run is no longer this owner's."""
    if not tx.run(_BEAT, of_run=run_id, of_host=owner.host, of_pid=owner.pid, of_start=owner.started, now=now, more=retries).rowcount:
        raise RunActive(
            f"run {run_id} has ended, or was taken over by another process after this one had been silent for {STALE.seconds} s"
        )


class Runs(Part):
    def begin_run(self, source: str, owner: Owner, *, after: str | None = None) -> Run:
        """Start a run of `source`, or go on with its unfinished one when that one's process is gone or silent.

        A new run takes over every address that earlier ones left unvisited or that has to be tried again by now. `after` is the run that was the
        newest when this one was planned ("" for none): when another has begun since, the plan has been done. Raises RunActive, and
        StoreError for a source that operators have disabled or retired.
        """
        with self._database.write() as tx:
            now = clock.now()  # not before the turn to write has come: the run's owner may have called meanwhile
            require_crawled(tx, source)
            if after is not None:
                newest = tx.connection.scalar(select(schedules.c.run_id).where(schedules.c.source == source)) or ""
                if newest != after:
                    raise RunActive(f"{source}: run {newest} has begun in the meantime")
            found = tx.connection.execute(select(runs).where(runs.c.source == source, runs.c.state == RUNNING).with_for_update()).first()
            if found is None:
                return self._new_run(tx, source, owner, now)
            holder = owner_from(found)
            if is_live(holder, moment(found.heartbeat_at), now, STALE):
                raise RunActive(
                    f"{source}: already running, {holder} since {moment(found.started_at):%Y-%m-%d %H:%M:%S} UTC (run {found.id})"
                )
            taken = owner_row(owner) | {"heartbeat_at": micros(now), "resumed": found.resumed + 1}
            tx.connection.execute(update(runs).where(runs.c.id == found.id).values(taken))
            _drop_leases(tx, source)
            return Run(found.id, source, owner, moment(found.started_at), resumed=True)

    def _new_run(self, tx: Transaction, source: str, owner: Owner, now: datetime) -> Run:
        stem = f"{source}-{now:%Y%m%d-%H%M%S}"
        taken = set(tx.connection.scalars(select(runs.c.id).where(runs.c.id.startswith(stem, autoescape=True))))
        run_id = next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)
        row = {
            "id": run_id,
            "source": source,
            "state": RUNNING,
            "note": "",
            "started_at": micros(now),
            "heartbeat_at": micros(now),
            "resumed": 0,
            "known": 0,
            "retries": 0,
        }
        tx.connection.execute(insert(runs).values(row | owner_row(owner)))
        _note_newest(tx, source, run_id, now)
        _drop_leases(tx, source)
        begin_requests(tx, source, micros(now))
        tx.connection.execute(
            update(frontier)
            .where(frontier.c.source == source, frontier.c.next_try <= micros(now))
            .values(state="due", due_at=frontier.c.next_try, next_try=None)
        )
        tx.connection.execute(update(frontier).where(*open_rows(source, "due")).values(run_id=run_id))
        kind = case((frontier.c.discovery_kind.is_(None), "article"), else_="discovery")
        given = select(literal(run_id), frontier.c.url_key, frontier.c.url, kind).where(*open_rows(source, "due"))
        tx.connection.execute(insert(ledger).from_select(["run_id", "url_key", "url", "kind"], given))
        return Run(run_id, source, owner, now, resumed=False)

    def heartbeat(self, run_id: str, owner: Owner, retries: int = 0) -> None:
        """Say that the run's process lives, and how many requests it has sent again since it last said so. Raises RunActive when the run is no longer
        this owner's."""
        with self._database.write(own_rows=True) as tx:
            hold_run(tx, run_id, owner, micros(clock.now()), retries)

    def end_run(self, run_id: str, state: str, note: Note = NOTHING, owner: Owner | None = None) -> None:
        """End a run as finished, stopped, limited (by what it may take), failed or degraded. What it has not visited ends as skipped, and
        stays due for the next run, which a stopped one calls for at once. Raises RunActive when it is no longer the `owner`'s, where one is
        given."""
        if state not in ENDINGS:
            raise ValueError(f"a run cannot end as {state!r}; choose one of {', '.join(ENDINGS)}")
        now = micros(clock.now())
        with self._database.write() as tx:
            found = tx.connection.execute(select(runs.c.source, runs.c.state, runs.c.started_at).where(runs.c.id == run_id)).first()
            if found is None or found.state != RUNNING:
                raise StoreError(f"run {run_id} is not running")
            if owner:
                hold_run(tx, run_id, owner, now)
            tx.connection.execute(
                update(ledger)
                .where(ledger.c.run_id == run_id, ledger.c.outcome.is_(None))
                .values(outcome=Outcome.SKIPPED.value, reason=LEFT, at=now)
            )
            _drop_leases(tx, found.source)
            add_totals(tx, run_id, found.source)
            if state != "stopped":
                end_requests(tx, found.source, found.started_at)
            tx.connection.execute(
                update(runs)
                .where(runs.c.id == run_id)
                .values(state=state, note=plain(note.text), facts=to_json(note.facts), ended_at=now, heartbeat_at=now)
            )


def _note_newest(tx: Transaction, source: str, run_id: str, now: datetime) -> None:
    row = {"run_id": run_id, "started_at": micros(now)}
    if not tx.connection.execute(update(schedules).where(schedules.c.source == source).values(row)).rowcount:
        tx.connection.execute(insert(schedules).values(source=source, **row))


def _drop_leases(tx: Transaction, source: str) -> None:
    tx.connection.execute(update(frontier).where(*open_rows(source, "leased")).values(state="due", leased_until=None, owner=None))
