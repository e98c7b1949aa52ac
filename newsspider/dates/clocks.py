"""Dates: the grammar of clock times and time zones, as rules over the string of token classes."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo

from newsspider.dates.tokens import Tokens
from newsspider.dates.zones import named_zone, place_zone


@dataclass(slots=True)
class Clock:
    """A time of day, token `start` to `end`; `second` None when not printed, `only_hour` when no minutes are."""

    start: int
    end: int
    hour: int
    minute: int
    second: int | None
    only_hour: bool = False


@dataclass(slots=True)
class Zone:
    """A zone phrase; `zone` None is the site's own, said aloud."""

    start: int
    end: int
    zone: tzinfo | None


# 14:35, 2:35:10 م, م 2:35
_DIGITAL = re.compile(r"(?:(?P<before>[pq])[s,\-:]{0,2})?(?P<h>n):(?P<m>n)(?::(?P<s>n))?(?:[\-,|(]?(?P<after>[pq]))?")
# والنصف, إلا ربعا, والنصف وخمس دقائق, وعشر دقائق
_MINUTES = r"(?:&|&?(?P<minus>~))(?:(?P<part>h)(?:&(?P<more>[nO])[UD])?|(?P<words>[nO])[UD]?)"
# الساعة 5 مساء, الساعة الخامسة والنصف, الساعة الثالثة إلا ربعا, الساعة الخامسة وعشر دقائق, الساعة 14.35
_SPOKEN = re.compile(rf"s[f:,\-]{{0,2}}(?P<h>[nO])(?:{_MINUTES}|[.\-](?P<m>n))?(?P<after>[pq])?")
# 11 صباحا, الخامسة والنصف مساء, 2.35 م
_BARE = re.compile(rf"(?P<h>[nO])(?:[.](?P<m>n)|{_MINUTES})?(?P<after>[pq])")
# 14h35, 14س35, الساعة 14 سا و35 د, after a year 14h
_LETTERED = re.compile(r"(?P<h>n)(?P<unit>U)&?(?P<m>n)|(?:(?<=Y)|(?<=Y[,\-|fs]))(?P<h2>n)(?P<unit2>U)(?![ga])")
# 14.35 and 14,35 between signs or before a zone
_DOTTED = re.compile(r"(?<=[Y|(,\-])(?P<h>n)[.,](?P<m>n)(?=[|),\-zZ]|$)")


def clocks(tokens: Tokens, taken: Collection[int]) -> list[Clock]:
    """The times of day; `taken` are tokens that belong to dates and zones."""
    classes = tokens.classes
    found: list[Clock] = []
    if ":" in classes:
        found = [clock for match in _DIGITAL.finditer(classes) if (clock := _digital(tokens, match, taken))]
    if not found and "nU" in classes:
        found = [clock for match in _LETTERED.finditer(classes) if (clock := _lettered(tokens, match))]
    if not found and "s" in classes:
        found = [clock for match in _SPOKEN.finditer(classes) if (clock := _spoken(tokens, match, taken))]
    if not found and ("p" in classes or "q" in classes):
        found = [
            clock
            for match in _BARE.finditer(classes)
            if (clock := _spoken(tokens, match, taken)) and 1 <= tokens.values[match.start("h")] <= 12
        ]
    if not found:
        found = [clock for match in _DOTTED.finditer(classes) if (clock := _dotted(tokens, match, taken))]
    return found


def _digital(tokens: Tokens, match: re.Match[str], taken: Collection[int]) -> Clock | None:
    values = tokens.values
    at, at_minute = match.start("h"), match.start("m")
    if len(tokens.word(at_minute)) != 2 or at in taken or at_minute in taken:
        return None
    part = None
    if match["after"]:
        part = values[match.start("after")]
    elif match["before"] and not (match["before"] == "q" and tokens.classes[max(match.start() - 1, 0)] == "Y"):  # م after a year is "AD"
        part = values[match.start("before")]
    return _clock(match, values[at], values[at_minute], values[match.start("s")] if match["s"] else None, part)


