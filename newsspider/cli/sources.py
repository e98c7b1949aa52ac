"""`newsspider sources`: which sites are known, what is said of one, and whether its addresses still announce articles."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from newsspider import clock
from newsspider.cli import console
from newsspider.config import Config
from newsspider.dates import parse_date
from newsspider.errors import FetchError
from newsspider.items import Link
from newsspider.net import AddressPolicy, Fetched, HostMap, fetch
from newsspider.settings import user_agent
from newsspider.sources import Source, load_sources
from newsspider.sources.loader import BUILTIN
from newsspider.spiders.discovery import parse_discovery

AT_ONCE = 8  # sites that are asked at the same time, each for one address after the other
SILENT_DAYS = 60  # a site whose newest entry is older announces nothing any more
OK = 200

group = typer.Typer(no_args_is_help=True, help="Look at the sources and check their addresses.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="sources")


@dataclass(slots=True, frozen=True)
class Checked:
    """What one discovery address answered. `entries` counts all its links, `wanted` those the source takes; `newest` is the newest day it tells."""

    source: str
    kind: str
    url: str
    status: int | None = None
    entries: int = 0
    wanted: int = 0
    newest: date | None = None
    problem: str | None = None


@group.command("list")
def list_sources(as_json: AsJson = False) -> None:
    """List all sources."""
    sources = load_sources(console.config().sources)
    if as_json:
        console.print_json([{**_summary(source), "file": str(sources.files[name])} for name, source in sources.items()])
        return
    table = Table("name", "country", "time zone", "announces through", "from", "title", box=None, pad_edge=False)
    for name, source in sources.items():
        kinds = [kind for kind, _ in source.discovery_addresses()]
        announces = ", ".join(f"{kinds.count(kind)} {kind.replace('_', ' ')}" for kind in dict.fromkeys(kinds))
        origin = "builtin" if sources.files[name].parent == BUILTIN else str(sources.files[name].parent)
        _add_row(table, name, source.country or "", source.timezone, announces, origin, source.title)
    console.out.print(table)


@group.command()
def show(name: Annotated[str, typer.Argument(help="Name of the source.")], as_json: AsJson = False) -> None:
    """Print everything that is said of one source."""
    sources = load_sources(console.config().sources)
    values = sources.named(name).model_dump(mode="json")
    if as_json:
        console.print_json({**values, "file": str(sources.files[name])})
        return
    table = Table("key", "value", box=None, pad_edge=False)
    for key, value in (("file", str(sources.files[name])), *_flattened(values)):
        _add_row(table, key, value)
    console.out.print(table)


@group.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]…", help="Sources to check; all when none is named.")] = None,
    as_json: AsJson = False,
) -> None:
    """Fetch every address that the sources announce articles through, and tell what was found there.

    Exit code 1 when an address does not answer, cannot be read, announces nothing, or nothing new for two months.
    """
    config = console.config()
    sources = load_sources(config.sources)
    wanted = [sources.named(name) for name in dict.fromkeys(names or sources)]
    with console.err.status("Checking…"), ThreadPoolExecutor(AT_ONCE) as pool:
        results = [item for checked in pool.map(lambda source: check_source(source, config), wanted) for item in checked]
    if as_json:
        console.print_json([asdict(item) for item in results])
    else:
        _print_checked(results)
    raise typer.Exit(int(any(item.problem for item in results)))


def check_source(source: Source, config: Config) -> list[Checked]:
    """What each discovery address of the source answers now; whatever goes wrong is told as its problem."""
    return [_check(source, kind, url, config) for kind, url in source.discovery_addresses()]


def _check(source: Source, kind: str, url: str, config: Config) -> Checked:
    try:
        page = fetch(
            url,
            AddressPolicy(config.net.allow_networks),
            HostMap(config.net.hosts),
            max_bytes=config.crawl.max_page_bytes,
            timeout=config.crawl.timeout,
            user_agent=user_agent(config.crawl.contact),
            verify=config.crawl.verify_certificates and source.verify_certificates,
        )
    except FetchError as e:
        return Checked(source.name, kind, url, problem=str(e).removeprefix(f"{url}: "))
    if page.status != OK:
        return Checked(source.name, kind, url, page.status, problem=f"answers with HTTP status {page.status}")
    return _judged(source, kind, url, page)


def _judged(source: Source, kind: str, url: str, page: Fetched) -> Checked:
    content_type = page.headers.get("content-type", "").lower().partition("charset=")[2]
    found = parse_discovery(kind, page.body, page.url, source=source, encoding=content_type.split(";")[0].strip(" \"'") or None)
    entries = len(found.links) + sum(found.ignored.values())
    newest = max(_days(found.links, source), default=None)
    problem = found.problem
    if problem is None and not found.links:
        reasons = ", ".join(f"{count} {reason}" for reason, count in found.ignored.items())
        problem = f"announces no article of this source ({reasons})" if reasons else "announces nothing"
    elif problem is None and newest and clock.now().date() - newest > timedelta(days=SILENT_DAYS):
        problem = f"has announced nothing since {newest}"
    return Checked(source.name, kind, url, page.status, entries, len(found.links), newest, problem)


def _days(links: tuple[Link, ...], source: Source) -> Iterator[date]:
    zone = ZoneInfo(source.timezone)
    for evidence in (evidence for link in links for evidence in link.evidence):
        if parsed := parse_date(evidence.raw, reference=clock.now(), timezone=source.timezone, country=source.country):
            yield parsed.value.astimezone(zone).date() if isinstance(parsed.value, datetime) else parsed.value


def _summary(source: Source) -> dict[str, Any]:
    return source.model_dump(mode="json", include={"name", "title", "homepage", "country", "timezone", "language"})


def _print_checked(results: list[Checked]) -> None:
    table = Table("source", "address", "status", "entries", "wanted", "newest", "problem", box=None, pad_edge=False)
    for item in results:
        counts = (str(item.status or "-"), str(item.entries), str(item.wanted), str(item.newest or "-"))
        _add_row(table, item.source, item.url, *counts, item.problem or "", style="red" if item.problem else "")
    console.out.print(table)
    wrong = sum(item.problem is not None for item in results)
    console.out.print(f"{len(results)} addresses checked, " + (f"{wrong} with a problem" if wrong else "all well"))


def _add_row(table: Table, *cells: str, style: str = "") -> None:
    table.add_row(*(Text(cell, overflow="fold") for cell in cells), style=style)


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
