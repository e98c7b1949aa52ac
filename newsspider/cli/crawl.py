"""`newsspider crawl`: visit sources, with progress, and print what became of every address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from newsspider.cli import console, logs
from newsspider.items import Outcome
from newsspider.text.amounts import amount

if TYPE_CHECKING:
    from newsspider.spiders.process import Crawled

INTERRUPTED = 130  # as of a command that Ctrl-C ended


def register(app: typer.Typer) -> None:
    app.command()(crawl)


def crawl(
    names: Annotated[list[str] | None, typer.Argument(metavar="SOURCE", help="Sources to crawl (`newsspider sources list`).")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Crawl every source that is not disabled or retired.")] = False,
    due: Annotated[bool, typer.Option("--due", help="Crawl the sources whose schedule says so: for cron and timers.")] = False,
    since: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="Backfill: visit what was published from this day on (2020-01-31).")
    ] = "",
    until: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Backfill: visit what was published up to this day.")] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when any address failed, or a run is degraded.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcomes as one JSON object.")] = False,
) -> None:
    """Crawl sources and deliver their articles to the index.

    Ctrl-C stops cleanly; the next crawl of the source goes on where this one stopped. With --since or --until, sitemaps and listing pages are
    read as far back as they go, and what they say to be of that time is visited; the same command again goes on with it.
    """
    from newsspider.cli.progress import CrawlProgress
    from newsspider.cli.runs import print_outcomes, run_as_json
    from newsspider.schedule import crawl_due
    from newsspider.sources import load_sources
    from newsspider.spiders.process import crawl as crawl_sources
    from newsspider.store import CRAWLED, Store

    config = console.config()
    logs.set_up(config.log)
    sources = load_sources(config.sources)
    if [bool(names), everything, due].count(True) != 1:
        raise typer.BadParameter("name the sources to crawl, or say --all or --due")
    if due and (since or until):
        raise typer.BadParameter("a backfill is of sources that are named; leave --due out")
    wanted = [sources.named(name).name for name in dict.fromkeys(names or [])]
    if everything:
        with Store.open(config.store_url) as store:
            resting = {name for name, standing in store.standings().items() if standing.state not in CRAWLED}
        wanted = [name for name in sources if name not in resting]
    with CrawlProgress() as progress:
        crawled = (
            crawl_due(config, sources, progress.show)
            if due
            else crawl_sources(config, wanted, progress.show, since=since, until=until)
            if wanted
            else []
        )
    if not crawled:
        if as_json:
            console.print_json({"runs": [], "pending": 0})
        console.err.print("no source is due" if due else "every source is disabled or retired")
        return
    with Store.open(config.store_url) as store:
        runs = [store.run(item.run_id) for item in crawled if item.run_id]
    if as_json:
        console.print_json({"runs": [run_as_json(run) for run in runs], "pending": sum(item.delivery.pending for item in crawled)})
    elif runs:
        print_outcomes(runs)
    _explain(crawled)
    degraded = [run for run in runs if run.state == "degraded"]
    for run in degraded:
        console.error(f"{run.source}: degraded: {run.note.text}")
    failed = strict and any(run.outcomes.get(Outcome.FAILED) or run.discovery.get(Outcome.FAILED) for run in runs)
    raise typer.Exit(_exit_code(crawled) or int(failed or (strict and bool(degraded))))


def _explain(crawled: Sequence[Crawled]) -> None:
    stopped_by: dict[str, list[str]] = {}  # what stops many sources is said once
    for item in crawled:
        if item.problem:
            stopped_by.setdefault(str(item.problem).removeprefix(f"{item.source}: "), []).append(item.source)
    for problem, names in stopped_by.items():
        console.error(f"{', '.join(names)}: {problem}")
    late = max((item.delivery for item in crawled), key=lambda delivery: delivery.pending)
    if late.pending:
        console.error(
            f"{amount(late.pending, 'change')} stored, but not searchable yet: {late.problem}\n`newsspider index sync` delivers them"
        )


def _exit_code(crawled: Sequence[Crawled]) -> int:
    problems = max((item.problem.exit_code for item in crawled if item.problem), default=0)
    return INTERRUPTED if any(item.interrupted for item in crawled) else problems
