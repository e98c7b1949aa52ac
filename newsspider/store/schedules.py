"""What schedules go by: the newest run of each source, when its articles came, and the interval learned from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from newsspider import clock
from newsspider.store.database import Part
from newsspider.store.ledger import RUNNING, STALE
from newsspider.store.owner import Owner, is_live
from newsspider.store.rows import MICROSECOND, micros, moment
from newsspider.store.schema import articles, runs, schedules

MOST_ARRIVALS = 5000


@dataclass(slots=True, frozen=True)
class LastRun:
    """The newest run of a source. `state` is empty when the run itself is kept no more; `active` is True while its process lives."""

    run_id: str
    started_at: datetime
    state: str
    active: bool
    learned_interval: timedelta | None


class Schedules(Part):
    def last_runs(self) -> dict[str, LastRun]:
        """By source, for those that were ever crawled."""
        now = clock.now()
        owner = (runs.c.host, runs.c.pid, runs.c.started)
        wanted = select(schedules, runs.c.state, runs.c.heartbeat_at, *(column.label(f"run_{column.name}") for column in owner))
        with self._database.read() as tx:
            found = tx.connection.execute(wanted.outerjoin(runs, runs.c.id == schedules.c.run_id)).all()
        return {
            row.source: LastRun(
                row.run_id,
                moment(row.started_at),
                row.state or "",
                row.state == RUNNING and is_live(Owner(row.run_host, row.run_pid, row.run_started), moment(row.heartbeat_at), now, STALE),
                None if row.learned_interval is None else row.learned_interval * MICROSECOND,
            )
            for row in found
        }

    def set_learned_interval(self, source: str, interval: timedelta) -> None:
        """Keep what a run taught, for planning the next one."""
        with self._database.write(own_rows=True) as tx:
            tx.connection.execute(update(schedules).where(schedules.c.source == source).values(learned_interval=interval // MICROSECOND))

    def arrivals(self, source: str, since: datetime) -> Sequence[datetime]:
        """When the articles first seen since then were published, or seen where that is not known; the newest MOST_ARRIVALS of them."""
        came = func.coalesce(articles.c.published_at, articles.c.first_seen_at)
        wanted = (
            select(came)
            .where(articles.c.source == source, articles.c.first_seen_at >= micros(since), came >= micros(since))
            .order_by(articles.c.first_seen_at.desc())
            .limit(MOST_ARRIVALS)
        )
        with self._database.read() as tx:
            return [moment(found) for found in tx.connection.scalars(wanted)]
