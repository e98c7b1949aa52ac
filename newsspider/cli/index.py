"""`newsspider index`: the state of the search index, delivery to it, and building it anew."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from newsspider.cli import console
from newsspider.errors import EngineUnavailable

if TYPE_CHECKING:
    from newsspider.engines import Engine
    from newsspider.store import Store

group = typer.Typer(no_args_is_help=True, help="Look after the search index.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="index")


@group.command()
def status(as_json: AsJson = False) -> None:
    """Print the indexes, how complete they are, and what the engine refused."""
    from newsspider.engines import open_engine
    from newsspider.store import Store

    config = console.config()
    engine = open_engine(config)
    with Store.open(config.store_url) as store:
        rows = [
            {
                "index": index.index_id,
                "current": index.current,
                "created": index.created.isoformat(timespec="seconds"),
                "articles": engine.at(index.index_id).count(),
                "pending": store.pending(store.checkpoint(index.index_id)),
                "dead": len(store.dead(index.index_id)),
                "analysis": index.analysis_id,
            }
            for index in engine.indexes()
        ]
        stored = store.count()
    if as_json:
        console.print_json({"stored": stored, "indexes": rows})
        return
    table = Table(*rows[0], title=f"{stored} articles in the store", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*("yes" if value is True else "" if value is False else str(value) for value in row.values()))
    console.out.print(table)


@group.command()
def sync(
    follow: Annotated[bool, typer.Option("--follow", help="Go on delivering until interrupted.")] = False,
    as_json: AsJson = False,
) -> None:
    """Deliver what the index does not have yet. Exits with 75 when changes had to stay pending."""
    from newsspider import indexing
    from newsspider.cli.progress import counting
    from newsspider.engines import open_engine
    from newsspider.store import Owner, Store

    config = console.config()
    with Store.open(config.store_url) as store:
        while True:
            engine = open_engine(config)
            with counting("indexing", _pending(store, engine)) as advance:
                report = indexing.sync(
                    store, engine, Owner.current(), config.index, progress=lambda done: advance(done.indexed + done.dead)
                )
            engine.close()
            if not follow:
                break
            time.sleep(max(config.index.interval, 1.0))
    if as_json:
        console.print_json({"indexed": report.indexed, "dead": report.dead, "pending": report.pending, "problem": report.problem})
    else:
        console.out.print(f"{report.indexed} indexed, {report.dead} dead, {report.pending} pending")
    if report.pending:
        console.error(f"{report.pending} changes stay pending: {report.problem}")
        raise typer.Exit(75)


def _pending(store: Store, engine: Engine) -> int:
    """How many changes the index lacks; all of them while the engine is away and cannot say."""
    try:
        return store.pending(store.checkpoint(engine.index_id))
    except EngineUnavailable:
        return store.pending(0)


@group.command()
def rebuild(
    drop: Annotated[bool, typer.Option("--drop", help="Delete the other indexes afterwards.")] = False,
) -> None:
    """Build a new index from the store and switch to it; searching goes on meanwhile. Interrupted, run it again."""
    from newsspider import indexing
    from newsspider.cli.progress import counting
    from newsspider.engines import open_engine
    from newsspider.store import Owner, Store

    config = console.config()
    engine = open_engine(config)
    with Store.open(config.store_url) as store, counting("rebuilding", store.count()) as advance:
        built = indexing.rebuild(store, engine, Owner.current(), config.index, progress=lambda done: advance(done.indexed + done.dead))
    others = [index.index_id for index in built.indexes() if not index.current]
    console.out.print(f"{built.count()} articles in index {built.index_id}, which is searched now")
    for other in others if drop else []:
        built.drop(other)
        console.out.print(f"dropped {other}")
    if others and not drop:
        console.out.print(f"kept: {', '.join(others)}; `newsspider index rebuild --drop` deletes the old ones")
