"""`newsspider export`, and the exports of other commands: a file, its progress and its manifest."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from newsspider.cli import console
from newsspider.errors import ConfigError, NewsspiderError
from newsspider.export import Asked, Export, Format
from newsspider.text.amounts import amount
from newsspider.wholefile import whole, write_whole

if TYPE_CHECKING:
    from newsspider.items import StoredArticle

FORMAT_HELP = "The file's format; else its suffix says it."


def register(app: typer.Typer) -> None:
    app.command("export")(export_articles)


def export_articles(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The file to write, .jsonl, .csv or .parquet; - is standard output, as JSON Lines.")
    ] = "-",
    source: Annotated[str | None, typer.Option(help="Only articles of this source.")] = None,
    day_from: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="Only articles published on this day (2025-01-31) or later.")
    ] = None,
    day_to: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Only articles published on this day or before.")] = None,
    form: Annotated[Format | None, typer.Option("--format", help=FORMAT_HELP)] = None,
) -> None:
    """Export articles: as JSON Lines with every field, their date's decision and evidence, which `import` reads again, or as a table.

    Beside a file stands its manifest, FILE.manifest.json: what was asked, when, how many articles, and the file's SHA-256.
    """
    from newsspider.store import Store

    first, last = _day(day_from), _day(day_to)
    with Store.open(console.config().store_url, create=False) as store:
        asked = Asked({"source": source, "from": first, "to": last}, change_no=store.last_change())
        write_export(file, store.articles(source, first, last), form, asked, store.count())


def write_export(file: str, articles: Iterable[StoredArticle], form: Format | None, asked: Asked, total: int | None) -> None:
    """Writes the export and, beside a file, its manifest. Raises ConfigError for a file that cannot be, or a format that is not known.

    A file appears under its name when it is whole: what stood there stays until then.
    """
    from newsspider.cli.progress import counting

    form = form or Format.of(file)
    with counting("exporting", total) as advance:
        export = Export(articles, form, asked, on_article=advance)
        with written_whole(file) as out:
            for chunk in export:
                out.write(chunk)
    manifest = export.manifest()
    if file != "-":
        described = json.dumps(manifest.as_json(), ensure_ascii=False, indent=2, default=str) + "\n"
        try:
            write_whole(Path(f"{file}.manifest.json"), described)
        except OSError as e:
            raise NewsspiderError(f"{file} is whole, but {file}.manifest.json could not be written ({e.strerror})") from e
        console.err.print(f"{amount(manifest.articles, 'article')} in {file}, described in {file}.manifest.json", soft_wrap=True)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as e:
        raise typer.BadParameter(f"{text!r} is not a day such as 2025-01-31") from e


@contextmanager
def written_whole(file: str) -> Iterator[BinaryIO]:
    """For a file's bytes, all or none; - is standard output."""
    target = Path(file)
    if file == "-":
        yield sys.stdout.buffer
        return
    if target.exists() and not target.is_file():  # a pipe or a device
        with target.open("wb") as opened:
            yield opened
        return
    if not os.access(target.parent, os.W_OK):
        raise ConfigError(f"{file} cannot be written: {target.parent} is no folder, or may not be written to")
    try:
        with whole(target) as opened:
            yield opened
    except OSError as e:
        raise NewsspiderError(f"{file} could not be written whole ({e.strerror}); nothing of it was kept") from e
