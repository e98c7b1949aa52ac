"""`newsspider schedule`: crawling by itself, and what comes next."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from newsspider import clock
from newsspider.cli import console, logs
from newsspider.cli.options import AsJson
from newsspider.cli.status import duration
from newsspider.errors import StoreError

if TYPE_CHECKING:
    from newsspider.schedule import Planned

group = typer.Typer(no_args_is_help=True, help="Crawl sources as their schedules say.")


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="schedule")


@group.command()
def run() -> None:
    """Crawl every source when it is due, until stopped. Any number of these may run, on any number of machines with one store.

    Between crawls, saved searches are evaluated, sources watched, and messages sent. SIGTERM and Ctrl-C stop cleanly; what was under way is gone on with by the next to run. Prints a line for every run that ends.
    """
    from newsspider.cli.progress import CrawlProgress
    from newsspider.cli.runs import one_line
    from newsspider.monitoring.rounds import Rounds
    from newsspider.schedule import run_forever
    from newsspider.sources import load_sources
    from newsspider.spiders.process import Crawled
    from newsspider.store import Store

    config = console.config()
    logs.set_up(config.log)
    load_sources(config.sources)  # what is wrong with a source file is told before anything starts
    with CrawlProgress() as progress, Store.open(config.store_url) as store, Rounds(config):

        def ended(crawled: Crawled) -> None:
            progress.forget(crawled.source)
            try:
                if crawled.run_id:
                    console.out.print(f"{crawled.source}: {one_line(store.run(crawled.run_id))}", soft_wrap=True)
            except StoreError as e:  # it is away, which may be why the run ended: the scheduler waits for it
                console.error(f"{crawled.source}: {e}")
            if crawled.problem:
                console.error(f"{crawled.source}: {str(crawled.problem).removeprefix(f'{crawled.source}: ')}")

        run_forever(config, ended, progress.show)


@group.command("list")
def list_schedule(as_json: AsJson = False) -> None:
    """List every source with its schedule, its last run and the next."""
    from newsspider.schedule import plan
    from newsspider.sources import load_sources
    from newsspider.store import Store

    config = console.config()
    now = clock.now()
    with Store.open(config.store_url, create=False) as store:
        planned = plan(store, load_sources(config.sources).values(), now)
    if as_json:
        console.print_json([_as_json(item, now) for item in planned])
        return
    if planned:
        console.print_table(("source", "schedule", "last run began (UTC)", "next", "learned"), [_cells(item, now) for item in planned])
    else:
        console.out.print("no sources")


def _cells(item: Planned, now: datetime) -> tuple[str, ...]:
    began = f"{item.last.started_at:%Y-%m-%d %H:%M}" if item.last else "never"
    learned = item.last and item.source.schedule.learns and item.last.learned_interval
    return item.source.name, str(item.source.schedule), began, _next(item, now), duration(learned.total_seconds()) if learned else ""


def _next(item: Planned, now: datetime) -> str:
    if item.active:
        return "running now"
    if item.asked:
        return "asked for: now"
    if item.due_at is None:
        return item.state
    return "now" if item.due_at <= now else f"in {duration((item.due_at - now).total_seconds())}"


def _as_json(item: Planned, now: datetime) -> dict[str, Any]:
    learned = item.last and item.last.learned_interval
    return {
        "source": item.source.name,
        "schedule": str(item.source.schedule),
        "state": item.state,
        "last_run": item.last and item.last.run_id,
        "last_started_at": item.last and item.last.started_at.isoformat(),
        "active": item.active,
        "asked": item.asked,
        "due": item.is_due(now),
        "due_at": item.due_at and item.due_at.isoformat(),
        "learned_seconds": learned and learned.total_seconds(),
    }
