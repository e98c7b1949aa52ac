"""`newsspider status`: how sources, index, messages and disk stand."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsspider import clock
from newsspider.cli import console
from newsspider.cli.logs import escape
from newsspider.cli.options import AsJson
from newsspider.cli.runs import outcomes, run_as_json, said
from newsspider.items import Outcome
from newsspider.text.amounts import amount

if TYPE_CHECKING:
    from newsspider.monitoring import SourceStatus, Status
    from newsspider.store import RunSummary

MIB = 1 << 20


def register(app: typer.Typer) -> None:
    app.command()(status)


def status(
    name: Annotated[str | None, typer.Argument(metavar="SOURCE", help="One source, in detail.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print how every source, the index, the messages and the disk stand; of one source everything that is known."""
    from newsspider.engines import open_engine
    from newsspider.monitoring import RUNS, look
    from newsspider.sources import load_sources
    from newsspider.store import Store

    config = console.config()
    sources = load_sources(config.sources)
    wanted = [sources.named(name)] if name else list(sources.values())
    with Store.open(config.store_url, create=False) as store, closing(open_engine(config)) as engine:
        now = look(store, engine, config, wanted, runs=RUNS if name or as_json else 1)
    if as_json:
        console.print_json(as_object(now))
    elif name:
        _print_source(now.sources[0])
    else:
        _print(now)


def as_object(status: Status) -> dict[str, Any]:
    """What `--json` prints. Delays are in seconds, sizes in bytes, times in ISO 8601."""
    return {
        "at": status.at.isoformat(),
        "stored": status.stored,
        "index": {"id": status.index_id, "problem": status.problem, **(asdict(status.index) if status.index else {})},
        "messages": {"pending": status.messages_pending, "dead": status.messages_dead},
        "disk": {"used": status.disk, "free": status.free},
        "sources": [_source_as_object(source) for source in status.sources],
    }


def _source_as_object(source: SourceStatus) -> dict[str, Any]:
    return {
        "name": source.name,
        "title": source.title,
        "state": source.state,
        "note": source.note,
        "articles": source.total,
        "stored_by_day": {day.isoformat(): count for day, count in source.days.items()},
        "delay_median": source.delay,
        "delay_p90": source.delay_p90,
        "discovered": source.discovered,
        "outcomes": source.outcomes,
        "open": source.open,
        "coverage": source.coverage.shares(),
        "troubles": [asdict(trouble) | {"last_at": trouble.last_at.isoformat()} for trouble in source.troubles],
        "next_run": source.next_run and source.next_run.isoformat(),
        "asked": source.asked,
        "notices": [{"kind": notice.kind, "text": notice.text, "since": notice.first_at.isoformat()} for notice in source.notices],
        "runs": [run_as_json(run) for run in source.runs],
    }


def _print(status: Status) -> None:
    heads = ("source", "state", "last run", "new", "failed", "today", "a day", "delay", "dated", "next run", "notices")
    console.print_table(heads, [_row(source) for source in status.sources])
    index = status.index
    if status.problem:
        console.out.print(f"the index cannot be asked: {status.problem}", style="red", soft_wrap=True)
    elif index:
        waits = f", the oldest since {index.since:%Y-%m-%d %H:%M} UTC" if index.since else ""
        console.out.print(
            f"index {status.index_id}: {amount(index.pending, 'change')} pending{waits}, {index.dead} dead {index.problem}".rstrip(),
            soft_wrap=True,
        )
    console.out.print(f"{amount(status.stored, 'article')}; messages: {status.messages_pending} pending, {status.messages_dead} dead")
    used = ", ".join(f"{name} {size / MIB:.1f} MiB" for name, size in sorted(status.disk.items()))
    console.out.print(f"disk: {used or 'nothing'}; {status.free / MIB:.0f} MiB free", soft_wrap=True)


def _row(source: SourceStatus) -> tuple[str, ...]:
    last = source.runs[0] if source.runs else None
    dated = source.coverage.shares()["dates"]
    week = list(source.days.values())[-8:-1]
    return (
        source.name,
        source.state,
        f"{last.state} {_ago(last.started_at)}" if last else "never",
        str(last.outcomes.get(Outcome.NEW, 0)) if last else "",
        str(last.outcomes.get(Outcome.FAILED, 0)) if last else "",
        str(list(source.days.values())[-1]),
        f"{sum(week) / len(week):.1f}",
        duration(source.delay),
        f"{dated:.0%}" if dated is not None else "",
        _when(source),
        ", ".join(notice.kind for notice in source.notices),
    )


def _print_source(source: SourceStatus) -> None:
    console.out.print(f"{source.name}: {source.title}", style="bold", soft_wrap=True)
    console.out.print(f"{source.state} {source.note}".rstrip(), soft_wrap=True)
    console.out.print(f"{amount(source.total, 'article')}; next run: {_when(source)}")
    _print_list(("run", "state", "discovered", "outcomes", "note"), [_run_cells(run) for run in source.runs])
    terms = " + ".join(f"{count} {outcome}" for outcome, count in source.outcomes.items()) or "none"
    console.out.print(
        f"in these runs: {source.discovered} discovered = {terms}" + (f" + {source.open} open" if source.open else ""), soft_wrap=True
    )
    _print_list(("day", "articles"), [(day.isoformat(), str(count)) for day, count in source.days.items()])
    if source.delay is not None:
        console.out.print(f"from publication to the index: {duration(source.delay)}, nine in ten within {duration(source.delay_p90)}")
    shares = ", ".join(f"{name} {share:.0%}" for name, share in source.coverage.shares().items() if share is not None)
    console.out.print(f"of {amount(source.coverage.read, 'page')} read: {shares or 'nothing'}")
    _print_list(
        ("what went wrong", "reason", "count", "last", "for example"),
        [(f"{t.kind} {t.outcome}", t.reason, str(t.count), _ago(t.last_at), escape(t.url)) for t in source.troubles],
    )
    _print_list(("notice", "since (UTC)", "says"), [(n.kind, f"{n.first_at:%Y-%m-%d %H:%M}", n.text) for n in source.notices])


def _run_cells(run: RunSummary) -> tuple[str, ...]:
    return run.id, run.state, str(run.discovered), outcomes(run), said(run)


def _print_list(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if rows:
        console.out.print()
        console.print_table(heads, rows)


def _when(source: SourceStatus) -> str:
    if source.next_run is None:
        return "not by itself"
    asked = f" ({', '.join(source.asked)} asked for)" if source.asked else ""
    return ("now" if source.next_run <= clock.now() else f"in {duration((source.next_run - clock.now()).total_seconds())}") + asked


def _ago(moment: datetime) -> str:
    return f"{duration((clock.now() - moment).total_seconds())} ago"


def duration(seconds: float | None) -> str:
    """In its largest unit that is at least two: 90 s, 45 min, 26 h, 3 d."""
    if seconds is None:
        return ""
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
