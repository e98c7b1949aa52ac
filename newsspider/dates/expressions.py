"""Dates: the grammar of dates, clock times and zones, as rules over the string of token classes (lexicon.py and tokens.py list the classes)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta, timezone, tzinfo

from newsspider.dates.calendars import HIJRI_YEARS, Calendar, full_year
from newsspider.dates.tokens import Tokens
from newsspider.dates.zones import named_zone, place_zone

# What may stand between day, month and year.
_F = r"[fU&,./\-()|']{0,3}"
_T = r"n:n(?::n)?[pq]?"
_D, _M, _Y = r"(?<!n:)(?P<d>[nO])", r"(?P<m>[MH])", r"(?P<y>Y)"
_DAY_LAST = r"(?P<d>[nO])(?!:)"

# Order matters: an earlier rule claims its tokens. "strict" rules hold only among known words.
_RULES: tuple[tuple[str, str, bool], ...] = (
    ("day month year", rf"{_D}{_F}(?P<m>[MHm]){_F}{_Y}", False),
    ("month day year", rf"{_M}{_F}{_DAY_LAST}{_F}{_Y}", False),
    ("year month day", rf"{_Y}{_F}{_M}{_F}{_DAY_LAST}(?!{_F}[MH])", False),
    ("year day month", rf"{_Y}{_F}{_D}{_F}{_M}(?!{_F}Y)", False),
    ("day time year month", rf"{_D}[,|\-]?{_T}{_F}{_Y}{_F}{_M}", False),
    ("day month time year", rf"{_D}{_F}{_M}{_F}{_T}{_F}Z?{_Y}", False),
    ("month day time year", rf"{_M}{_F}{_DAY_LAST}{_F}{_T}{_F}Z?{_Y}", False),
    ("day year month", rf"{_D}{_F}{_Y}{_F}{_M}", False),
    ("month year day", rf"{_M}{_F}{_Y}{_F}{_DAY_LAST}", True),
    ("day month year, numbers", r"(?<!n:)(?P<a>n)[/.\-](?P<b>n)[/.\-](?P<y>Y)", False),
    ("year month day, numbers", r"(?P<y>Y)[/.\-](?P<b>n)[/.\-](?P<a>n)(?!:)", False),
    ("day month year, spaces", r"(?<!n:)(?<!n)(?P<a>n)(?P<b>n)(?P<y>Y)", True),
    ("day month two-digit year", rf"{_D}{_F}{_M}{_F}(?P<s>n)(?![:UMHpq&h])", True),
    ("day month two-digit year, slashes", r"(?<!n:)(?P<a>n)/(?P<b>n)/(?P<s>n)(?!:)", False),
    ("day month two-digit year, numbers", r"(?<!n:)(?P<a>n)[.\-](?P<b>n)[.\-](?P<s>n)(?!:)", True),
)
_YEARLESS: tuple[tuple[str, str, bool], ...] = (
    ("day month", rf"{_D}{_F}{_M}", True),
    ("month day", rf"{_M}{_F}{_DAY_LAST}", True),
    ("weekday, day and month, numbers", r"(?<=W)[,:|\-f]{0,2}(?P<a>n)[/](?P<b>n)(?![/.\-:])", False),
)
_COMPILED = tuple((name, re.compile(pattern), strict) for name, pattern, strict in _RULES)
_COMPILED_YEARLESS = tuple((name, re.compile(pattern), strict) for name, pattern, strict in _YEARLESS)
_NEED_MONTH = re.compile("[MHm]")
_UNKNOWN = re.compile("[Xe]")
_BESIDE = re.compile("[Wlu]|n:n")


@dataclass(slots=True)
class Written:
    """A date as written: token `start` to `end` (after the last), and its parts. `numeric`: day, month and year are all numbers."""

    start: int
    end: int
    day: int
    month: int
    year: int | None
    calendar: Calendar
    numeric: bool = False
    short_year: bool = False
    rule: str = ""
    taken: tuple[int, ...] = ()


@dataclass(slots=True)
class Clock:
    start: int
    end: int
    hour: int
    minute: int
    second: int | None
    only_hour: bool = False


@dataclass(slots=True)
class Zone:
    start: int
    end: int
    zone: tzinfo | None  # None: the site's own, said aloud


def dates(tokens: Tokens, reference: date) -> list[Written]:
    """All dates written in the tokens, in their order; dates without a year only where no full one stands."""
    classes = tokens.classes
    found: list[Written] = []
    if "Y" in classes or classes.count("n") > 2:
        found = _match(tokens, _COMPILED, reference)
    if (not found or all(d.calendar is Calendar.HIJRI for d in found)) and ("M" in classes or "H" in classes or "W" in classes):
        found += [d for d in _match(tokens, _COMPILED_YEARLESS, reference) if all(d.end <= o.start or d.start >= o.end for o in found)]
    found.sort(key=lambda d: d.start)
    return found


def _match(tokens: Tokens, rules: tuple[tuple[str, re.Pattern[str], bool], ...], reference: date) -> list[Written]:
    classes = tokens.classes
    named = _NEED_MONTH.search(classes) is not None
    believed = _UNKNOWN.search(classes) is None or _BESIDE.search(classes) is not None
    found: list[Written] = []
    for name, pattern, strict in rules:
        if (strict and not believed) or (not named and "m" in pattern.groupindex):
            continue
        for match in pattern.finditer(classes):
            if all(match.end() <= other.start or match.start() >= other.end for other in found):
                written = _written(tokens, match, name, reference)
                if written is not None:
                    found.append(written)
    return found


def _written(tokens: Tokens, match: re.Match[str], rule: str, reference: date) -> Written | None:
    groups, values = match.re.groupindex, tokens.values
    numeric = "a" in groups
    at_day, at_month = (match.start("a"), match.start("b")) if numeric else (match.start("d"), match.start("m"))
    day, month = values[at_day], values[at_month]
    kind = tokens.classes[at_month]
    if kind == "m" and match.end() - match.start() != 3:
        return None
    if numeric and not _whole(tokens, match.start(), match.end()):
        return None
    year: int | None = None
    taken = [at_day, at_month]
    hijri = kind == "H"
    if "y" in groups:
        year = values[match.start("y")]
        taken.append(match.start("y"))
        hijri = hijri or (kind == "n" and year in HIJRI_YEARS)
    elif "s" in groups:
        at = match.start("s")
        if not _two_digits(tokens, (at, at_day, at_month) if numeric and "/" not in rule else (at,)):
            return None
        year = full_year(values[at], reference)
        taken.append(at)
    elif _numbered(tokens, at_day) or (hijri and not _sure_hijri(tokens, match)):
        return None
    if year is not None and not numeric and _issue_number(tokens, at_day, at_month):
        return None
    calendar = Calendar.HIJRI if hijri else Calendar.GREGORIAN
    return Written(match.start(), match.end(), day, month, year, calendar, numeric, "s" in groups, rule, tuple(taken))


def _two_digits(tokens: Tokens, places: tuple[int, ...]) -> bool:
    return all(len(tokens.words[i]) == 2 for i in places if tokens.classes[i] == "n")


def _numbered(tokens: Tokens, at: int) -> bool:
    return at > 0 and tokens.classes[at - 1] == "c"


def _issue_number(tokens: Tokens, at_day: int, at_month: int) -> bool:
    """ "Issue 22 - January 2025": the number counts issues, and there is no day."""
    return at_day + 1 < at_month and tokens.classes[at_day + 1] in "-|,/)" and at_day > 0 and tokens.classes[at_day - 1] in "c("


def _sure_hijri(tokens: Tokens, match: re.Match[str]) -> bool:
    return tokens.classes[match.end() : match.end() + 1] == "A" or tokens.classes[max(match.start() - 1, 0)] == "W"


def _whole(tokens: Tokens, start: int, end: int) -> bool:
    """Whether these numbers are not a part of a longer chain (phone, ISBN, version)."""
    classes = tokens.classes
    if start > 1 and classes[start - 1] in "/.-+" and classes[start - 2] in "nYx" and tokens.tight(start - 1) and tokens.tight(start - 2):
        return classes[max(start - 3, 0)] == ":"
    if end + 1 < len(classes) and classes[end] in "/.-" and classes[end + 1] in "nYx" and tokens.tight(end - 1) and tokens.tight(end):
        return classes[end + 2 : end + 3] == ":"
    return not (end < len(classes) and classes[end] in "Yx" and tokens.tight(end - 1))


# ---------------------------------------------------------------- clock times
_DIGITAL = re.compile(r"(?:(?P<before>[pq])[s,\-:]{0,2})?(?P<h>n):(?P<m>n)(?::(?P<s>n))?(?:[\-,|(]?(?P<after>[pq]))?")
_SPOKEN = re.compile(
    r"(?P<clock>s)[f:,\-]{0,2}(?P<h>[nO])(?:(?:&|&?(?P<minus>~))(?P<part>h)|[.\-](?P<m>n)|(?:&|&?(?P<less>~))(?P<wm>[nO])U?)?(?P<after>[pq])?"
    r"|(?P<h2>[nO])(?:[.](?P<m2>n)|(?:&|&?(?P<minus2>~))(?P<part2>h))?(?P<after2>[pq])"
    r"|(?P<h3>n)(?P<unit>U)(?P<m3>n)?"
)


def clocks(tokens: Tokens, taken: frozenset[int]) -> list[Clock]:
    """The times of day; `taken` are tokens that belong to dates."""
    classes = tokens.classes
    found: list[Clock] = []
    if ":" in classes:
        found += [clock for match in _DIGITAL.finditer(classes) if (clock := _digital(tokens, match, taken))]
    if not found:
        found += [clock for match in _SPOKEN.finditer(classes) if (clock := _spoken(tokens, match, taken))]
    return found


def _digital(tokens: Tokens, match: re.Match[str], taken: frozenset[int]) -> Clock | None:
    values = tokens.values
    at = match.start("h")
    if len(tokens.words[match.start("m")]) != 2 or at in taken or match.start("m") in taken:
        return None
    part = values[match.start("after")] if match["after"] else None
    if (
        part is None
        and match["before"]
        and not (match["before"] == "q" and tokens.classes[match.start() - 1 : match.start()] in ("Y", "s"))
    ):
        part = values[match.start("before")]
    second = values[match.start("s")] if match["s"] else None
    return _clock(match, values[at], values[match.start("m")], second, part)


def _spoken(tokens: Tokens, match: re.Match[str], taken: frozenset[int]) -> Clock | None:
    values, group = tokens.values, match.lastgroup
    if match["unit"]:
        if (
            values[match.start("unit")] != "hour"
            or not match["m3"]
            or not (tokens.tight(match.start()) and tokens.tight(match.start() + 1))
        ):
            return None
        return _clock(match, values[match.start("h3")], values[match.start("m3")], None, None)
    tail = "" if match["clock"] else "2"
    at = match.start("h" + tail)
    if at in taken or group is None:
        return None
    minute = 0
    if match["part" + tail]:
        minute = values[match.start("part" + tail)] * (-1 if match["minus" + tail] else 1)
    elif match["m" + tail]:
        minute = values[match.start("m" + tail)]
    elif not tail and match["wm"]:
        minute = values[match.start("wm")] * (-1 if match["less"] else 1)
    exact = match["part" + tail] or match["m" + tail] or (not tail and match["wm"])
    part = values[match.start("after" + tail)] if match["after" + tail] else None
    if tail and not 1 <= values[at] <= 12:
        return None
    return _clock(match, values[at], minute, None, part, only_hour=not exact)


def _clock(match: re.Match[str], hour: int, minute: int, second: int | None, part: str | None, *, only_hour: bool = False) -> Clock | None:
    if minute < 0:
        hour, minute = hour - 1, minute + 60
    if not 0 <= hour <= 24 or minute > 59 or (second or 0) > 59 or (hour == 24 and minute):
        return None
    return Clock(match.start(), match.end(), hour_of(hour % 24, part), minute, second, only_hour)


def hour_of(hour: int, part: str | None) -> int:
    """The hour of 24 for a printed hour and a part of the day; a printed 13 to 23 stays."""
    if part is None or hour > 12:
        return hour
    if part == "am":
        return hour % 12
    if part == "pm":
        return hour % 12 + 12
    if part == "noon":
        return hour if hour in (11, 12) else hour % 12 + 12
    if part == "midnight":
        return 0 if hour == 12 else hour
    return hour % 12 + 12 if 6 <= hour < 12 else hour % 12  # night


# ---------------------------------------------------------------- zones
_OFFSET = re.compile(
    r"(?:z[f:]{0,2}.{0,2})?Z\(?(?P<s>[+\-])(?P<h>n)(?::(?P<m>n))?|Z(?P<s2>[+\-])(?P<x2>[xY])|(?:z[f:]{0,2}.{0,3}?)?(?P<s4>[+\-])(?P<h4>n)Z"
    r"|(?<=:n)(?:[pq]?)(?P<s5>[+\-])(?:(?P<h5>n):(?P<m5>n)|(?P<x5>[xY]))|z[f:]{0,2}\(?(?P<city>.)|(?P<name>Z)|(?<=n)(?P<tail>k)(?=$|[)|,])"
)


def zones(tokens: Tokens, country: str | None) -> list[Zone]:
    """The zone phrases: offsets, names of zones, and places after "by the time of"."""
    classes = tokens.classes
    found: list[Zone] = []
    if not ("z" in classes or "Z" in classes or "+" in classes or "-" in classes):
        return found
    for match in _OFFSET.finditer(classes):
        zone = _zone(tokens, match, country)
        if zone is not None:
            found.append(zone)
    return found


def _zone(tokens: Tokens, match: re.Match[str], country: str | None) -> Zone | None:
    values, start, end = tokens.values, match.start(), match.end()
    for tail in ("", "4", "5"):
        if match["h" + tail]:
            if tail == "5" and not (tokens.tight(match.start("s5") - 1) and tokens.tight(match.start("s5"))):
                return None
            minutes = values[match.start("m" + tail)] if tail != "4" and match["m" + tail] else 0
            return _offset(start, end, match["s" + tail], values[match.start("h" + tail)], minutes)
    for tail in ("2", "5"):
        if match["x" + tail]:
            word = tokens.words[match.start("x" + tail)]
            if len(word) != 4 or (match["s" + tail] == "-" and not tokens.tight(match.start("s" + tail))):
                return None
            return _offset(start, end, match["s" + tail], int(word[:2]), int(word[2:]))
    if match["city"]:
        return _city(tokens, start, match.start("city"), country)
    if match["name"]:
        return Zone(start, end, named_zone(values[start]))
    return None


def _offset(start: int, end: int, sign: str, hours: int, minutes: int) -> Zone | None:
    if hours > 14 or minutes % 15:
        return None
    delta = timedelta(hours=hours, minutes=minutes)
    return Zone(start, end, timezone(-delta if sign == "-" else delta))


def _city(tokens: Tokens, start: int, at: int, country: str | None) -> Zone | None:
    if tokens.values[at] == "filler":
        return None
    words = tuple(w for i in range(at, min(at + 3, len(tokens.words))) for w in tokens.words[i].split())
    used, zone = place_zone(words, tokens.values[at], country)
    return Zone(start, at + max(used, 1), zone) if used else None
