"""Counts that only grow, for metrics: how every address of every run ended, and how often one was asked for again. They outlive the runs and
ledgers that they were counted from."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import func, insert, literal, select, update

from newsspider import clock
from newsspider.items import Outcome
from newsspider.store.database import Part, Transaction
from newsspider.store.ledger import RUNNING
from newsspider.store.rows import micros
from newsspider.store.schema import frontier, ledger, outcome_totals, runs, schedules

REQUEST, RETRIED = "request", "retried"  # under which retries are counted beside the outcomes of addresses


class Ended(NamedTuple):
    """How many addresses of a kind (article, discovery) of a source ended with an outcome, ever."""

    source: str
    kind: str
    outcome: str
    number: int


class Counts(Part):
    def outcome_counts(self) -> list[Ended]:
        """Over all runs, those under way included."""
        group = (runs.c.source, ledger.c.kind, ledger.c.outcome)
        counted = select(*group, func.count()).join(ledger, ledger.c.run_id == runs.c.id).group_by(*group)
        with self._database.read() as tx:
            kept = select(outcome_totals).where(outcome_totals.c.kind != REQUEST)
            counts = {(row.source, row.kind, row.outcome): int(row.number) for row in tx.connection.execute(kept)}
            under_way = counted.where(runs.c.state == RUNNING, ledger.c.outcome.is_not(None))
            for source, kind, outcome, number in tx.connection.execute(under_way):
                counts[source, kind, outcome] = counts.get((source, kind, outcome), 0) + int(number)
        return [Ended(*key, number) for key, number in sorted(counts.items())]

    def retry_counts(self) -> dict[str, int]:
        """How many requests of each source were sent again, over all runs."""
        ended = select(outcome_totals.c.source, outcome_totals.c.number).where(outcome_totals.c.kind == REQUEST)
        under_way = select(runs.c.source, runs.c.retries).where(runs.c.state == RUNNING)
        counts: dict[str, int] = {}
        with self._database.read() as tx:
            for source, number in (*tx.connection.execute(ended), *tx.connection.execute(under_way)):
                counts[source] = counts.get(source, 0) + int(number)
        return counts

    def waiting_to_retry(self) -> dict[str, int]:
        """How many addresses of each source failed and wait for another try."""
        wanted = select(frontier.c.source, func.count()).where(frontier.c.next_try.is_not(None), frontier.c.outcome == Outcome.FAILED.value)
        with self._database.read() as tx:
            found = tx.connection.execute(wanted.group_by(frontier.c.source))
            return {str(source): int(number) for source, number in found}

    def seconds_since_runs(self) -> dict[str, float]:
        """How many seconds ago the newest finished or degraded run of each source ended."""
        of_source = runs.c.source == schedules.c.source, runs.c.state.in_(["finished", "degraded"])
        # By its index: a year has millions of runs.
        newest = select(runs.c.ended_at).where(*of_source).order_by(runs.c.started_at.desc()).limit(1)
        now = micros(clock.now())
        with self._database.read() as tx:
            found = tx.connection.execute(select(schedules.c.source, newest.scalar_subquery()))
            return {str(source): (now - int(at)) / 1e6 for source, at in found if at is not None}


def add_totals(tx: Transaction, run_id: str, source: str) -> None:
    """A run has ended: its ledger and its retries are counted for good."""
    group = (ledger.c.kind, ledger.c.outcome)
    ended = select(*group, func.count()).where(ledger.c.run_id == run_id, ledger.c.outcome.is_not(None)).group_by(*group)
    retries = select(literal(REQUEST), literal(RETRIED), runs.c.retries).where(runs.c.id == run_id, runs.c.retries > 0)
    for kind, outcome, number in (*tx.connection.execute(ended), *tx.connection.execute(retries)):
        key = (outcome_totals.c.source == source, outcome_totals.c.kind == kind, outcome_totals.c.outcome == outcome)
        more = update(outcome_totals).where(*key).values(number=outcome_totals.c.number + number)
        if not tx.connection.execute(more).rowcount:
            tx.connection.execute(insert(outcome_totals).values(source=source, kind=kind, outcome=outcome, number=number))
