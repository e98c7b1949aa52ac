"""Runs and their ledger: one row for each address a run was given, with the one outcome it ended in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, case, func, insert, literal, select, update

from newsspider import clock
from newsspider.errors import RunActive, StoreError
from newsspider.items import Outcome
from newsspider.store.control import begin_requests, end_requests, require_crawled
from newsspider.store.counts import add_totals
from newsspider.store.database import Part, Transaction
from newsspider.store.fields import Field, FieldCoverage, degradation
from newsspider.store.owner import Owner, is_live
from newsspider.store.rows import maybe_moment, micros, moment, plain
from newsspider.store.schema import frontier, ledger, runs, schedules

STALE = timedelta(seconds=10)  # a run whose owner was silent for longer can be taken over; owners call every three seconds
RUNNING = "running"
LEFT = "left_for_next_run"  # the reason of what a run had not visited when it ended
EARLIER = 6  # runs, the present one among them, that a run's coverage is compared in
ENDINGS = ("finished", "stopped", "limited", "failed", "degraded")


class LedgerConflict(StoreError):
    """An address that has ended was to end otherwise."""


@dataclass(slots=True, frozen=True)
class Run:
    """A run under way. `resumed` is True when another process had begun it and went silent."""

    id: str
    source: str
    owner: Owner
    started_at: datetime
    resumed: bool


@dataclass(slots=True, frozen=True)
class ReasonCount:
    """How many addresses of a kind (article, discovery) ended so; outcome and reason are None for those that have not ended."""

    kind: str
    outcome: Outcome | None
    reason: str | None
    count: int


@dataclass(slots=True, frozen=True)
class RunSummary:
    """What became of a run.

    `state` is running, finished, stopped, failed or degraded; `active` is False for a running one whose process is gone. `known` counts
    announcements that gave no work, because the address was known. `reasons` has every address of the run in one of its rows.
    `coverage` counts what its pages had.
    """

    id: str
    source: str
    state: str
    active: bool
    note: str
    owner: Owner
    started_at: datetime
    heartbeat_at: datetime
    ended_at: datetime | None
    resumed: int
    known: int
    reasons: tuple[ReasonCount, ...]
    coverage: FieldCoverage

    @property
    def outcomes(self) -> dict[Outcome, int]:
        """Of the article addresses."""
        return self._outcomes("article")

    @property
    def discovery(self) -> dict[Outcome, int]:
        """Outcomes of the discovery pages."""
        return self._outcomes("discovery")

    @property
    def open(self) -> int:
        """Article addresses without an outcome yet."""
        return sum(row.count for row in self.reasons if row.outcome is None and row.kind == "article")

    @property
    def discovered(self) -> int:
        """Article addresses that the run was given: those of all outcomes and the open ones."""
        return sum(row.count for row in self.reasons if row.kind == "article")

    def _outcomes(self, kind: str) -> dict[Outcome, int]:
        counts = {outcome: sum(row.count for row in self.reasons if row.kind == kind and row.outcome is outcome) for outcome in Outcome}
        return {outcome: count for outcome, count in counts.items() if count}


@dataclass(slots=True, frozen=True)
class LedgerRow:
    """`outcome`, `reason` and `at` are None until the address has ended."""

    url: str
    kind: str
    outcome: Outcome | None
    reason: str | None
    at: datetime | None
    article_id: str | None


_END = (
    update(ledger)
    .where(ledger.c.run_id == bindparam("of_run"), ledger.c.url_key == bindparam("of_key"), ledger.c.outcome.is_(None))
    .values(
        outcome=bindparam("ended"), reason=bindparam("why"), at=bindparam("now"), article_id=bindparam("stored_as"), fields=bindparam("had")
    )
)
_ENDED = select(ledger.c.outcome, ledger.c.url).where(ledger.c.run_id == bindparam("of_run"), ledger.c.url_key == bindparam("of_key"))
_OPEN = select(func.count()).where(ledger.c.run_id == bindparam("of_run"), ledger.c.outcome.is_(None))
_BEAT = (
    update(runs)
    .where(
        runs.c.id == bindparam("of_run"),
        runs.c.state == RUNNING,
        runs.c.host == bindparam("of_host"),
        runs.c.pid == bindparam("of_pid"),
        runs.c.started == bindparam("of_start"),
    )
    .values(heartbeat_at=bindparam("now"))
)


def open_rows(source: ColumnElement[str] | str, state: str) -> tuple[ColumnElement[bool], ...]:
    """The conditions on which the frontier's rows of a source that are due, or leased, stand in an index."""
    return frontier.c.source == source, frontier.c.state == state, frontier.c.due_at.is_not(None)


