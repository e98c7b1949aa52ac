"""`newsspider sources save` and `sources test`: pages that show whether a source is still read as it should be."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsspider import clock
from newsspider.cli import console
from newsspider.cli.options import AsJson
from newsspider.cli.sources import group
from newsspider.errors import SourceError
from newsspider.text.amounts import amount

if TYPE_CHECKING:
    from newsspider.extract import Page
    from newsspider.sources import Source
    from newsspider.sources.frozen import FrozenPage

MOST_LETTERS = 120  # of a value that is shown


@dataclass(slots=True, frozen=True)
class Drift:
    """A field that is read otherwise than expected."""

    source: str
    url: str
    field: str
    expected: Any
    read: Any


@group.command()
def save(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the source.")],
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of one of its articles.")],
    as_json: AsJson = False,
) -> None:
    """Fetch a page and freeze it in your sources folder with what is read of it now: page, headers, time and expected fields.

    Look at what is printed; where it is wrong, correct the file.
    """
    from newsspider.cli.extract import fetched
    from newsspider.sources import load_sources
    from newsspider.sources.frozen import FrozenPage, save_page

    config = console.config()
    source = load_sources(config.sources).named(name)
    page = fetched(url, clock.now())
    expected = _read(source, page)
    path = save_page(config.sources.folder, name, FrozenPage(page.url, page.headers, page.fetched_at, page.body, expected))
    if as_json:
        console.print_json({"file": str(path), "expected": expected})
        return
    console.print_table(("field", "value"), [(field, _short(value)) for field, value in expected.items()])
    console.out.print(f"saved as {path}; `newsspider sources test {name}` reads it again", soft_wrap=True)


@group.command("test")
def reread(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME", help="Sources to test; all when none is named.")] = None,
    accept: Annotated[bool, typer.Option("--accept", help="Expect from now on what is read now.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read the saved pages again, each as at the time when it was fetched, and print every field that is read otherwise than expected.

    Exit code 1 when a field is, or when a source that was named has no saved page.
    """
    from newsspider.sources import load_sources
    from newsspider.sources.frozen import save_page, saved_pages

    config = console.config()
    sources = load_sources(config.sources)
    drifts, count = [], 0
    for name in dict.fromkeys(names or sources):
        pages = saved_pages(config.sources.folder, sources.named(name).name)
        if names and not pages:
            raise SourceError(f"{name}: no page is saved; `newsspider sources save {name} URL` saves one")
        count += len(pages)
        for page in pages.values():
            read = _read(sources[name], page)
            found = [
                Drift(name, page.url, field, value, read.get(field)) for field, value in page.expected.items() if read.get(field) != value
            ]
            drifts += found
            if accept and found:
                save_page(config.sources.folder, name, replace(page, expected=read))
    if as_json:
        console.print_json({"pages": count, "drifted": [asdict(drift) for drift in drifts]})
    else:
        _print(drifts, count)
    raise typer.Exit(int(bool(drifts) and not accept))


def _read(source: Source, page: Page | FrozenPage) -> dict[str, Any]:
    """The page's fields as JSON has them, without the evidence."""
    from newsspider import intake
    from newsspider.cli.extract import as_answer
    from newsspider.extract import Hints, Page, extract_page

    extraction = extract_page(Page(page.body, page.url, page.headers, page.fetched_at), Hints.of(source, page.fetched_at))
    answer = as_answer(extraction, intake.decide(extraction.article))
    del answer["evidence"]
    return answer


def _print(drifts: list[Drift], count: int) -> None:
    if drifts:
        rows = [(drift.source, drift.field, *_around_difference(drift.expected, drift.read), drift.url) for drift in drifts]
        console.print_table(("source", "field", "expected", "read now", "page"), rows)
    drifted = len({(drift.source, drift.url) for drift in drifts})
    console.out.print(f"{amount(count, 'saved page')} read, " + (f"{drifted} otherwise than expected" if drifted else "all as expected"))


def _around_difference(expected: Any, read: Any) -> tuple[str, str]:
    """Both values, of long texts the part in which they begin to differ."""
    one, other = (value if isinstance(value, str) else _short(value) for value in (expected, read))
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, at - 30) if max(len(one), len(other)) > MOST_LETTERS else 0
    return _short(("…" if start else "") + one[start:]), _short(("…" if start else "") + other[start:])


def _short(value: Any) -> str:
    text = "، ".join(map(str, value)) if isinstance(value, list) else "–" if value is None else str(value)
    line = " ".join(text.split())
    return line if len(line) <= MOST_LETTERS else f"{line[:MOST_LETTERS]}…"
