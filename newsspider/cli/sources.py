"""`newsspider sources`: which sites are known, what is said of one, and whether its addresses still announce articles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from newsspider.cli import console
from newsspider.cli.exports import written_whole
from newsspider.cli.options import AsJson
from newsspider.errors import FetchError, SourceError
from newsspider.text.amounts import amount

if TYPE_CHECKING:
    from newsspider.cli.source_check import Checked
    from newsspider.config import Config
    from newsspider.sources import Source, Sources

NAME = r"[a-z0-9][a-z0-9_-]{0,62}"
group = typer.Typer(no_args_is_help=True, help="Look at the sources and check their addresses.")


def register(app: typer.Typer) -> None:
    from newsspider.cli import source_pages  # noqa: F401  # its commands are of this group

    app.add_typer(group, name="sources")


@group.command("list")
def list_sources(as_json: AsJson = False) -> None:
    """List all sources."""
    from newsspider.sources import load_sources
    from newsspider.sources.loader import BUILTIN

    config = console.config()
    sources = load_sources(config.sources)
    states = _states(config, list(sources))
    if as_json:
        console.print_json(
            [{**_summary(source), "state": states[name], "file": str(sources.files[name])} for name, source in sources.items()]
        )
        return
    rows = []
    for name, source in sources.items():
        kinds = [kind for kind, _ in source.discovery_addresses()]
        announces = ", ".join(amount(kinds.count(kind), kind.replace("_", " ")) for kind in dict.fromkeys(kinds))
        origin = "builtin" if sources.files[name].parent == BUILTIN else str(sources.files[name].parent)
        rows.append((name, states[name], source.country or "", source.timezone, announces, origin, source.title))
    console.print_table(("name", "state", "country", "time zone", "announces through", "from", "title"), rows)


@group.command()
def show(name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the source.")], as_json: AsJson = False) -> None:
    """Print everything that is said of one source."""
    from newsspider.sources import load_sources

    sources = load_sources(console.config().sources)
    values = sources.named(name).model_dump(mode="json")
    if as_json:
        console.print_json({**values, "file": str(sources.files[name])})
        return
    console.print_table(("key", "value"), [("file", str(sources.files[name])), *_flattened(values)])


@group.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME", help="Sources to check; all when none is named.")] = None,
    as_json: AsJson = False,
) -> None:
    """Fetch every address that the sources announce articles through, and tell what was found there.

    Exit code 1 when an address does not answer, cannot be read, announces nothing, or nothing new for two months.
    """
    from newsspider.cli.source_check import check_sources
    from newsspider.sources import load_sources

    config = console.config()
    sources = load_sources(config.sources)
    wanted = [sources.named(name) for name in dict.fromkeys(names or sources)]
    with console.err.status("Checking…"):
        results = check_sources(wanted, config)
    if as_json:
        console.print_json([asdict(item) for item in results])
    else:
        _print_checked(results)
    raise typer.Exit(int(any(item.problem for item in results)))


@group.command()
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of the site's homepage.")],
    name: Annotated[str | None, typer.Option(help="The source's name; else it is made of the host.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the file, and write none; what was tried is told on standard error.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Look at a site, find what announces its articles, and write a source file to look over.

    Feeds and sitemaps are taken from the homepage's links, from robots.txt and from the usual places, and only where they hold articles. No file is
    ever written over.
    """
    from newsspider.cli.source_check import readers
    from newsspider.cli.source_finder import Finder
    from newsspider.sources import load_sources, source_from_toml

    config = console.config()
    known = load_sources(config.sources)
    if name:
        _require_free(name, known, dry_run=dry_run)
    with console.err.status("Looking…") as status, readers(config) as workers:
        finder = Finder(config, workers, lambda address: status.update(f"Looking at {address}"))
        try:
            draft = finder.draft(url, name)
        except FetchError:
            _tell_tried(finder.tried)
            raise
    _require_free(draft.name, known, dry_run=dry_run)
    file = config.sources.folder / f"{draft.name}.toml"
    source = source_from_toml(draft.as_toml(), file)
    if not dry_run:
        _write(file, draft.as_toml())
    if as_json:
        tried = [asdict(item) for item in finder.tried]
        console.print_json(
            {"file": None if dry_run else str(file), "source": source.model_dump(mode="json"), "notes": draft.notes, "tried": tried}
        )
    elif dry_run:
        _tell_tried(finder.tried)
        console.out.print(Text(draft.as_toml()), end="", soft_wrap=True)
    else:
        _print_checked(finder.tried)
        console.out.print(f"written to {file}: look it over, then `newsspider sources check {source.name}`", soft_wrap=True)


