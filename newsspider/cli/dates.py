"""`newsspider dates`: what the date grammar makes of a text (docs/dates.md)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from newsspider import clock
from newsspider.cli import console
from newsspider.text.codes import country_code

if TYPE_CHECKING:
    from newsspider.dates import ParsedDate, Reading


def register(app: typer.Typer) -> None:
    app.command("dates")(dates)


def dates(
    texts: Annotated[list[str], typer.Argument(metavar="TEXT", help="Printed dates; - reads one a line from standard input.")],
    reference: Annotated[str | None, typer.Option(help="When the text was seen (ISO 8601); now when left out.")] = None,
    timezone: Annotated[str, typer.Option(help="The site's time zone, an IANA name.")] = "UTC",
    country: Annotated[
        str | None, typer.Option(help="The site's country, by its code or name: it settles what only a country can.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value a text.")] = False,
) -> None:
    """Read printed dates and print what they say, or why they say nothing."""
    from newsspider.dates import read_date

    seen = _reference(reference, timezone)
    place = country_code(country) if country else None
    if country and not place:
        raise typer.BadParameter(f"{country!r} is no country; write its code or name, for example EG", param_hint="--country")
    readings = ((text, read_date(text, reference=seen, timezone=timezone, country=place)) for text in _lines(texts))
    if as_json:
        for text, reading in readings:
            console.print_json(_as_json(text, reading))
    else:
        _print_table(readings)


def _reference(text: str | None, timezone: str) -> datetime:
    """The moment in the option, in the zone of the other option; raises typer.BadParameter for either."""
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as e:
        raise typer.BadParameter(f"{timezone!r} is no IANA time zone; write for example Africa/Cairo", param_hint="--timezone") from e
    try:
        moment = datetime.fromisoformat(text) if text else clock.now()
    except ValueError as e:
        raise typer.BadParameter(f"{text!r} is no ISO 8601 time; write for example 2025-01-22T14:35", param_hint="--reference") from e
    if not 1900 < moment.year < 9999:
        raise typer.BadParameter(f"{text!r} is not between the years 1901 and 9998", param_hint="--reference")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _lines(texts: list[str]) -> Iterator[str]:
    for text in texts:
        if text == "-":
            yield from (line.rstrip("\r\n") for line in sys.stdin if line.strip())
        else:
            yield text


def _print_table(readings: Iterator[tuple[str, Reading]]) -> None:
    from rich.table import Column, Table
    from rich.text import Text

    table = Table(
        "text", Column("value", no_wrap=True, min_width=25), "precision", "calendar", "read", "confidence, notes", box=None, pad_edge=False
    )
    for text, reading in readings:
        found = reading.published
        if found is None:
            table.add_row(Text(text), "–", "", "", "", f"refused: {reading.reject_reason}")
            continue
        table.add_row(Text(text), found.value.isoformat(), found.precision, found.calendar, Text(found.matched), _notes(found))
        if reading.modified not in (None, found):
            table.add_row(
                "", reading.modified.value.isoformat(), reading.modified.precision, "", Text(reading.modified.matched), "modified"
            )
    console.out.print(table)


def _notes(found: ParsedDate) -> str:
    return ", ".join([f"{found.confidence:g}", *found.notes])


def _as_json(text: str, reading: Reading) -> dict[str, Any]:
    return {
        "text": text,
        "published": _date_as_json(reading.published),
        "modified": _date_as_json(reading.modified),
        "refused": reading.reject_reason,
    }


def _date_as_json(found: ParsedDate | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "value": found.value.isoformat(),
        "precision": found.precision,
        "calendar": found.calendar,
        "matched": found.matched,
        "span": found.span,
        "confidence": found.confidence,
        "notes": found.notes,
    }