def end_row(
    tx: Transaction, run_id: str, key: str, outcome: Outcome, reason: str, now: int, article_id: str | None, fields: Field | None
) -> bool:
    """Give a ledger row its outcome. False: it had this one already. Raises LedgerConflict when it had another, StoreError for no such row."""
    done = tx.run(_END, of_run=run_id, of_key=key, ended=outcome.value, why=plain(reason), now=now, stored_as=article_id, had=fields)
    if done.rowcount:
        return True
    row = tx.run(_ENDED, of_run=run_id, of_key=key).fetchone()
    if row is None:
        raise StoreError(f"run {run_id} was never given the address with key {key}, so it cannot end as {outcome.value}")
    if row[0] != outcome:
        raise LedgerConflict(f"{row[1]} has ended as {row[0]} in run {run_id} already, so it cannot end as {outcome.value}")
    return False


def hold_run(tx: Transaction, run_id: str, owner: Owner, now: int) -> None:
    """Renew the heartbeat. Raises RunActive when the run is no longer this owner's."""
    if not tx.run(_BEAT, of_run=run_id, of_host=owner.host, of_pid=owner.pid, of_start=owner.started, now=now).rowcount:
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
        now = clock.now()
        with self._database.write() as tx:
            require_crawled(tx, source)
            if after is not None:
                newest = tx.connection.scalar(select(schedules.c.run_id).where(schedules.c.source == source)) or ""
                if newest != after:
                    raise RunActive(f"{source}: run {newest} has begun in the meantime")
            found = tx.connection.execute(select(runs).where(runs.c.source == source, runs.c.state == RUNNING)).first()
            if found is None:
                return self._new_run(tx, source, owner, now)
            holder = _owner(found)
            if is_live(holder, moment(found.heartbeat_at), now, STALE):
                raise RunActive(
                    f"{source}: already running, {holder} since {moment(found.started_at):%Y-%m-%d %H:%M:%S} UTC (run {found.id})"
                )
            taken = _owner_row(owner) | {"heartbeat_at": micros(now), "resumed": found.resumed + 1}
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
        }
        tx.connection.execute(insert(runs).values(row | _owner_row(owner)))
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

    def heartbeat(self, run_id: str, owner: Owner) -> None:
        """Say that the run's process lives. Raises RunActive when the run is no longer this owner's."""
        with self._database.write(own_rows=True) as tx:
            hold_run(tx, run_id, owner, micros(clock.now()))

    def end_run(self, run_id: str, state: str, note: str = "") -> None:
        """End a run as finished, stopped, limited (by what it may take), failed or degraded. What it has not visited ends as skipped, and stays due for
        the next run, which a stopped one calls for at once."""
        if state not in ENDINGS:
            raise ValueError(f"a run cannot end as {state!r}; choose one of {', '.join(ENDINGS)}")
        now = micros(clock.now())
        with self._database.write() as tx:
            found = tx.connection.execute(select(runs.c.source, runs.c.state, runs.c.started_at).where(runs.c.id == run_id)).first()
            if found is None or found.state != RUNNING:
                raise StoreError(f"run {run_id} is not running")
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
                update(runs).where(runs.c.id == run_id).values(state=state, note=plain(note), ended_at=now, heartbeat_at=now)
            )

    def runs(self, source: str | None = None, limit: int = 20) -> list[RunSummary]:
        """The newest runs first."""
        wanted = select(runs).order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(limit)
        if source is not None:
            wanted = wanted.where(runs.c.source == source)
        with self._database.read() as tx:
            return [_summary(tx, row) for row in tx.connection.execute(wanted)]

    def run(self, run_id: str) -> RunSummary:
        """Raises StoreError when there is no such run."""
        with self._database.read() as tx:
            row = tx.connection.execute(select(runs).where(runs.c.id == run_id)).first()
            if row is None:
                raise StoreError(f"there is no run {run_id}; `newsspider runs list` shows them")
            return _summary(tx, row)

    def ledger(self, run_id: str, outcome: Outcome | None = None, limit: int | None = None) -> list[LedgerRow]:
        """The rows of a run in the order they ended, open ones first."""
        wanted = select(ledger).where(ledger.c.run_id == run_id).order_by(ledger.c.at.nulls_first(), ledger.c.url_key).limit(limit)
        if outcome is not None:
            wanted = wanted.where(ledger.c.outcome == outcome.value)
        with self._database.read() as tx:
            return [
                LedgerRow(row.url, row.kind, row.outcome and Outcome(row.outcome), row.reason, maybe_moment(row.at), row.article_id)
                for row in tx.connection.execute(wanted)
            ]

    def degradation(self, run_id: str) -> str | None:
        """What suddenly went missing in the run's pages, in itself or against the source's earlier runs; None when nothing did."""
        run = self.run(run_id)
        earlier = [past.coverage for past in self.runs(run.source, limit=EARLIER) if past.id != run_id and past.started_at < run.started_at]
        wanted = select(ledger.c.fields).where(ledger.c.run_id == run_id, ledger.c.fields.is_not(None)).order_by(ledger.c.at)
        with self._database.read() as tx:
            return degradation([Field(fields) for fields in tx.connection.scalars(wanted)], run.coverage, earlier)

    def waiting(self, run_id: str) -> int:
        """How many addresses of the run have no outcome yet."""
        with self._database.read() as tx:
            return int(tx.run(_OPEN, of_run=run_id).fetchone()[0])


