"""`newsspider index`: the state of the search index, delivery to it, building it anew, and comparing it with the store."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from newsspider.cli import console, logs
from newsspider.cli.keys import keys
from newsspider.cli.options import AsJson
from newsspider.errors import ConfigError, EngineError
from newsspider.text.amounts import amount
from newsspider.wholefile import write_whole

if TYPE_CHECKING:
    from newsspider.engines import Engine
    from newsspider.indexing import Drift, SyncReport
    from newsspider.store import Store

group = typer.Typer(no_args_is_help=True, help="Look after the search index.")
SHOWN = 50  # differences that are printed; all with --json


def register(app: typer.Typer) -> None:
    group.command()(keys)
    app.add_typer(group, name="index")


@group.command()
def status(as_json: AsJson = False) -> None:
    """Print the indexes, how complete they are, since when changes wait and why, and what the engine refused."""
    from newsspider.engines import open_engine
    from newsspider.store import Store

    config = console.config()
    with Store.open(config.store_url, create=False) as store:
        stored = store.count()
        try:
            with closing(open_engine(config)) as engine:
                rows = list(_indexes(store, engine))
        except EngineError as e:
            if as_json:
                console.print_json({"stored": stored, "indexes": [], "problem": str(e)})
            console.error(f"{amount(stored, 'article')} stored; of the indexes nothing is known: {e}")
            raise typer.Exit(e.exit_code) from e
    if as_json:
        console.print_json({"stored": stored, "indexes": rows, "problem": ""})
        return
    console.out.print(f"{amount(stored, 'article')} in the store")
    for row in rows:
        console.out.print(_said(row), soft_wrap=True)


def _said(index: dict[str, Any]) -> str:
    current, since = " (current)" if index["current"] else "", f" since {index['since']}" if index["since"] else ""
    problem = f"; {index['problem']}" if index["problem"] else ""
    return (
        f"index {index['index']}{current}: {amount(index['articles'], 'article')}, {amount(index['pending'], 'change')} pending{since}, {index['dead']} dead; "
        f"created {index['created']}, analysis {index['analysis']}{problem}"
    )


def _indexes(store: Store, engine: Engine) -> Iterator[dict[str, Any]]:
    for index in engine.indexes():
        backlog = store.backlog(index.index_id)
        yield {
            "index": index.index_id,
            "current": index.current,
            "created": index.created.isoformat(timespec="seconds"),
            "articles": engine.at(index.index_id).count(),
            "pending": backlog.pending,
            "since": backlog.since and backlog.since.isoformat(timespec="seconds"),
            "dead": backlog.dead,
            "analysis": index.analysis_id,
            "problem": backlog.problem,
        }


@group.command()
def sync(
    follow: Annotated[bool, typer.Option("--follow", help="Go on delivering until SIGTERM or Ctrl-C.")] = False,
    as_json: AsJson = False,
) -> None:
    """Deliver what the index does not have yet, oldest first. Exits with 75 when changes had to stay pending.

    With --follow it waits while the engine is away, refuses or has no space, and goes on when it can, until it is stopped, which is no failure.
    Several may run; one delivers at a time.
    """
    from newsspider.cli.progress import counting
    from newsspider.indexing import Follower
    from newsspider.store import Owner, Store

    config = console.config()
    logs.set_up(config.log)
    with Store.open(config.store_url) as store, _interruptible() as ending:
        follower = Follower(store, config, Owner.current())
        while True:
            with counting("indexing", store.pending(follower.reached())) as advance:
                follower.deliver(progress=partial(_advance, advance), stopped=ending.is_set)
            if not follow or ending.wait(follower.pause):
                break
        follower.close()
    _print_report(follower.report, as_json)
    if follower.report.pending and not follow:
        raise typer.Exit(console.LATER)


def _advance(advance: Callable[[int], None], report: SyncReport) -> None:
    advance(report.indexed + report.dead)


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """Within the block SIGTERM and SIGINT set the event; a second one ends the process as usual."""
    event = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def stop(number: int, frame: object) -> None:
        event.set()
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, stop)
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print_report(report: SyncReport, as_json: bool) -> None:
    if as_json:
        console.print_json({"indexed": report.indexed, "dead": report.dead, "pending": report.pending, "problem": report.problem})
    else:
        console.out.print(f"{report.indexed} indexed, {report.dead} dead, {report.pending} pending")
    if report.dead:
        console.err.print("`newsspider dead list` says what was refused, and why.")
    if report.pending:
        console.error(f"{amount(report.pending, 'change')} still pending: {report.problem or 'delivery was stopped'}")


@group.command()
def rebuild(
    drop: Annotated[bool, typer.Option("--drop", help="Delete the other indexes afterwards.")] = False,
    as_json: AsJson = False,
) -> None:
    """Build a new index from the store, compare it, and switch to it; searching goes on meanwhile. Interrupted, run it again."""
    from newsspider import indexing
    from newsspider.cli.progress import counting
    from newsspider.engines import open_engine
    from newsspider.store import Owner, Store

    config = console.config()
    with closing(open_engine(config)) as engine, Store.open(config.store_url) as store:
        with counting("rebuilding", store.pending(0)) as advance:
            built = indexing.rebuild(store, engine, Owner.current(), config.index, progress=partial(_advance, advance))
        others = [index.index_id for index in built.indexes() if not index.current]
        for other in others if drop else []:
            built.drop(other)
            store.forget_index(other)
        articles, dead = built.count(), store.backlog(built.index_id).dead
    if as_json:
        done = {"index": built.index_id, "articles": articles, "dead": dead}
        console.print_json(done | {"kept": [] if drop else others, "dropped": others if drop else []})
        return
    console.out.print(f"{amount(articles, 'article')} in index {built.index_id}, which is searched now; {dead} dead")
    if others:
        kept = "; `newsspider index rebuild --drop` deletes the old ones"
        console.out.print(f"{'dropped' if drop else 'kept'}: {', '.join(others)}{'' if drop else kept}", soft_wrap=True)


@group.command()
def verify(
    fix: Annotated[bool, typer.Option("--fix", help="Deliver what is missing or stale, delete what is orphaned.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare every article of the store with the index: what is missing, stale or orphaned there. Exits with 1 when anything is, after --fix too.

    Crawls and deliveries may go on meanwhile. What is pending or a dead letter is counted, not compared.
    """
    from newsspider import indexing
    from newsspider.cli.progress import counting
    from newsspider.engines import open_engine
    from newsspider.store import Owner, Store

    config = console.config()
    with closing(open_engine(config)) as engine, Store.open(config.store_url) as store:
        stored = store.count()
        with counting("comparing", stored) as advance:
            drifts = indexing.verify(store, engine, progress=advance)
        remaining, problem = drifts, ""
        if fix and drifts:
            with console.err.status("mending"):
                remaining, report = indexing.fix(store, engine, Owner.current(), config.index, drifts)
                problem = report.problem
        backlog = store.backlog(engine.index_id)
    if as_json:
        console.print_json(
            {
                "stored": stored,
                "found": _as_json(drifts),
                "remaining": _as_json(remaining),
                "pending": backlog.pending,
                "dead": backlog.dead,
            }
        )
    else:
        _print_drifts(drifts)
        mended = f", {len(drifts) - len(remaining)} mended" if fix else ""
        console.out.print(
            f"{amount(stored, 'article')} compared: {len(drifts)} different{mended}; {backlog.pending} pending, {backlog.dead} dead"
        )
    if remaining:
        hint = "`newsspider index rebuild` builds the index anew" if fix else "`newsspider index verify --fix` mends it"
        console.error(f"{amount(len(remaining), 'article')} not alike in store and index; {problem or hint}")
        raise typer.Exit(1)