def _tell_tried(results: list[Checked]) -> None:
    for item in results:
        said = item.problem or f"announces {amount(item.wanted, 'article')}"
        console.err.print(f"{item.url} {said}", soft_wrap=True)


def _require_free(name: str, known: Sources, *, dry_run: bool) -> None:
    """Raises SourceError for a name that cannot be one, or is another source's."""
    if not re.fullmatch(NAME, name):
        raise SourceError(f"{name!r} cannot be a source's name: lower-case letters, digits, - and _")
    if name in known and not dry_run:
        raise SourceError(f"there is a source {name} already, in {known.files[name]}; give another --name, or edit that file")


def _write(file: Path, text: str) -> None:
    """A new file, whole or not at all; one that is there is never written over."""
    if file.exists():
        raise SourceError(f"{file} is there already; give another --name, or edit that file")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise SourceError(f"{file.parent} cannot be made ({e.strerror})") from e
    with written_whole(str(file)) as out:
        out.write(text.encode())


def _states(config: Config, names: list[str]) -> dict[str, str]:
    """What operators said of the sources; where there is no store yet, nobody has said anything."""
    from newsspider.errors import StoreUnavailable
    from newsspider.store import SourceState, Store

    try:
        with Store.open(config.store_url, create=False) as store:
            standings = store.standings()
    except StoreUnavailable:
        standings = {}
    return {name: standings[name].state if name in standings else SourceState.ENABLED for name in names}


Names = Annotated[list[str], typer.Argument(metavar="NAME", help="Names of sources.")]
Note = Annotated[str, typer.Option(help="Why, for other operators.")]


@group.command()
def enable(names: Names, note: Note = "") -> None:
    """Crawl sources again as their schedules say."""
    _set_state(names, "enabled", note)


@group.command()
def pause(names: Names, note: Note = "") -> None:
    """Let the schedules of sources rest; they can still be crawled by name."""
    _set_state(names, "paused", note)


@group.command()
def disable(names: Names, note: Note = "") -> None:
    """Crawl sources no more, until they are enabled again."""
    _set_state(names, "disabled", note)


@group.command()
def retire(names: Names, note: Note = "") -> None:
    """Crawl sources no more and give no notices of them; their articles stay."""
    _set_state(names, "retired", note)


def _set_state(names: list[str], state: str, note: str) -> None:
    from newsspider.sources import load_sources
    from newsspider.store import OWNER, SourceState, Store

    config = console.config()
    sources = load_sources(config.sources)
    wanted = [sources.named(name).name for name in dict.fromkeys(names)]
    with Store.open(config.store_url) as store:
        for name in wanted:
            store.set_source_state(name, SourceState(state), OWNER, note)
            console.out.print(f"{name}: {state}")


def _summary(source: Source) -> dict[str, Any]:
    return source.model_dump(mode="json", include={"name", "title", "homepage", "country", "timezone", "language"})


def _print_checked(results: list[Checked]) -> None:
    rows = []
    for item in results:
        cells = (item.source, item.kind, str(item.status or ""), str(item.entries), str(item.wanted), str(item.newest or ""), item.url)
        rows.append([Text(cell, "red" if item.problem else "") for cell in cells])
    console.print_table(("source", "kind", "status", "entries", "wanted", "newest", "address"), rows)
    wrong = [item for item in results if item.problem]
    for item in wrong:
        console.out.print(f"{item.url} {item.problem}", soft_wrap=True)
    console.out.print(
        f"{amount(len(results), 'address', 'addresses')} checked, " + (f"{len(wrong)} with a problem" if wrong else "all well")
    )


def _flattened(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Keys and values of nested tables in one level; what is not set is left out."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flattened(value, f"{prefix}{key}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, item in enumerate(value):
                yield from _flattened(item, f"{prefix}{key}[{number}].")
        elif value not in (None, []):
            yield f"{prefix}{key}", "\n".join(map(str, value)) if isinstance(value, list) else str(value)
