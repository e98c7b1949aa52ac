"""`newsspider dead`: the articles that an engine refused for good; why, and trying them again."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from newsspider.cli import console
from newsspider.cli.options import AsJson
from newsspider.errors import StoreError
from newsspider.text.amounts import amount

if TYPE_CHECKING:
    from newsspider.engines import Engine
    from newsspider.store import DeadLetter, Store

group = typer.Typer(no_args_is_help=True, help="Look at what the search engine refused, and try it again.")
Ids = Annotated[list[str] | None, typer.Argument(metavar="ARTICLE", help="Ids or addresses of articles (`newsspider dead list`).")]


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="dead")


@group.command("list")
def list_letters(as_json: AsJson = False) -> None:
    """Print the dead letters, oldest first, and how many there are of each type."""
    from newsspider.store import Store

    with Store.open(console.config().store_url, create=False) as store:
        letters = store.dead()
    if as_json:
        console.print_json([asdict(letter) for letter in letters])
        return
    if letters:
        heads = (
            ("article", "when (UTC)", "why")
            if len({letter.index_id for letter in letters}) == 1
            else ("article", "when (UTC)", "why", "index")
        )
        console.print_table(heads, [_cells(letter)[: len(heads)] for letter in letters])
    counts = Counter(letter.error_type for letter in letters)
    console.out.print(amount(len(letters), "dead letter") + "".join(f"; {count} {kind}" for kind, count in counts.most_common()))


@group.command()
def show(article: Annotated[str, typer.Argument(metavar="ARTICLE", help="Id or address of the article.")], as_json: AsJson = False) -> None:
    """Print a dead letter whole: the engine's reason, and the article as it is now."""
    from newsspider.export import article_as_json
    from newsspider.store import Store

    with Store.open(console.config().store_url, create=False) as store:
        (article_id,) = _ids(store, [article])
        letters = [letter for letter in store.dead() if letter.article_id == article_id]
        if not letters:
            raise StoreError(f"{article}: there is no dead letter of this article; `newsspider dead list` shows them")
        stored = store.article(article_id)
    if as_json:
        console.print_json({"letters": [asdict(letter) for letter in letters], "article": stored and article_as_json(stored)})
        return
    for letter in letters:
        console.out.print(f"index    {letter.index_id}", soft_wrap=True)
        console.out.print(f"when     {letter.at:%Y-%m-%d %H:%M:%S} UTC, change {letter.change_no}")
        console.out.print(f"type     {letter.error_type}")
        console.out.print(f"reason   {letter.reason}", soft_wrap=True)
    if stored:
        console.out.print(f"\n{stored.title}\n{stored.url}\n\n{stored.body}", soft_wrap=True)


@group.command()
def retry(
    articles: Ids = None,
    everything: Annotated[bool, typer.Option("--all", help="Every dead letter of the current index.")] = False,
    as_json: AsJson = False,
) -> None:
    """Deliver articles again as they are now. Exits with 1 when any was refused again, with 75 when any could not be tried,
    or another process delivers to the index just now."""
    from newsspider import indexing
    from newsspider.cli.progress import counting
    from newsspider.engines import open_engine
    from newsspider.store import Owner, Store

    config = console.config()
    with Store.open(config.store_url, create=False) as store, closing(open_engine(config)) as engine:
        wanted = _wanted(store, engine, articles, everything)
        with counting("retrying", len(wanted)) as advance:
            report = indexing.retry(store, engine, Owner.current(), wanted, progress=advance)
    if as_json:
        console.print_json({"indexed": report.indexed, "dead": report.dead, "pending": report.pending, "problem": report.problem})
    else:
        console.out.print(f"{report.indexed} indexed, {report.dead} refused again, {report.pending} could not be tried")
    if report.pending:
        console.error(report.problem)
    raise typer.Exit(console.LATER if report.pending else int(report.dead > 0))


@group.command()
def drop(
    articles: Ids = None,
    everything: Annotated[bool, typer.Option("--all", help="Every dead letter of the current index.")] = False,
    as_json: AsJson = False,
) -> None:
    """Forget dead letters. The articles stay in the store; `newsspider index verify` then calls them missing."""
    from newsspider.engines import open_engine
    from newsspider.store import Store

    config = console.config()
    with Store.open(config.store_url, create=False) as store, closing(open_engine(config)) as engine:
        wanted = _wanted(store, engine, articles, everything)
        for article_id in wanted:
            store.unbury(engine.index_id, article_id)
    if as_json:
        console.print_json({"dropped": wanted})
    else:
        console.out.print(f"{amount(len(wanted), 'dead letter')} forgotten")


def _wanted(store: Store, engine: Engine, articles: list[str] | None, everything: bool) -> list[str]:
    """The ids of the current index's dead letters that were asked for. Raises StoreError for one that is none."""
    if bool(articles) == everything:
        raise typer.BadParameter("name the articles, or say --all")
    letters: dict[str, DeadLetter] = {letter.article_id: letter for letter in store.dead(engine.index_id)}
    wanted = list(letters) if everything else _ids(store, articles or [])
    for article_id in wanted:
        if article_id not in letters:
            raise StoreError(f"{article_id}: there is no dead letter of this article; `newsspider dead list` shows them")
    return wanted


def _ids(store: Store, named: list[str]) -> list[str]:
    """The ids of articles named by id or by any of their addresses."""
    return [found.id if (found := store.article(name)) else name for name in named]


def _cells(letter: DeadLetter) -> tuple[str, ...]:
    return letter.article_id, f"{letter.at:%Y-%m-%d %H:%M}", f"{letter.error_type}: {letter.reason[:200]}", letter.index_id
