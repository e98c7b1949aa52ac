"""`newsspider runs`: what crawls did, and what became of every address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsspider.cli import console
from newsspider.cli.options import AsJson
from newsspider.errors import StoreError
from newsspider.items import Outcome
from newsspider.text.amounts import amount

if TYPE_CHECKING:
    from newsspider.store import LedgerRow, RunSummary

group = typer.Typer(no_args_is_help=True, help="See what crawls did.")
MOST_ROWS = 50  # of a run's addresses, printed as a table


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="runs")


@group.command("list")
def list_runs(
    source: Annotated[str | None, typer.Option(help="Only runs of this source.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many runs, the newest first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the newest runs with their outcomes."""
    from newsspider.store import Store

    with Store.open(console.config().store_url, create=False) as store:
        runs = store.runs(source, limit)
    if as_json:
        console.print_json([run_as_json(run) for run in runs])
        return
    if runs:
        console.print_table(("run", "state", "took", "discovered", "outcomes", "known"), [_cells(run) for run in runs])
    else:
        console.out.print("no runs yet")


@group.command()
def show(
    run_id: Annotated[str | None, typer.Argument(metavar="RUN", help="A run's id; the newest run when left out.")] = None,
    outcome: Annotated[Outcome | None, typer.Option(help="List the addresses that ended so.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print a run's outcomes with their reasons; with --outcome the addresses, too."""
    from newsspider.store import Store

    with Store.open(console.config().store_url, create=False) as store:
        run = store.run(run_id) if run_id else _newest(store.runs(limit=1))
        rows = store.ledger(run.id, outcome) if as_json else store.ledger(run.id, outcome, MOST_ROWS) if outcome else []
    if as_json:
        console.print_json(run_as_json(run) | {"rows": [_row_as_json(row) for row in rows]})
        return
    console.out.print(f"{run.id}: {_state(run)}, started {run.started_at:%Y-%m-%d %H:%M:%S} UTC, took {_took(run)}", soft_wrap=True)
    if run.resumed:
        console.out.print(f"taken over {amount(run.resumed, 'time')} after its process had gone")
    if run.retries:
        console.out.print(f"{amount(run.retries, 'request')} sent again after a failure")
    if note := said(run):
        console.out.print(f"note: {note}", soft_wrap=True)
    print_outcomes([run])
    if run.coverage.read:
        shares = ", ".join(f"{name} {share:.0%}" for name, share in run.coverage.shares().items() if share is not None)
        console.out.print(f"of {amount(run.coverage.read, 'page')} read: {shares}", soft_wrap=True)
    for row in rows:
        console.out.print(f"{row.url}  {row.reason}", soft_wrap=True)
    if outcome and len(rows) < (ended := run.outcomes.get(outcome, 0) + run.discovery.get(outcome, 0)):
        console.out.print(f"… {ended - len(rows)} more; --json prints all")


def print_outcomes(runs: Sequence[RunSummary]) -> None:
    """How often each outcome was given for each reason, and that it adds up, for each of the runs."""
    rows = [(run.source, row.kind, row.outcome or "open", row.reason or "", str(row.count)) for run in runs for row in run.reasons]
    console.print_table(("source", "address", "outcome", "reason", "count"), rows)
    for run in runs:
        console.out.print(f"{run.source}: {one_line(run)}", soft_wrap=True)


def run_as_json(run: RunSummary) -> dict[str, Any]:
    return {
        "id": run.id,
        "source": run.source,
        "state": run.state,
        "active": run.active,
        "note": run.note.text,
        "facts": run.note.facts,
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at and run.ended_at.isoformat(),
        "resumed": run.resumed,
        "discovered": run.discovered,
        "outcomes": run.outcomes,
        "open": run.open,
        "known": run.known,
        "retries": run.retries,
        "discovery": run.discovery,
        "coverage": asdict(run.coverage) | {"shares": run.coverage.shares()},
        "reasons": [{"kind": row.kind, "outcome": row.outcome, "reason": row.reason, "count": row.count} for row in run.reasons],
    }


def _row_as_json(row: LedgerRow) -> dict[str, Any]:
    return {
        "url": row.url,
        "kind": row.kind,
        "outcome": row.outcome,
        "reason": row.reason,
        "at": row.at and row.at.isoformat(),
        "article_id": row.article_id,
    }


def _newest(runs: Sequence[RunSummary]) -> RunSummary:
    if not runs:
        raise StoreError("there are no runs yet; `newsspider crawl SOURCE` makes the first")
    return runs[0]


def one_line(run: RunSummary) -> str:
    """That the outcomes add up to what was discovered."""
    terms = [f"{count} {outcome}" for outcome, count in run.outcomes.items()] + ([f"{run.open} open"] if run.open else [])
    return f"{run.discovered} discovered = {' + '.join(terms) or 'none'}; {_pages_read(run)}, {amount(run.known, 'announcement')} known already"


def _pages_read(run: RunSummary) -> str:
    pages, unread = sum(run.discovery.values()), _pages_unread(run)
    share = f"{pages - unread} of " if unread else ""
    return f"{share}{amount(pages, 'discovery page')} read"


def _pages_unread(run: RunSummary) -> int:
    return run.discovery.get(Outcome.FAILED, 0) + run.discovery.get(Outcome.SKIPPED, 0)


def said(run: RunSummary) -> str:
    """The run's note, where it tells more than its state."""
    return "" if run.note.text == run.state else run.note.text


def _cells(run: RunSummary) -> tuple[str, ...]:
    return run.id, _state(run), _took(run), str(run.discovered), outcomes(run), str(run.known)


def outcomes(run: RunSummary) -> str:
    """Those of its articles, and whether any of the pages that announce them could not be read: then no articles say little."""
    said = [f"{count} {outcome}" for outcome, count in run.outcomes.items()]
    return ", ".join([*said, _pages_read(run)] if _pages_unread(run) else said)


def _state(run: RunSummary) -> str:
    return "interrupted" if run.state == "running" and not run.active else run.state


def _took(run: RunSummary) -> str:
    seconds = int(((run.ended_at or run.heartbeat_at) - run.started_at).total_seconds())
    hours, rest = divmod(max(seconds, 0), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"
