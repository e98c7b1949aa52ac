"""Dates: what most pages print — [label] [weekday] day month year [time] [zone], or "منذ 3 ساعات", and nothing else — read in one match.

Whatever is unusual in it (an unknown word, a weekday that contradicts, no such day, a placeholder) is left to the grammar, which reads this
form as well and says the same: a test compares the two.
"""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo

from newsspider.dates.calendars import GREGORIAN, HIJRI, HIJRI_YEARS, gregorian, hijri, untrue
from newsspider.dates.clocks import hour_of
from newsspider.dates.expressions import GAP
from newsspider.dates.model import Note, ParsedDate, Reading
from newsspider.dates.relative import counted
from newsspider.dates.tokens import Tokens
from newsspider.dates.zones import BY_COUNTRY, named_zone
from newsspider.items import Precision

_DAY, _MINUTE, _SECOND = Precision.DAY, Precision.MINUTE, Precision.SECOND
_OF_HIJRI, _OF_NOW = (Note.HIJRI_ONLY,), (Note.RELATIVE,)
_FORM = re.compile(
    r"[lufkUr|,:.\-(]{0,8}W?[f|,:/\-(]{0,3}"  # labels, weekday
    rf"([nO]{GAP}([MH]){GAP}Y|n[/.\-]n[/.\-]Y|Y[/.\-]n[/.\-]n)((?<=Y)[qEA])?"  # day, month, year; era
    r"(?:(?:(?<=Y):)?[,|\-(]{0,3}(?:s:?)?(n):n(:n)?([pq])?[,|(]?(z?Z|zk)?)?[|.,()k\-]{0,4}"  # time, part of the day, zone
)
_AGO = re.compile(r"a(?:[nOx][UD]|U[nO]?|B)")


def read_plain(raw: str, tokens: Tokens, here: datetime, zone: tzinfo) -> Reading | None:
    """The reading of a text in the plain form, None for the grammar to look at it."""
    classes, values = tokens.classes, tokens.values
    match = _FORM.fullmatch(classes)
    if match is None:
        return _ago(raw, tokens, here) if _AGO.fullmatch(classes) else None
    _, month, era, hour, seconds, part, place = match.groups()
    start, end = match.span(1)
    at_day, at_month, at_year = start, match.start(2) if month else start + 2, end - 1
    if classes[start] == "Y":
        at_day, at_year = at_year, at_day
    year, in_hijri = values[at_year], month == "H"
    if (era and (era == "A") != in_hijri) or (year in HIJRI_YEARS and not in_hijri):
        return None
    found = (hijri if in_hijri else gregorian)(year, values[at_month], values[at_day])
    if found is None or ("W" in classes and found.weekday() != values[classes.index("W")]):
        return None
    value: date | datetime | None = found
    precision = _DAY
    if hour:
        at = match.start(4)
        zone_at = match.end(7) - 1 if place else None
        value, precision = _timed(tokens, found, at, bool(seconds), values[match.start(6)] if part else None, zone_at, zone)
    if value is None or untrue(value, here):
        return None
    calendar, notes = (HIJRI, _OF_HIJRI) if in_hijri else (GREGORIAN, ())
    parsed = ParsedDate(value, precision, raw, (start, end), calendar, notes)
    if "u" not in classes or classes.rindex("u") < classes.rfind("l"):
        return Reading(parsed)
    return Reading(parsed, parsed) if "U" not in classes else None


def _timed(
    tokens: Tokens, day: date, at: int, seconds: bool, part: str | None, zone_at: int | None, zone: tzinfo
) -> tuple[datetime | None, Precision]:
    """The day at the time printed from token `at`, in the zone of token `zone_at`; None for the grammar to look at it."""
    values = tokens.values
    hour, minute, second = values[at], values[at + 2], values[at + 4] if seconds else 0
    precision = _SECOND if seconds else _MINUTE
    if hour > 23 or minute > 59 or second > 59 or len(tokens.word(at + 2)) != 2:
        return None, precision
    if zone_at is not None:
        name = values[zone_at]
        if tokens.classes[zone_at] == "k" and ("/" not in name or (tokens.word(zone_at),) in BY_COUNTRY):
            return None, precision
        zone = named_zone(name)
    return datetime(day.year, day.month, day.day, hour_of(hour, part), minute, second, tzinfo=zone), precision


def _ago(raw: str, tokens: Tokens, here: datetime) -> Reading | None:
    """A number of one unit ago."""
    classes, values = tokens.classes, tokens.values
    at_unit = 1 if classes[1] in "UB" else 2
    count = 2 if classes[1] == "B" else values[3 - at_unit] if len(classes) == 3 else 1
    found = counted(0, len(classes), values[at_unit], count, None, here)
    if found is None:
        return None
    value = found.moment.replace(microsecond=0) if found.moment else found.day
    return Reading(ParsedDate(value, found.precision, raw, (0, len(classes)), notes=_OF_NOW))
