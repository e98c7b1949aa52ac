"""Which sources are to be crawled, as the store says it now. Any number of processes may plan from it: a planned run is begun once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from newsspider.planning.triggers import due_at
from newsspider.sources import Source
from newsspider.store import LastRun, SourceState, Store


@dataclass(slots=True, frozen=True)
class Planned:
    """When a source is crawled next. `due_at` is None while its schedule rests, `asked` says that an operator wants it now."""

    source: Source
    last: LastRun | None
    due_at: datetime | None
    asked: bool
    state: SourceState

    @property
    def active(self) -> bool:
        """Whether it is being crawled now."""
        return self.last is not None and self.last.active

    @property
    def after(self) -> str:
        """For `Store.begin_run`: the run that was the newest when this was planned."""
        return self.last.run_id if self.last else ""

    def is_due(self, now: datetime) -> bool:
        return not self.active and (self.asked or (self.due_at is not None and self.due_at <= now))


def plan(store: Store, sources: Iterable[Source], now: datetime) -> list[Planned]:
    """Every source, those first that are due longest; what rests comes last."""
    asked = {request.source for request in store.requests()}
    states = {name: standing.state for name, standing in store.standings().items()}
    last = store.last_runs()
    planned = []
    for source in sources:
        state = states.get(source.name, SourceState.ENABLED)
        newest = last.get(source.name)
        due = due_at(source, newest, now) if state is SourceState.ENABLED else None
        planned.append(Planned(source, newest, due, source.name in asked, state))
    return sorted(planned, key=lambda item: (not item.asked, item.due_at is None, item.due_at or now, _waited(item, now), item.source.name))


def _waited(item: Planned, now: datetime) -> datetime:
    return item.last.started_at if item.last else now
