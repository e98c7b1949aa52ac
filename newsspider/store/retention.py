"""What is kept no longer: old runs with their ledgers, delivered messages, notices that have ended, and, where that is wanted, dead letters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from newsspider.store.changes import Changes, DeadLetter
from newsspider.store.messages import DELIVERED
from newsspider.store.rows import micros
from newsspider.store.schema import dead_letters, deliveries, ledger, messages, notices, runs, schedules

DELIVERIES = timedelta(days=30)  # how long it is known when a change was delivered


@dataclass(slots=True)
class Pruned:
    """How many of each were, or would be, deleted; dead letters are named, so that none goes unseen."""

    runs: int = 0
    ledger_rows: int = 0
    messages: int = 0
    notices: int = 0
    dead_letters: list[DeadLetter] = field(default_factory=list)


class Retention(Changes):
    def prune(
        self,
        now: datetime,
        *,
        runs_for: timedelta | None,
        messages_for: timedelta | None,
        dead_for: timedelta | None,
        dry_run: bool = False,
    ) -> Pruned:
        """Delete what ended, or died, longer ago than these; None keeps everything. Of each source the newest run stays, however old.

        One transaction for each run, so that crawls can write in between.
        """
        done = Pruned()
        if runs_for is not None:
            for run_id in self._old_runs(micros(now - runs_for)):
                done.runs += 1
                done.ledger_rows += self._drop_run(run_id, dry_run=dry_run)
        if messages_for is not None:
            self._drop_told(done, micros(now - messages_for), dry_run=dry_run)
        if dead_for is not None:
            self._drop_dead(done, now - dead_for, dry_run=dry_run)
        if not dry_run:
            with self._database.write() as tx:
                tx.connection.execute(delete(deliveries).where(deliveries.c.at < micros(now - DELIVERIES)))
        return done

    def _old_runs(self, before: int) -> list[str]:
        newest = select(schedules.c.run_id)
        old = select(runs.c.id).where(runs.c.ended_at < before, runs.c.id.not_in(newest)).order_by(runs.c.started_at)
        with self._database.read() as tx:
            return list(tx.connection.scalars(old))

    def _drop_run(self, run_id: str, *, dry_run: bool) -> int:
        """How many ledger rows it had."""
        if dry_run:
            with self._database.read() as tx:
                return int(tx.connection.scalar(select(func.count()).where(ledger.c.run_id == run_id)) or 0)
        with self._database.write() as tx:
            count = tx.connection.execute(delete(ledger).where(ledger.c.run_id == run_id)).rowcount
            tx.connection.execute(delete(runs).where(runs.c.id == run_id))
            return int(count)

    def _drop_told(self, done: Pruned, before: int, *, dry_run: bool) -> None:
        old_messages = (messages.c.state == DELIVERED, messages.c.ended_at < before)
        old_notices = (notices.c.ended_at < before,)
        with self._database.write() as tx:
            done.messages = int(tx.connection.scalar(select(func.count()).where(*old_messages)) or 0)
            done.notices = int(tx.connection.scalar(select(func.count()).where(*old_notices)) or 0)
            if not dry_run:
                tx.connection.execute(delete(messages).where(*old_messages))
                tx.connection.execute(delete(notices).where(*old_notices))

    def _drop_dead(self, done: Pruned, before: datetime, *, dry_run: bool) -> None:
        done.dead_letters = [letter for letter in self.dead() if letter.at < before]
        for letter in () if dry_run else done.dead_letters:
            of_letter = (dead_letters.c.index_id == letter.index_id, dead_letters.c.article_id == letter.article_id)
            with self._database.write() as tx:
                tx.connection.execute(delete(dead_letters).where(*of_letter, dead_letters.c.change_no == letter.change_no))
