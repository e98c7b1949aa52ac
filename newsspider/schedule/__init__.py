"""Which source is due: the sources' `schedule.every` against the starts of their last runs, and what operators say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from newsspider.sources import Source
from newsspider.store import RunSummary, SourceState, Store


def is_due(source: Source, last: RunSummary | None, now: datetime) -> bool:
    """True when the source was never visited, its last run was cut off, or its interval has passed since that run began."""
    if last is None or last.state in ("stopped", "running"):
        return True
    return now >= last.started_at + timedelta(seconds=source.schedule.seconds)


def due_sources(store: Store, sources: Sequence[Source], now: datetime) -> list[Source]:
    """The sources to visit now, the longest waiting first. A run that is still active refuses a second one by itself.

    One that an operator asked for is due whatever its schedule says; the schedule of any other than an enabled one rests.
    """
    asked = {request.source for request in store.requests()}
    resting = {name for name, standing in store.standings().items() if standing.state is not SourceState.ENABLED}
    last = {source.name: next(iter(store.runs(source=source.name, limit=1)), None) for source in sources}
    due = [source for source in sources if source.name in asked or (source.name not in resting and is_due(source, last[source.name], now))]
    return sorted(due, key=lambda source: (run.started_at.timestamp() if (run := last[source.name]) else 0.0, source.name))
