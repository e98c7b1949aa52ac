"""`newsspider store`: check, back up and restore the system of record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsspider.cli import console
from newsspider.cli.options import AsJson
from newsspider.errors import StoreCorrupt
from newsspider.text.amounts import amount

group = typer.Typer(no_args_is_help=True, help="Look after the store.")


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="store")


@group.command()
def check() -> None:
    """Read the whole store and tell what is wrong with it. Exits with 1 when something is."""
    from newsspider.store import Store

    url = console.config().store_url
    try:
        with Store.open(url, create=False) as store:
            problems = store.check()
            sound = f"sound: {amount(store.count(), 'article')}, last change {store.last_change()}"
    except StoreCorrupt as e:
        problems = [str(e)]
    for problem in problems:
        console.error(problem)
    if problems:
        console.err.print("Bring back a backup with `newsspider store restore FILE`; the present files are kept beside it.")
        raise typer.Exit(1)
    console.out.print(sound)


@group.command()
def backup(file: Annotated[Path, typer.Argument(help="The new file to write.", metavar="FILE")]) -> None:
    """Write a checked copy of the store into one new file. Crawls may go on meanwhile."""
    from newsspider.store import Store

    with Store.open(console.config().store_url, create=False) as store, console.err.status("copying and checking"):
        store.backup(file)
    console.out.print(f"{file}: {file.stat().st_size / (1 << 20):.1f} MiB, checked", soft_wrap=True)


@group.command()
def restore(file: Annotated[Path, typer.Argument(help="A file that `store backup` wrote.", metavar="FILE")]) -> None:
    """Put a backup in the store's place. Nothing else may have the store open; the files that were there are kept."""
    from newsspider.store import Store

    url = console.config().store_url
    with console.err.status("copying and checking"):
        kept = Store.restore(file, url)
    with Store.open(url) as store:
        console.out.print(f"restored {amount(store.count(), 'article')} from {file}", soft_wrap=True)
    if kept:
        console.out.print(f"what was there before: {kept}", soft_wrap=True)
    console.out.print("Now run `newsspider index rebuild`: an index may hold articles that the backup does not have.", soft_wrap=True)


@group.command()
def upgrade() -> None:
    """Bring the store's tables to this version's form, all or nothing. Other commands do so too, unless an older newsspider has the store open."""
    from newsspider.store import Store, schema

    with console.err.status("upgrading"), Store.open(console.config().store_url, create=False) as store:
        console.out.print(
            f"schema {schema.REVISION}: {amount(store.count(), 'article')}, last change {store.last_change()}", soft_wrap=True
        )


@group.command()
def renumber() -> None:
    """Let every index take the whole store again: after PostgreSQL's own tools brought back a backup (`store restore` does it by itself)."""
    from newsspider.store import Store

    with Store.open(console.config().store_url, create=False) as store:
        store.renumber()
        console.out.print(f"new change numbers for {amount(store.count(), 'article')}; now run `newsspider index rebuild`", soft_wrap=True)


@group.command()
def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be dropped.")] = False,
    as_json: AsJson = False,
) -> None:
    """Drop what `[store]` keeps no longer: old runs with their ledgers, delivered messages, ended notices, dead letters.

    `newsspider schedule run` and `newsspider alerts run` do it once a day.
    """
    from newsspider.monitoring.retention import prune as prune_store
    from newsspider.store import Store

    config = console.config()
    with Store.open(config.store_url, create=False) as store, console.err.status("looking for what is old"):
        done = prune_store(store, config, dry_run=dry_run)
    counts = {"runs": done.runs, "ledger_rows": done.ledger_rows, "messages": done.messages, "notices": done.notices}
    if as_json:
        console.print_json(counts | {"dead_letters": [letter.article_id for letter in done.dead_letters], "dry_run": dry_run})
        return
    said = ", ".join(amount(count, what.removesuffix("s").replace("_", " ")) for what, count in counts.items())
    console.out.print(f"{'would drop' if dry_run else 'dropped'}: {said}, {amount(len(done.dead_letters), 'dead letter')}", soft_wrap=True)
    for letter in done.dead_letters:
        console.out.print(
            f"dead letter: article {letter.article_id} in {letter.index_id}: {letter.error_type}: {letter.reason}", soft_wrap=True
        )