def _note_newest(tx: Transaction, source: str, run_id: str, now: datetime) -> None:
    row = {"run_id": run_id, "started_at": micros(now)}
    if not tx.connection.execute(update(schedules).where(schedules.c.source == source).values(row)).rowcount:
        tx.connection.execute(insert(schedules).values(source=source, **row))


def _drop_leases(tx: Transaction, source: str) -> None:
    tx.connection.execute(update(frontier).where(*open_rows(source, "leased")).values(state="due", leased_until=None, owner=None))


def _owner_row(owner: Owner) -> dict[str, Any]:
    return {"host": owner.host, "pid": owner.pid, "started": owner.started}


def _owner(row: Row[Any]) -> Owner:
    return Owner(row.host, row.pid, row.started)


def _summary(tx: Transaction, row: Row[Any]) -> RunSummary:
    columns = (ledger.c.kind, ledger.c.outcome, ledger.c.reason)
    count = func.count().label("number")
    counted = (
        select(*columns, count).where(ledger.c.run_id == row.id).group_by(*columns).order_by(ledger.c.kind, count.desc(), ledger.c.reason)
    )
    reasons = tuple(
        ReasonCount(found.kind, found.outcome and Outcome(found.outcome), found.reason, found.number)
        for found in tx.connection.execute(counted)
    )
    return RunSummary(
        id=row.id,
        source=row.source,
        state=row.state,
        active=row.state == RUNNING and is_live(_owner(row), moment(row.heartbeat_at), clock.now(), STALE),
        note=row.note,
        owner=_owner(row),
        started_at=moment(row.started_at),
        heartbeat_at=moment(row.heartbeat_at),
        ended_at=maybe_moment(row.ended_at),
        resumed=row.resumed,
        known=row.known,
        reasons=reasons,
        coverage=_coverage(tx, row.id, reasons),
    )


def _coverage(tx: Transaction, run_id: str, reasons: Iterable[ReasonCount]) -> FieldCoverage:
    counted = select(ledger.c.fields, func.count()).where(ledger.c.run_id == run_id, ledger.c.fields.is_not(None)).group_by(ledger.c.fields)
    counts = [(Field(fields), number) for fields, number in tx.connection.execute(counted)]
    pages = sum(number for _, number in counts)
    others = sum(row.count for row in reasons if row.outcome is Outcome.NOT_ARTICLE)
    without = sum(number for fields, number in counts if Field.BODY not in fields)  # counted among the others, too
    having = [sum(number for fields, number in counts if field in fields) for field in Field]
    return FieldCoverage(pages + others - without, pages, *having)
