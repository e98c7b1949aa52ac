"""When a source is due next, pure: its schedule, its newest run and the clock decide."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from newsspider.sources import Source
from newsspider.store import LastRun

UNTIL_LEARNED = timedelta(hours=1)
APART = timedelta(seconds=10)  # machines' clocks may be, as far as they agree


def due_at(source: Source, last: LastRun | None, now: datetime) -> datetime:
    """From when on the source is to be crawled; aware, `now` for at once.

    However many times were missed, there is one run, which is then the newest. At once is also when there was no run yet, when the newest was
    cut off, and when it lies in the future: the clock was set back since.
    """
    if last is None or last.state in ("stopped", "running") or last.started_at > now + APART:
        return now
    schedule = source.schedule
    if schedule.cron:
        return next(CronSim(schedule.cron, last.started_at.astimezone(ZoneInfo(source.timezone))))
    shortest, longest = schedule.limits
    learned = min(max(last.learned_interval or UNTIL_LEARNED, shortest), longest)
    return last.started_at + (schedule.interval or learned)
