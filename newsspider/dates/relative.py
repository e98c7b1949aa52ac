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
    r"(?P<less>b)?j*(?:(?P<part>h)(?P<partof>[Us])|(?P<n1>[nOx])j?(?P<u1>[UD])|(?P<u2>[UB])(?P<n2>[nO](?![UD]))?(?![xY]))"
    r"(?:,?&(?:(?P<half>h)[Ufs]?|(?P<n3>[nO])?(?P<u3>[UDB]))|,?(?P<n4>[nO])(?P<u4>[UD])(?!k)|&?~(?P<short>h))?j*"
)
_AGO = re.compile(rf"(?P<a>[af]):?{_AMOUNT}g?(?![WMHY&])")
_PAST = re.compile(rf"{_AMOUNT}(?P<g>[ga])")
_RECENTLY = re.compile(r"aj*(?P<i>[iD])")
_NAMED_DAY = re.compile(r"(?P<r>r)")
_CLOCK_OR_COUNT = re.compile(r"s?n:n(?::n)?|nk|s[nO]|[nO](?=[pq])")
_CLOCK_BEFORE = re.compile(r"n:n(?::n)?$")
_NUMBER = re.compile("[nxYO]")
_LABEL = re.compile("[lu]")
_LAST = re.compile(r"L")
_LAST_WEEKDAY = re.compile(r"U?(?P<w>W)P")
_NOW = re.compile(r"N")
_LEFT_OPEN = frozenset("|,-.:()/lupqW")
_RIGHT_OPEN = frozenset("|,-.:()/lukspWcn")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400}
_MONTHS = {"month": 1, "year": 12}
_COARSENESS = [Precision.SECOND, Precision.MINUTE, Precision.HOUR, Precision.DAY, Precision.WEEK, Precision.MONTH, Precision.YEAR]
_PRECISION = {str(precision.value): precision for precision in _COARSENESS}
_DAY, _WEEK, _MONTH = Precision.DAY, Precision.WEEK, Precision.MONTH
_VAGUE = {"moments": Precision.MINUTE, "second": Precision.MINUTE, "recently": Precision.HOUR, "minute": Precision.HOUR}
_FINER = {
    "second": Precision.SECOND,
    "minute": Precision.SECOND,
    "hour": Precision.MINUTE,
    "day": Precision.HOUR,
    "week": Precision.WEEK,
    "month": Precision.MONTH,
    "year": Precision.MONTH,
}


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
    if _CUES.isdisjoint(classes) or classes.count("X") + classes.count("e") > MAX_UNKNOWN:
        return None
    for cues, pattern, read in _READERS:
        for match in pattern.finditer(classes) if not cues.isdisjoint(classes) else ():
            found = read(tokens, match, reference)
            if found is not None and _stands_alone(tokens, match.start(), match.end()):
                return found
    return None


def _stands_alone(tokens: Tokens, start: int, end: int) -> bool:
    """Whether nothing but labels, separators and times touches it: "for the first time in ten years" is a sentence."""
    classes = tokens.classes
    while start and classes[start - 1] == "f":
        start -= 1
    if clock := _CLOCK_BEFORE.search(classes, 0, start):  # "10:15 today"
        start = clock.start()
    while end < len(classes) and classes[end] == "f":
        end += 1
    counted = start > 1 and classes[start - 2 : start] in ("nk", "xk", "Yk")  # "3 comments, two hours ago"
    return (start == 0 or counted or classes[start - 1] in _LEFT_OPEN) and (end == len(classes) or classes[end] in _RIGHT_OPEN)


def _ago(tokens: Tokens, match: re.Match[str], reference: datetime) -> Back | None:
    said = match["a"] != "f" or tokens.word(match.start()) == "من"
    return _amount(tokens, match, reference) if said else None


def _past(tokens: Tokens, match: re.Match[str], reference: datetime) -> Back | None:
    said = match["g"] != "a" or tokens.word(match.end() - 1) == "مضي"
    return _amount(tokens, match, reference) if said else None


def _amount(tokens: Tokens, match: re.Match[str], reference: datetime) -> Back | None:
    values = tokens.values
    start, end = match.start(), match.end()
    if match["part"]:
        unit = values[match.start("partof")] if match["partof"] == "U" else "hour"  # نصف الساعة
        count = values[match.start("part")] / 60
    elif match["u1"]:
        unit, count = values[match.start("u1")], values[match.start("n1")]
    else:
        unit = values[match.start("u2")]
        count = 2 if match["u2"] == "B" else values[match.start("n2")] if match["n2"] else 1
    if match["less"]:  # somewhere between none and one
        count -= 0.5 if unit in ("second", "minute", "hour") else 0
    finer: tuple[str, float] | None = None
    if match["half"]:
        finer = (unit, values[match.start("half")] / 60)
    elif match["short"]:  # ساعة إلا ربعا
        finer = (unit, -values[match.start("short")] / 60)
    elif match["u3"]:
        amount = 2 if match["u3"] == "B" else values[match.start("n3")] if match["n3"] else 1
        finer = (values[match.start("u3")], amount)
    elif match["u4"]:
        finer = (values[match.start("u4")], values[match.start("n4")])
    return counted(start, end, unit, count, finer, reference)


