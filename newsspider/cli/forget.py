"""`newsspider forget`: takedowns."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from newsspider.cli import console
from newsspider.cli.options import AsJson
from newsspider.text.amounts import amount

if TYPE_CHECKING:
    from newsspider.store import Store


def register(app: typer.Typer) -> None:
    app.command()(forget)


def forget(
    what: Annotated[
        str | None, typer.Argument(metavar="WHAT", help="An article's address (https://site.example/story), or a domain (site.example).")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    show: Annotated[bool, typer.Option("--list", help="Print what was forgotten so far, and do nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove an article, or all of a domain and the hosts below it, for good: from store, index, dead letters, archive and so from exports.

    It is not visited or stored again. Interrupted, or with an engine that is away (exit code 75), run it again.
    """
    from newsspider import indexing
    from newsspider.engines import open_engine
    from newsspider.store import Store

    if (what is None) != show:
        raise typer.BadParameter("name an address or a domain, or say --list")
    config = console.config()
    with Store.open(config.store_url) as store:
        if what is None:
            _list(store, as_json)
            return
        try:
            count = store.count_of(what)
        except ValueError as e:
            raise typer.BadParameter(str(e)) from e
        if not yes:
            typer.confirm(f"{what}: remove {amount(count, 'article')} for good, and keep it out?", abort=True, err=True)
        with closing(open_engine(config)) as engine:
            done = indexing.forget(store, engine, config.archive_folder, what)
    if as_json:
        console.print_json({"forgotten": what} | asdict(done))
    else:
        console.out.print(
            f"{what}: {amount(done.articles, 'article')} and {amount(done.pages, 'archived page')} removed; kept out from now on",
            soft_wrap=True,
        )
    if done.problem:
        console.error(f"an index may still hold some of it: {done.problem}\nrun `newsspider forget` again when the engine is there")
        raise typer.Exit(console.LATER)


def _list(store: Store, as_json: bool) -> None:
    takedowns = store.takedowns()
    if as_json:
        console.print_json([asdict(takedown) for takedown in takedowns])
        return
    if not takedowns:
        console.out.print("nothing was forgotten so far")
        return
    rows = [(f"{takedown.at:%Y-%m-%d %H:%M}", str(takedown.articles), takedown.asked) for takedown in takedowns]
    console.print_table(("when (UTC)", "articles", "what"), rows)
