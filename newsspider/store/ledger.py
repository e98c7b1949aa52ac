"""The ledger: one row for each address a run was given, with the one outcome it ended in; and what it says of runs."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from newsspider import clock
from newsspider.errors import StoreError
from newsspider.items import Outcome
from newsspider.store.database import Part, Transaction
from newsspider.store.fields import Field, FieldCoverage, Note, degradation
from newsspider.store.owner import Owner, is_live
from newsspider.store.rows import maybe_moment, moment, owner_from, plain
from newsspider.store.schema import ledger, runs

STALE = timedelta(seconds=10)  # a run whose owner was silent for longer can be taken over; owners call every three seconds
RUNNING = "running"
EARLIER = 6  # runs, the present one among them, that a run's coverage is compared in
CHUNK = 500  # runs in one look-up


class LedgerConflict(StoreError):
    """An address that has ended, as `outcome`, was to end otherwise."""

    def __init__(self, message: str, outcome: Outcome) -> None:
        super().__init__(message)
        self.outcome = outcome


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

    `state` is running, or one of `runs.ENDINGS`; `active` is False for a running one whose process is gone. `known` counts
    announcements that gave no work, because the address was known. `retries` counts the requests that were sent again after a
    failure. `reasons` has every address of the run in one of its rows.
    `coverage` counts what its pages had.
    """

    id: str
    source: str
    state: str
    active: bool
    note: Note
    owner: Owner
    started_at: datetime
    heartbeat_at: datetime
    ended_at: datetime | None
    resumed: int
    known: int
    retries: int
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
        message = f"{row[1]} has ended as {row[0]} in run {run_id} already, so it cannot end as {outcome.value}"
        raise LedgerConflict(message, Outcome(row[0]))
    return False


class Ledger(Part):
    def runs(self, source: str | None = None, limit: int = 20) -> list[RunSummary]:
        """The newest runs first."""
        wanted = select(runs).order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(limit)
        if source is not None:
            wanted = wanted.where(runs.c.source == source)
        with self._database.read() as tx:
            return _summaries(tx, tx.connection.execute(wanted).all())

    def newest_runs(self, sources: Sequence[str], each: int) -> dict[str, list[RunSummary]]:
        """The newest runs of each source first, up to `each`."""
        newest_first = func.row_number().over(partition_by=runs.c.source, order_by=(runs.c.started_at.desc(), runs.c.id.desc()))
        ranked = select(runs.c.id, newest_first.label("place")).where(runs.c.source.in_(sources)).subquery()
        wanted = select(runs).join(ranked, ranked.c.id == runs.c.id).where(ranked.c.place <= each).order_by(ranked.c.place)
        found: dict[str, list[RunSummary]] = {source: [] for source in sources}
        with self._database.read() as tx:
            for summary in _summaries(tx, tx.connection.execute(wanted).all()):
                found[summary.source].append(summary)
        return found

    def run(self, run_id: str) -> RunSummary:
        """Raises StoreError when there is no such run."""
        with self._database.read() as tx:
            row = tx.connection.execute(select(runs).where(runs.c.id == run_id)).first()
            if row is None:
                raise StoreError(f"there is no run {run_id}; `newsspider runs list` shows them")
            return _summaries(tx, [row])[0]

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

    def degradation(self, run_id: str) -> Note | None:
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


def _summaries(tx: Transaction, rows: Sequence[Row[Any]]) -> list[RunSummary]:
    reasons, fields = _counted(tx, [row.id for row in rows])
    return [_summary(row, tuple(reasons[row.id]), fields[row.id]) for row in rows]


def _summary(row: Row[Any], reasons: tuple[ReasonCount, ...], fields: dict[Field, int]) -> RunSummary:
    return RunSummary(
        id=row.id,
        source=row.source,
        state=row.state,
        active=row.state == RUNNING and is_live(owner_from(row), moment(row.heartbeat_at), clock.now(), STALE),
        note=Note(row.note, json.loads(row.facts or "{}")),
        owner=owner_from(row),
        started_at=moment(row.started_at),
        heartbeat_at=moment(row.heartbeat_at),
        ended_at=maybe_moment(row.ended_at),
        resumed=row.resumed,
        known=row.known,
        retries=row.retries,
        reasons=reasons,
        coverage=_coverage(reasons, fields),
    )


def _counted(tx: Transaction, run_ids: Sequence[str]) -> tuple[dict[str, list[ReasonCount]], dict[str, dict[Field, int]]]:
    """Of each run how its addresses ended, the most frequent reason first, and which fields its pages had, in one look at the ledger."""
    columns = (ledger.c.run_id, ledger.c.kind, ledger.c.outcome, ledger.c.reason, ledger.c.fields)
    counted = select(*columns, func.count()).group_by(*columns)
    ended: dict[str, dict[tuple[str, str | None, str | None], int]] = defaultdict(lambda: defaultdict(int))
    fields: dict[str, dict[Field, int]] = defaultdict(lambda: defaultdict(int))
    for start in range(0, len(run_ids), CHUNK):
        for run_id, kind, outcome, reason, had, number in tx.connection.execute(
            counted.where(ledger.c.run_id.in_(run_ids[start : start + CHUNK]))
        ):
            ended[run_id][kind, outcome, reason] += number
            if had is not None:
                fields[run_id][Field(had)] += number
    reasons: dict[str, list[ReasonCount]] = defaultdict(list)
    for run_id, counts in ended.items():
        ordered = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][2] or ""))
        reasons[run_id] = [
            ReasonCount(kind, None if outcome is None else Outcome(outcome), reason, number) for (kind, outcome, reason), number in ordered
        ]
    return reasons, fields


def _coverage(reasons: Iterable[ReasonCount], fields: dict[Field, int]) -> FieldCoverage:
    pages = sum(fields.values())
    others = sum(row.count for row in reasons if row.outcome is Outcome.NOT_ARTICLE)
    without = sum(number for had, number in fields.items() if Field.BODY not in had)  # counted among the others, too
    having = [sum(number for had, number in fields.items() if field in had) for field in Field]
    return FieldCoverage(pages + others - without, pages, *having)