def _spoken(tokens: Tokens, match: re.Match[str], taken: Collection[int]) -> Clock | None:
    values = tokens.values
    at = match.start("h")
    if at in taken:
        return None
    exact = next((name for name in ("part", "m", "words") if match[name]), None)
    minute = values[match.start(exact)] * (-1 if match["minus"] else 1) if exact else 0
    if match["more"]:
        minute += values[match.start("more")]
    return _clock(match, values[at], minute, None, values[match.start("after")] if match["after"] else None, only_hour=exact is None)


def _lettered(tokens: Tokens, match: re.Match[str]) -> Clock | None:
    at, values = match.start(), tokens.values
    said = at > 0 and (tokens.classes[at - 1] == "s" or tokens.word(at - 1) == "علي")
    if values[at + 1] != "hour" or not (said or tokens.tight(at)) or (match["m"] and not (said or tokens.tight(at + 1))):
        return None
    return _clock(match, values[at], values[match.start("m")] if match["m"] else 0, None, None, only_hour=not match["m"])


def _dotted(tokens: Tokens, match: re.Match[str], taken: Collection[int]) -> Clock | None:
    at, at_minute = match.start("h"), match.start("m")
    if at in taken or len(tokens.word(at)) + len(tokens.word(at_minute)) < 4:
        return None
    return _clock(match, tokens.values[at], tokens.values[at_minute], None, None)


def _clock(match: re.Match[str], hour: int, minute: int, second: int | None, part: str | None, *, only_hour: bool = False) -> Clock | None:
    if minute < 0:
        hour, minute = hour - 1, minute + 60
    if not 0 <= hour <= 24 or not 0 <= minute <= 59 or (second or 0) > 59 or (hour == 24 and minute):
        return None
    return Clock(match.start(), match.end(), hour_of(hour % 24, part), minute, second, only_hour)


def hour_of(hour: int, part: str | None) -> int:
    """The hour of 24 for a printed hour and a part of the day (words.toml); a printed 13 to 23 stays."""
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


# GMT+3, بتوقيت القدس +02:00, (غرينتش+1) · GMT+0300 · +2GMT · after a time +03:00, +0300 · بتوقيت القاهرة · GMT
_OFFSET = re.compile(
    r"(?:z[f:]{0,2}.{0,2})?Z\(?(?P<s>[+\-])(?P<h>n)(?::(?P<m>n))?|Z(?P<s2>[+\-])(?P<x2>[xY])|(?:z[f:]{0,2}.{0,3}?)?(?P<s4>[+\-])(?P<h4>n)Z"
    r"|(?<=:n)[pq]?(?P<s5>[+\-])(?:(?P<h5>n):(?P<m5>n)|(?P<x5>[xY]))|z[f:]{0,2}\(?(?P<city>.)|(?P<name>Z)"
)


def zones(tokens: Tokens, country: str | None) -> list[Zone]:
    """The zone phrases: offsets, names of zones, and places after "by the time of"."""
    return [zone for match in _OFFSET.finditer(tokens.classes) if (zone := _zone(tokens, match, country))]


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
            word = tokens.word(match.start("x" + tail))
            if len(word) != 4 or (match["s" + tail] == "-" and not tokens.tight(match.start("s" + tail))):
                return None
            return _offset(start, end, match["s" + tail], int(word[:2]), int(word[2:]))
    if match["city"]:
        return _city(tokens, start, match.start("city"), country)
    return Zone(start, end, named_zone(values[start]))


def _offset(start: int, end: int, sign: str, hours: int, minutes: int) -> Zone | None:
    if hours > 14 or minutes % 15 or minutes > 59:
        return None
    delta = timedelta(hours=hours, minutes=minutes)
    return Zone(start, end, timezone(-delta if sign == "-" else delta))


def _city(tokens: Tokens, start: int, at: int, country: str | None) -> Zone | None:
    first = tokens.firsts[at]
    words = tuple(tokens.words[first : first + 3])
    used, zone = place_zone(words, tokens.values[at], country)
    if not used:
        return None
    end = next((i for i in range(at + 1, len(tokens.firsts)) if tokens.firsts[i] >= first + used), len(tokens.firsts))
    return Zone(start, end, zone)
