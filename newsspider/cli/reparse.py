"""`newsspider reparse`: the archive's pages read again with the present rules and source files."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from newsspider.cli import console
from newsspider.cli.progress import counting
from newsspider.text.amounts import amount

if TYPE_CHECKING:
    from newsspider.reparse import Reread

MOST_ROWS = 50


def register(app: typer.Typer) -> None:
    app.command()(reparse)


def reparse(
    source: Annotated[str | None, typer.Option(help="Only pages of this source.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would change, and store nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a page that is not as it was.")] = False,
) -> None:
    """Read archived pages again: text, fields, dates and families, without the network.

    A new version is made only of an article of which readers see something else then. Pages on which reading failed are tried, too. Exit code 1 when
    a page could not be read.
    """
    from newsspider.extract.workers import Workers
    from newsspider.reparse import Reparse, Result
    from newsspider.sources import load_sources
    from newsspider.store import Store

    config = console.config()
    sources = load_sources(config.sources)
    if source is not None:
        sources.named(source)
    counts: Counter[Result] = Counter()
    told: list[Reread] = []
    with (
        Store.open(config.store_url, create=False) as store,
        Workers(1, config.crawl.extract_timeout) as workers,
        counting("reading again", store.count()) as progress,
    ):
        for page in Reparse(store, sources, config.archive_folder, workers, dry_run=dry_run).run(source):
            counts[page.result] += 1
            progress(counts.total())
            if page.result in (Result.UNCHANGED, Result.NOT_ARCHIVED):
                continue
            if as_json:
                console.print_json(asdict(page))
            elif len(told) < MOST_ROWS:
                told.append(page)
    if not as_json:
        if told:
            rows = [(page.result, page.url, ", ".join(page.changed) or page.detail) for page in told]
            console.print_table(("result", "address", "what"), rows)
        else:
            console.out.print("nothing to change")
        rest = counts.total() - counts[Result.UNCHANGED] - counts[Result.NOT_ARCHIVED] - len(told)
        if rest:
            console.out.print(f"… {rest} more; --json prints all")
    said = ", ".join(f"{count} {result.replace('_', ' ')}" for result, count in counts.items())
    console.err.print(f"{amount(counts.total(), 'page')}: {said or 'none'}" + (" (nothing was stored)" if dry_run else ""))
    raise typer.Exit(int(counts[Result.UNREADABLE] > 0))
