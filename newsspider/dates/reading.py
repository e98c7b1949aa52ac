"""Dates: reads one printed text. The entry points `read_date` and `parse_date`; docs/dates.md shows what is recognised."""

from __future__ import annotations

from datetime import date as Day  # noqa: N812 - `date` would read as the text's date here
from datetime import datetime, timezone, tzinfo

from newsspider.dates import machine
from newsspider.dates.assembly import Assembly
from newsspider.dates.calendars import untrue
from newsspider.dates.folding import MAX_CHARS, fold
from newsspider.dates.foreign import read_foreign
from newsspider.dates.model import ParsedDate, Reading, Refusal
from newsspider.dates.plain import read_plain
from newsspider.dates.tokens import cut
from newsspider.dates.zones import named_zone
from newsspider.items import Precision

_DAY, _MINUTE, _SECOND = Precision.DAY, Precision.MINUTE, Precision.SECOND


def parse_date(raw: str, *, reference: datetime, timezone: str, country: str | None = None) -> ParsedDate | None:
    """The date of publication that the text prints, None when it prints none; see `read_date`."""
    return read_date(raw, reference=reference, timezone=timezone, country=country).published


def read_date(raw: str, *, reference: datetime, timezone: str, country: str | None = None) -> Reading:
    """Reads the dates of publication and of change in a text, or says why there are none.

    `reference` (aware) is when the text was seen; `timezone` the site's IANA zone, for times without one; `country` (ISO 3166) settles what
    only a country can. Never later than a day after the reference. Pure; linear in the text, of which the first MAX_CHARS count.
    """
    raw, zone = raw[:MAX_CHARS], named_zone(timezone)
    here = reference.astimezone(zone)
    folded = fold(raw)
    try:
        iso = machine.read_iso(folded)
    except machine.Impossible:
        return Reading(reject_reason=Refusal.PLACEHOLDER if folded.strip().startswith("0000") else Refusal.IMPOSSIBLE)
    if iso is not None:
        return _from_iso(raw, iso, here, zone)
    tokens = cut(folded)
    if not tokens.classes:
        return Reading(reject_reason=Refusal.EMPTY)
    if plain := read_plain(raw, tokens, here, zone):
        return plain
    assembly = Assembly(raw, tokens, here, zone, country)
    reading = assembly.read()
    if reading.published is None and not assembly.owned and (foreign := read_foreign(raw, tokens, here, zone)):
        value, precision = foreign
        return _checked(ParsedDate(value, precision, raw), here)
    return reading


def _from_iso(raw: str, iso: tuple[Day, tuple[int, int, int | None] | None, timezone | None], here: datetime, zone: tzinfo) -> Reading:
    day, clock, offset = iso
    if clock is None:
        return _checked(ParsedDate(day, _DAY, raw), here)
    hour, minute, second = clock
    value = datetime(day.year, day.month, day.day, hour, minute, min(second or 0, 59), tzinfo=offset or zone)
    return _checked(ParsedDate(value, _MINUTE if second is None else _SECOND, raw), here)


def _checked(parsed: ParsedDate, here: datetime) -> Reading:
    refused = untrue(parsed.value, here)
    return Reading(reject_reason=Refusal(refused)) if refused else Reading(published=parsed)
