"""How things stand: each source with its runs, articles, delays and troubles; the index; the outbox; the disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple
from zoneinfo import ZoneInfo

from newsspider import clock
from newsspider.config import Config
from newsspider.engines import Engine
from newsspider.errors import EngineError
from newsspider.items import Outcome
from newsspider.planning import Planned, plan
from newsspider.sources import Source
from newsspider.store import (
    Action,
    Backlog,
    FieldCoverage,
    Notice,
    RunSummary,
    SourceStanding,
    SourceState,
    Store,
    Trouble,
)

RUNS = 5  # of a source, that are looked at closely
DAYS = 14  # of articles
DELAYS = timedelta(days=7)
MOST_NOTICES = 100_000  # that hold at once


@dataclass(slots=True, frozen=True)
class SourceStatus:
    """One source. `runs` are the newest ones that were looked at, the newest first; `outcomes` and `coverage` sum over them, and `troubles` are
    theirs, left out where only one was looked at.

    `days` counts the articles first seen on each of the last DAYS days of the source's zone, today last. `delay` is the median, and `delay_p90`
    what nine in ten keep to, in seconds from publication to the index, over a week; None where nothing could be measured. `next_run` is None while the
    source is not crawled by itself.
    """

    name: str
    title: str
    state: SourceState
    note: str
    runs: Sequence[RunSummary]
    total: int
    days: Mapping[date, int]
    delay: float | None
    delay_p90: float | None
    troubles: Sequence[Trouble]
    next_run: datetime | None
    asked: Sequence[Action]
    notices: Sequence[Notice]

    @property
    def outcomes(self) -> dict[Outcome, int]:
        """Of article addresses."""
        counts = {outcome: sum(run.outcomes.get(outcome, 0) for run in self.runs) for outcome in Outcome}
        return {outcome: count for outcome, count in counts.items() if count}

    @property
    def discovered(self) -> int:
        """The sum of the outcomes, and what is still open."""
        return sum(run.discovered for run in self.runs)

    @property
    def open(self) -> int:
        return sum(run.open for run in self.runs)

    @property
    def coverage(self) -> FieldCoverage:
        names = FieldCoverage.__slots__
        return FieldCoverage(*(sum(getattr(run.coverage, name) for run in self.runs) for name in names))


@dataclass(slots=True, frozen=True)
class Status:
    """Everything at one moment. `index` is None, and `problem` says why, while the engine cannot be asked. Sizes are in bytes."""

    at: datetime
    sources: Sequence[SourceStatus]
    stored: int
    index_id: str
    index: Backlog | None
    problem: str
    messages_pending: int
    messages_dead: int
    disk: Mapping[str, int]
    free: int


class _Known(NamedTuple):
    """What is asked of the store once for all sources, by their names."""

    standings: Mapping[str, SourceStanding]
    planned: Mapping[str, Planned]
    totals: Mapping[str, int]
    runs: Mapping[str, Sequence[RunSummary]]
    days: Mapping[str, Mapping[date, int]]
    delays: Mapping[str, Sequence[float]]
    troubles: Mapping[str, Sequence[Trouble]]
    asked: Mapping[str, Sequence[Action]]
    notices: Mapping[str, Sequence[Notice]]


def look(store: Store, engine: Engine, config: Config, sources: Sequence[Source], *, runs: int = 1) -> Status:
    """How those sources, by their newest `runs` runs, and everything else stand. Raises StoreError."""
    now, index_id, problem = clock.now(), "", ""
    try:
        index_id = next((index.index_id for index in engine.indexes() if index.current), "")
    except EngineError as e:
        problem = str(e)
    known = _ask(store, sources, index_id, runs, now)
    counts = store.message_counts()
    disk, free = disk_use(config.data_folder)
    return Status(
        at=now,
        sources=[_source_status(source, known, now) for source in sources],
        stored=sum(known.totals.values()),
        index_id=index_id,
        index=store.backlog(index_id) if index_id else None,
        problem=problem,
        messages_pending=counts.get("pending", 0),
        messages_dead=counts.get("dead", 0),
        disk=disk,
        free=free,
    )


def _ask(store: Store, sources: Sequence[Source], index_id: str, most_runs: int, now: datetime) -> _Known:
    names = [source.name for source in sources]
    runs = store.newest_runs(names, most_runs)
    run_ids = [run.id for of_source in runs.values() for run in of_source]
    asked: dict[str, list[Action]] = {}
    for request in store.requests():
        asked.setdefault(request.source, []).append(request.action)
    notices: dict[str, list[Notice]] = {}
    for notice in store.notices(ended=False, limit=MOST_NOTICES):
        notices.setdefault(notice.source, []).append(notice)
    return _Known(
        standings=store.standings(),
        planned={item.source.name: item for item in plan(store, sources, now)},
        totals=store.totals(),
        runs=runs,
        days=_stored_days(store, sources, now),
        delays=store.delays(names, now - DELAYS, index_id) if index_id else {},
        troubles=store.troubles(run_ids) if most_runs > 1 else {},
        asked=asked,
        notices=notices,
    )


def _source_status(source: Source, known: _Known, now: datetime) -> SourceStatus:
    name = source.name
    standing = known.standings.get(name)
    delays = known.delays.get(name, ())
    return SourceStatus(
        name=name,
        title=source.title,
        state=known.planned[name].state,
        note=standing.note if standing else "",
        runs=known.runs[name],
        total=known.totals.get(name, 0),
        days=known.days[name],
        delay=median(delays) if delays else None,
        delay_p90=_ninth_decile(delays),
        troubles=known.troubles.get(name, ()),
        next_run=next_run(known.planned[name], now),
        asked=known.asked.get(name, ()),
        notices=known.notices.get(name, ()),
    )


def _stored_days(store: Store, sources: Sequence[Source], now: datetime) -> dict[str, dict[date, int]]:
    """How many articles of each source were first seen on each of the last DAYS days of its zone, today last."""
    offsets = {source.name: now.astimezone(ZoneInfo(source.timezone)).utcoffset() or timedelta() for source in sources}
    counted = store.stored_by_day(now - timedelta(days=DAYS), offsets)
    backwards = [timedelta(days=back) for back in reversed(range(DAYS))]
    return {
        name: {day: counted[name].get(day, 0) for day in ((now + offset).date() - back for back in backwards)}
        for name, offset in offsets.items()
    }


def next_run(planned: Planned, now: datetime) -> datetime | None:
    """When the source is visited next; `now` where it is due. None while only an operator would."""
    if planned.asked:
        return now
    return max(planned.due_at, now) if planned.due_at else None


def disk_use(data_folder: Path) -> tuple[dict[str, int], int]:
    """The size of what lies in the data folder, by its first name, and how much is free there."""
    if not data_folder.is_dir():
        return {}, 0
    sizes: dict[str, int] = {}
    for folder, _, names in os.walk(data_folder):
        for path in (Path(folder, name) for name in names):
            with suppress(FileNotFoundError):  # an index or the store has dropped it meanwhile
                size = path.stat().st_size
                part = path.relative_to(data_folder).parts[0]
                part = "store" if part.startswith("newsspider.db") else part
                sizes[part] = sizes.get(part, 0) + size
    return sizes, shutil.disk_usage(data_folder).free


def _ninth_decile(delays: Sequence[float]) -> float | None:
    if len(delays) < 2:
        return delays[0] if delays else None
    return quantiles(delays, n=10, method="inclusive")[-1]
