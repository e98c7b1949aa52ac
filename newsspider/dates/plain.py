"""Dates: what most pages print — [label] [weekday] day month year [time] [zone], or "منذ 3 ساعات", and nothing else — read in one match.

Whatever is unusual in it (an unknown word, a weekday that contradicts, no such day, a placeholder) is left to the grammar, which reads this
form as well and says the same: a test compares the two.
"""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo

from newsspider.dates.calendars import HIJRI_YEARS, Calendar, gregorian, hijri, untrue
from newsspider.dates.clocks import hour_of
from newsspider.dates.lexicon import lexicon
from newsspider.dates.model import Note, ParsedDate
from newsspider.dates.relative import counted
from newsspider.dates.zones import BY_COUNTRY, named_zone
from newsspider.items import Precision

_WORD = r"[a-z\x80-\U0010ffff]+"
_WORDS = re.compile(_WORD)
_SIGNS = re.compile(r"[^\sa-z\x80-\U0010ffff]")
_FORM = re.compile(
    rf"([\s|]*(?:{_WORD}[\s,:|\-]{{1,3}}){{0,5}})([0-9]{{1,2}})"  # label and weekday, day
    rf"([\s/,.\-]{{0,3}})(?:({_WORD}(?: {_WORD}){{0,2}})(?: ?[/(] ?({_WORD}(?: {_WORD}){{0,2}})(?: ?\))?)?|([0-9]{{1,2}}))"  # month
    rf"([\s/,.\-]{{0,3}})([12][0-9]{{3}})( ?(?:م|هـ|ه)(?=\s*$))?"  # year, era
    rf"(?:[\s,|\-]{{1,4}}(?:({_WORD})[\s:]{{1,2}})?([0-9]{{1,2}}):([0-9]{{2}})(?::([0-9]{{2}}))?((?: ?{_WORD}(?: {_WORD}){{0,4}})?))?[\s|]*"  # time, part of the day, zone
)
_AGO = re.compile(rf"\s*({_WORD})(?: ([0-9]{{1,3}}))? ({_WORD})\s*")


def read_plain(raw: str, folded: str, here: datetime, zone: tzinfo) -> ParsedDate | None:
    """The date of a folded text in the plain form, None for the grammar to look at it."""
    match = _FORM.fullmatch(folded)
    if match is None:
        return _ago(raw, folded, here)
    before, day_of_month, sign, name, other_name, number, sign_after, year, era, *time = match.groups()
    known = lexicon()
    weekday, first = None, 0
    if before:
        words = _WORDS.findall(before)
        codes = "".join([known.codes.get(word, "?") for word in words])
        if codes.lstrip("lfkr") not in ("", "W"):
            return None
        weekday = known.values[words[-1]] if codes.endswith("W") else None
        first = len(words) + len(_SIGNS.findall(before))
    if name:
        code, month = known.months.get(name, ("", 0))
        if other_name and known.months.get(other_name) != (code, month):
            return None
    else:
        code, month = "M" if sign == sign_after and sign in ("/", "-", ".") else "", int(number)
    hijri_year = int(year) in HIJRI_YEARS
    if code != ("H" if hijri_year else "M") or (era and ("ه" in era) != hijri_year):
        return None
    found = (hijri if hijri_year else gregorian)(int(year), month, int(day_of_month))
    if found is None or (weekday is not None and found.weekday() != weekday):
        return None
    value, precision, printed = _timed(found, zone, *time) if time[1] else (found, Precision.DAY, False)
    if value is None or untrue(value, here):
        return None
    tokens = (first, first + 3 + len(_SIGNS.findall(sign)) + len(_SIGNS.findall(sign_after)))
    calendar, notes = (Calendar.HIJRI, (Note.HIJRI_ONLY,)) if hijri_year else (Calendar.GREGORIAN, ())
    return ParsedDate(value, precision, raw, tokens, calendar, notes, printed)


def _ago(raw: str, folded: str, here: datetime) -> ParsedDate | None:
    """A number of one unit ago."""
    match = _AGO.fullmatch(folded)
    if match is None:
        return None
    word, number, unit = match.groups()
    known = lexicon()
    code = known.codes.get(unit)
    if known.codes.get(word) != "a" or code not in ("U", "D", "B") or (code == "D") > bool(number) or (code == "B" and number):
        return None
    found = counted(0, 0, known.values[unit], 2 if code == "B" else int(number or 1), None, here)
    if found is None:
        return None
    value = found.moment.replace(microsecond=0) if found.moment else found.day
    return ParsedDate(value, found.precision, raw, (0, 3 if number else 2), notes=(Note.RELATIVE,))


def _timed(
    day: date, zone: tzinfo, clock: str | None, hour: str, minute: str, second: str | None, after: str
) -> tuple[datetime | None, Precision, bool]:
    """The day at the printed time, and whether a zone was printed; None for the grammar to look at it. `after`: part of the day, zone."""
    known, words = lexicon(), _WORDS.findall(after)
    precision, part, place = Precision.SECOND if second else Precision.MINUTE, None, zone
    unusual = int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59 or (clock and known.codes.get(clock) != "s")
    if words and known.codes.get(words[0]) in ("p", "q"):
        part = known.values[words.pop(0)]
    if words:
        phrase = tuple(words[1:] if known.codes.get(words[0]) == "z" else words)
        name = known.zones.get(phrase)
        unusual = unusual or name is None or phrase in BY_COUNTRY or (phrase == tuple(words) and known.codes.get(words[0]) != "Z")
        place = named_zone(name or "UTC")
    if unusual:
        return None, precision, False
    of_day = hour_of(int(hour), part)
    return datetime(day.year, day.month, day.day, of_day, int(minute), int(second or 0), tzinfo=place), precision, bool(words)
