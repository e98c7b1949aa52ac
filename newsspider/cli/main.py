"""The `newsspider` command: gathers the groups and turns errors into exit codes."""

from __future__ import annotations

import inspect
import io
import os
import sys
from typing import Annotated

import typer

from newsspider import __version__
from newsspider.cli import (
    alerts,
    archive,
    article,
    config,
    crawl,
    dates,
    dead,
    demo,
    doctor,
    exports,
    extract,
    forget,
    imports,
    index,
    reparse,
    runs,
    schedule,
    search,
    searches,
    serve,
    sources,
    status,
    store,
    trace,
    users,
)
from newsspider.cli.console import error
from newsspider.errors import NewsspiderError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Crawl Arabic news sites and make them searchable.",
)
for group in (
    demo,
    crawl,
    schedule,
    search,
    searches,
    alerts,
    serve,
    status,
    trace,
    article,
    users,
    sources,
    runs,
    extract,
    dates,
    imports,
    exports,
    index,
    dead,
    forget,
    archive,
    reparse,
    store,
    config,
    doctor,
):
    group.register(app)


def _in_whole_sentences(group: typer.Typer) -> None:
    """Have lists of commands say the first sentence of each, wrapped: click would cut it at the end of the line."""
    for command in group.registered_commands:
        command.short_help = _first_sentence(inspect.getdoc(command.callback) or "")
    for info in group.registered_groups:
        if info.typer_instance:
            info.short_help = _first_sentence(str(info.typer_instance.info.help))
            _in_whole_sentences(info.typer_instance)


def _first_sentence(text: str) -> str:
    return text.partition("\n\n")[0].replace("\n", " ").partition(". ")[0].removesuffix(".") + "."


_in_whole_sentences(app)


@app.callback(invoke_without_command=True)
def options(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(f"newsspider {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 failed or partly, 2 wrong usage or configuration, 75 try again later, 130 interrupted
    (Typer's own, but for a crawl)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # Arabic and JSON need UTF-8 in any locale; bytes of an argument that are none are escaped
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    os.umask(0o077)  # what newsspider writes is its user's alone
    try:
        app()
    except NewsspiderError as e:
        error(str(e))
        sys.exit(e.exit_code)