def counted(start: int, end: int, unit: str, count: float, finer: tuple[str, float] | None, reference: datetime) -> Back | None:
    """`count` units and `finer` ones before the reference; fractions of a unit are of the next finer precision."""
    if not 0 <= count <= 1000:
        return None
    months, seconds = _MONTHS.get(unit, 0) * count, _SECONDS.get(unit, 0) * count
    precision = _PRECISION[unit] if count == int(count) else _FINER[unit]
    if finer:
        unit, amount = finer
        months, seconds = months + _MONTHS.get(unit, 0) * amount, seconds + _SECONDS.get(unit, 0) * amount
        precision = _PRECISION[unit] if amount == int(amount) else _FINER[unit]
    day = reference.date()
    if months:
        if reference.year - months / 12 < FIRST_YEAR + 1:
            return None
        day = months_before(day, int(months)) - timedelta(days=round((months - int(months)) * 30 + seconds / 86400))
        return Back(start, end, max(precision, _MONTH, key=_COARSENESS.index), day)
    if precision in (_DAY, _WEEK):
        return Back(start, end, precision, day - timedelta(days=round(seconds / 86400)))
    moment = _earlier(reference, seconds)
    return Back(start, end, precision, moment.date(), moment)


def _earlier(reference: datetime, seconds: float) -> datetime:
    """Elapsed time, not wall-clock time: across a change of the clocks they differ."""
    zone = reference.tzinfo
    return (reference.astimezone(UTC) - timedelta(seconds=seconds)).astimezone(zone)


def _named_day(tokens: Tokens, match: re.Match[str], reference: datetime) -> Back | None:
    classes = tokens.classes
    others = _CLOCK_OR_COUNT.sub("", classes[: match.start()] + "|" + classes[match.end() :])
    if _NUMBER.search(others) or ("X" in others and len(others) == len(classes) and not _LABEL.search(others)):
        return None  # "today: 25 degrees", the name of a newspaper
    day = reference.date() + timedelta(days=tokens.values[match.start("r")])
    weekday = next(
        (tokens.values[i] for i in (match.end(), match.start() - 1) if 0 <= i < len(tokens.classes) and tokens.classes[i] == "W"), None
    )
    if weekday is not None and weekday != day.weekday():
        return None
    return Back(match.start(), match.end(), _DAY, day=day, named_day=True)


def _last(tokens: Tokens, match: re.Match[str], reference: datetime) -> Back | None:
    return counted(match.start(), match.end(), tokens.values[match.start()], 1, None, reference)


def _last_weekday(tokens: Tokens, match: re.Match[str], reference: datetime) -> Back | None:
    behind = (reference.weekday() - tokens.values[match.start("w")] - 1) % 7 + 1
    return Back(match.start(), match.end(), _DAY, day=reference.date() - timedelta(days=behind), named_day=True)


def _recently(tokens: Tokens, match: re.Match[str], reference: datetime) -> Back | None:
    """ "A moment ago", "minutes ago"; "hours ago" and longer say too little."""
    precision = _VAGUE.get(tokens.values[match.start("i")])
    return Back(match.start(), match.end(), precision, reference.date(), reference) if precision else None


def _now(tokens: Tokens, match: re.Match[str], reference: datetime) -> Back | None:
    if tokens.classes.strip("|,-.:()lufk") != "N":  # a clock, not a date
        return None
    return Back(match.start(), match.end(), Precision.MINUTE, reference.date(), reference)


# The classes of which one must be there, the form, and what reads it.
_READERS = (
    (frozenset("UDBh"), _AGO, _ago),
    (frozenset("ga"), _PAST, _past),
    (frozenset("a"), _RECENTLY, _recently),
    (frozenset("r"), _NAMED_DAY, _named_day),
    (frozenset("P"), _LAST_WEEKDAY, _last_weekday),
    (frozenset("L"), _LAST, _last),
    (frozenset("N"), _NOW, _now),
)
_CUES = frozenset().union(*(cues for cues, _, _ in _READERS))