def _as_json(drifts: list[Drift]) -> list[dict[str, Any]]:
    return [{"id": drift.article_id, "kind": drift.kind, "url": drift.url} for drift in drifts]


def _print_drifts(drifts: list[Drift]) -> None:
    if drifts:
        console.print_table(("what", "article", "address"), [(drift.kind, drift.article_id, drift.url or "") for drift in drifts[:SHOWN]])
    if len(drifts) > SHOWN:
        console.out.print(f"and {len(drifts) - SHOWN} more; --json prints all")


@group.command()
def analyze(text: Annotated[str, typer.Argument(metavar="TEXT", help="Any text.")], as_json: AsJson = False) -> None:
    """Print how a text is searched: the tokens of each level, by newsspider and by the engine. Exits with 1 where these differ."""
    from newsspider.engines import open_engine
    from newsspider.text import analyse, levels
    from newsspider.text.synonyms import synonyms

    with closing(open_engine(console.config())) as engine:
        ours, theirs = levels(text), engine.tokens(text)
        name = type(engine).__name__.removesuffix("Engine")
    others = {token.position: [" ".join(t.exact for t in other) for other in synonyms(token.stem or "")] for token in analyse(text)}
    differing = [level for level in ours if ours[level] != theirs[level]]
    if as_json:
        console.print_json({"newsspider": ours, name.lower(): theirs, "synonyms": others, "differing": differing})
    else:
        table = Table("word", *ours, "synonyms", box=None, pad_edge=False)
        for token in analyse(text):
            cells = (" ".join(one for position, one in tokens if position == token.position) for tokens in theirs.values())
            table.add_row(text[token.start : token.end], *cells, ", ".join(others[token.position]))
        console.out.print(table)
        said = (
            f"differs from newsspider's own analysis at: {', '.join(differing)}"
            if differing
            else "the same tokens as newsspider's own analysis"
        )
        console.out.print(f"{name}: {said}", style="red" if differing else "dim")
    if differing:
        raise typer.Exit(1)


@group.command()
def lists(folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to; files that are there already are kept.")]) -> None:
    """Write the word lists that come with newsspider (names, stop words, plurals, synonyms) to a folder, to be edited there."""
    from newsspider.text.wordlists import EDITABLE, builtin_list

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in EDITABLE:
            file = folder / name
            if file.exists():
                console.out.print(f"kept {file}")
            else:
                write_whole(file, builtin_list(name))
                console.out.print(f"wrote {file}")
    except OSError as e:
        raise ConfigError(f"{folder}: cannot be written ({e})") from e
    console.out.print(f"set [index] word_lists = {json.dumps(str(folder))}, then run `newsspider index rebuild` (not needed for synonyms)")
