"""Dates: times counted back from the moment of reading ("منذ ساعتين ونصف", "أمس الساعة 10:20 م").

Units are nominal: a month is a calendar month, and the precision says that more was not known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from newsspider.dates.calendars import FIRST_YEAR, months_before
from newsspider.dates.tokens import Tokens
from newsspider.items import Precision

MAX_UNKNOWN = 6
"""With more unknown words around, it is a sentence, not a label."""

_AMOUNT = (
    r"j*(?:(?P<i>i)|(?P<part>h)(?P<partof>U)|(?P<n1>[nOx])j?(?P<u1>U)|(?P<u2>[UB])(?P<n2>[nO])?(?![nOxY]))"
    r"(?:&(?:(?P<half>h)|(?P<n3>[nO])?(?P<u3>[UB])))?j*"
)
_AGO = re.compile(rf"(?P<a>[af]){_AMOUNT}(?![WMHY&])")
_PAST = re.compile(rf"{_AMOUNT}g")
_DAY = re.compile(r"(?P<p1>[pq])?(?P<r>r)(?P<p2>[pq])?")
_LAST = re.compile(r"L")
_LAST_WEEKDAY = re.compile(r"(?P<w>W)P")
_NOW = re.compile(r"N")
_LEFT_OPEN = frozenset("|,-.:()/lukfpW")
_RIGHT_OPEN = frozenset("|,-.:()/lukspWcn")
_LENGTH = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400}
_PRECISION = {name: Precision(name) for name in ("second", "minute", "hour", "day", "week", "month", "year")}


@dataclass(slots=True)
class Back:
    """The day or the moment meant, token `start` to `end`; `moment` None for units of a day and longer."""

    start: int
    end: int
    precision: Precision
    day: date
    moment: datetime | None = None
    named_day: bool = False  # "yesterday": a clock time beside it belongs to it


def back(tokens: Tokens, reference: datetime) -> Back | None:
    """The first relative time that stands for itself (not a part of a sentence); `reference` is in the site's zone."""
    classes = tokens.classes
    if classes.count("X") + classes.count("e") > MAX_UNKNOWN:
        return None
    for pattern, read in _READERS:
        for match in pattern.finditer(classes):
            found = read(tokens, match, reference)
            if found is not None and _stands_alone(classes, match.start(), match.end()):
                return found
    return None


def _stands_alone(classes: str, start: int, end: int) -> bool:
    return (start == 0 or classes[start - 1] in _LEFT_OPEN) and (end == len(classes) or classes[end] in _RIGHT_OPEN)


def _ago(tokens: Tokens, match: re.Match[str], reference: datetime) -> Back | None:
    if "a" in match.re.groupindex and tokens.classes[match.start()] == "f" and tokens.word(match.start()) != "من":
        return None
    values = tokens.values
    start, end = match.start(), match.end()
    if match["i"]:
        recently = values[match.start("i")] == "recently"
        return Back(start, end, Precision.HOUR if recently else Precision.MINUTE, reference.date(), reference)
    if match["part"]:
        unit, count = values[match.start("partof")], values[match.start("part")] / 60
    elif match["u1"]:
        unit, count = values[match.start("u1")], values[match.start("n1")]
    else:
        unit = values[match.start("u2")]
        count = 2 if match["u2"] == "B" else values[match.start("n2")] if match["n2"] else 1
    finer: tuple[str, float] | None = None
    if match["half"]:
        finer = (unit, values[match.start("half")] / 60)
    elif match["u3"]:
        amount = 2 if match["u3"] == "B" else values[match.start("n3")] if match["n3"] else 1
        finer = (values[match.start("u3")], amount)
    return _counted(start, end, unit, count, finer, reference)


def _counted(start: int, end: int, unit: str, count: float, finer: tuple[str, float] | None, reference: datetime) -> Back | None:
    if not 0 <= count <= 1000:
        return None
    if unit in ("month", "year"):
        if count != int(count) or (finer and finer[0] not in ("month", "year")):
            return None if count != int(count) else _counted(start, end, unit, count, None, reference)
        months = int(count) * (12 if unit == "year" else 1)
        if finer:
            months += round(finer[1] * (12 if finer[0] == "year" else 1))
        if reference.year - months // 12 - 1 < FIRST_YEAR:
            return None
        return Back(start, end, _PRECISION["month" if finer else unit], day=months_before(reference.date(), months))
    length = _LENGTH[unit] * count
    precision = _PRECISION[unit] if count == int(count) else {"hour": Precision.MINUTE, "day": Precision.HOUR}.get(unit, _PRECISION[unit])
    if finer and finer[0] in _LENGTH:
        length += _LENGTH[finer[0]] * finer[1]
        if finer[1] != int(finer[1]):
            precision = {"hour": Precision.MINUTE, "minute": Precision.SECOND, "day": Precision.HOUR}.get(finer[0], precision)
        else:
            precision = _PRECISION[finer[0]]
    if precision in (Precision.DAY, Precision.WEEK):
        return Back(start, end, precision, day=reference.date() - timedelta(days=round(length / 86400)))
    moment = _earlier(reference, length)
    return Back(start, end, precision, moment.date(), moment)


def _earlier(reference: datetime, seconds: float) -> datetime:
    """Elapsed time, not wall-clock time: across a change of the clocks they differ."""
    zone = reference.tzinfo
    return (reference.astimezone(UTC) - timedelta(seconds=seconds)).astimezone(zone)


def _named_day(tokens: Tokens, match: re.Match[str], reference: datetime) -> Back | None:
    day = reference.date() + timedelta(days=tokens.values[match.start("r")])
    weekday = next(
        (tokens.values[i] for i in (match.end(), match.start() - 1) if 0 <= i < len(tokens.classes) and tokens.classes[i] == "W"), None
    )
    if weekday is not None and weekday != day.weekday():
        return None
    return Back(match.start(), match.end(), Precision.DAY, day=day, named_day=True)


def _last(tokens: Tokens, match: re.Match[str], reference: datetime) -> Back | None:
    return _counted(match.start(), match.end(), tokens.values[match.start()], 1, None, reference)


def _last_weekday(tokens: Tokens, match: re.Match[str], reference: datetime) -> Back | None:
    behind = (reference.weekday() - tokens.values[match.start("w")] - 1) % 7 + 1
    return Back(match.start(), match.end(), Precision.DAY, day=reference.date() - timedelta(days=behind), named_day=True)


def _now(_tokens: Tokens, match: re.Match[str], reference: datetime) -> Back | None:
    return Back(match.start(), match.end(), Precision.MINUTE, reference.date(), reference)


_READERS = ((_AGO, _ago), (_PAST, _ago), (_DAY, _named_day), (_LAST_WEEKDAY, _last_weekday), (_LAST, _last), (_NOW, _now))
