"""Dates: the grammar of written days, as rules over the string of token classes (lexicon.py and tokens.py list the classes)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from newsspider.dates.calendars import GREGORIAN, HIJRI, HIJRI_YEARS, Calendar, full_year, months_before
from newsspider.dates.tokens import Tokens

# What may stand between day, month and year, and a clock time between them.
GAP = r"[fU&,./\-()|']{0,3}"
_T = r"n:n(?::n)?[pq]?"
_D, _M, _Y = r"(?<!n:)(?P<d>[nO])", r"(?P<m>[MH])", r"(?P<y>Y)"
_DAY_LAST = r"(?P<d>[nO])(?!:)"


@dataclass(slots=True, frozen=True)
class Rule:
    """A named form. `strict`: only among known words, or with a weekday, label or time beside it. `swaps`: day and month may be exchanged."""

    name: str
    pattern: re.Pattern[str]
    strict: bool = False
    swaps: bool = False
    needs: str = ""  # classes without which the form cannot stand
    numeric: bool = False
    short: bool = False  # its year has two digits
    groups: tuple[int, int, int] = (0, 0, 0)  # of its day, month and year; no year: 0


def _rule(name: str, pattern: str, *, needs: str = "", strict: bool = False, swaps: bool = False) -> Rule:
    """The groups of the pattern: d day, m month, or in numbers a and b; y year, s year of two digits."""
    compiled = re.compile(pattern)
    found = compiled.groupindex
    groups = (found.get("d") or found["a"], found.get("m") or found["b"], found.get("y") or found.get("s") or 0)
    return Rule(name, compiled, strict, swaps, needs, "a" in found, "s" in found, groups)


_PARTS = {"day": r"(?<!n:)(?P<d>[nO])(?!:)", "month": r"(?P<m>[MH])", "year": r"(?P<y>Y)"}
# A rule must not take the year or the month that the date behind it needs: "العدد 2025 - 22 يناير 2025".
_NOT_BEFORE = {"year month day": rf"(?!{GAP}[MH])", "year day month": rf"(?!{GAP}Y)"}


def _ordered(order: str) -> list[Rule]:
    """The rule for day, month and year in this order, and those with the time of day in one of the gaps, as bidi reordering leaves them."""
    first, second, third = order.split()
    parts, tail = _PARTS if third == "year" else _PARTS | {"year": r"(?P<y>Y)[AEq]?"}, _NOT_BEFORE.get(order, "")
    plain = _rule(order, f"{parts[first]}{GAP}{parts[second]}{GAP}{parts[third]}{tail}", needs="Y", strict=order == "month year day")
    early = _rule(f"{first} time {second} {third}", f"{parts[first]}{GAP}{_T}{GAP}{parts[second]}{GAP}{parts[third]}", needs="Y:")
    late = _rule(f"{first} {second} time {third}", f"{parts[first]}{GAP}{parts[second]}{GAP}{_T}{GAP}Z?{parts[third]}", needs="Y:")
    return [plain, early, late]


_ORDERS = ("day month year", "month day year", "year month day", "year day month", "day year month", "month year day")

# Order matters: an earlier rule claims its tokens.
FULL = (
    *[rule for rules in zip(*map(_ordered, _ORDERS), strict=True) for rule in rules],
    _rule("day month year, rare names", rf"{_D}(?P<m>m){_Y}", needs="Y"),
    _rule("day month two-digit year", rf"{_D}{GAP}{_M}[f,/.\-']{{0,3}}(?P<s>n)(?![:UDMH&h]|[/.\-]n(?!:))", strict=True),
)
NUMERIC = (
    _rule("day month year in numbers", r"(?<!n:)(?P<a>n)[/.\-]{1,2}(?P<b>n)[/.\-]{1,2}(?P<y>Y)", needs="Y", swaps=True),
    _rule("year month day in numbers", r"(?P<y>Y)[/.\-](?P<b>n)[/.\-](?P<a>n)(?!:)", needs="Y"),
    _rule("numbers and spaces", r"(?<!n:)(?<![nYx+])(?P<a>n)(?P<b>n)(?P<y>Y)(?![Yx]|n(?!:))", needs="Y", strict=True, swaps=True),
    _rule("two-digit year after slashes", r"(?<!n:)(?P<a>n)/(?P<b>n)/(?P<s>n)(?!:)", needs="/", swaps=True),
    _rule("two-digit year", r"(?<!n:)(?P<a>n)-(?P<b>n)-(?P<s>n)(?!:)", strict=True, swaps=True),
    _rule("two-digit year after dots", r"(?<!n:)(?P<a>n)[.\-](?P<b>n)[.\-](?P<s>n)(?!:)", strict=True),
)
YEARLESS = (
    _rule("day month", rf"{_D}{GAP}{_M}", strict=True),
    _rule("month day", rf"{_M}{GAP}{_DAY_LAST}", strict=True),
    _rule("day of this or last month", r"(?<!n:)(?P<d>[nO])f{0,2}(?P<m>[TL])", strict=True),
)
WEEKDAY_AND_NUMBERS = (_rule("weekday, day and month in numbers", r"(?<=W)[,:|\-f]{0,2}(?P<a>n)/(?P<b>n)(?![/.\-:])", swaps=True),)


def _by_needs(rules: tuple[Rule, ...]) -> dict[tuple[bool, bool], tuple[Rule, ...]]:
    """Which rules can match at all: by whether the classes hold a year, and whether a colon."""
    return {
        (year, colon): tuple(rule for rule in rules if (year or "Y" not in rule.needs) and (colon or ":" not in rule.needs))
        for year in (False, True)
        for colon in (False, True)
    }


_FULL, _NUMERIC = _by_needs(FULL), _by_needs(NUMERIC)
_UNKNOWN = re.compile("[Xet]")
_BESIDE = re.compile("W|l|u|n:n")
_NUMBERS_BEFORE, _NUMBERS_AFTER = re.compile(r"n[/.\-]n[/.\-]Y"), re.compile(r"[/.\-]n[/.\-]n|/Y")
_CHAIN = re.compile(r"n[/.\-]{1,2}n[/.\-]|Y[/.\-]{1,2}n[/.\-]|nnY")


@dataclass(slots=True)
class Written:
    """A date as written from token `start` to `end` (after the last); `taken` are the tokens of its day, month and year."""

    rule: Rule
    start: int
    end: int
    day: int
    month: int
    year: int | None
    calendar: Calendar
    taken: tuple[int, ...]


def dates(tokens: Tokens, reference: date) -> list[Written]:
    """All dates written in the tokens, in their order; dates without a year only where no full Gregorian one stands."""
    classes = tokens.classes
    named = "M" in classes or "H" in classes or "T" in classes or "L" in classes
    holds = ("Y" in classes, ":" in classes)
    found: list[Written] = []
    if named or "m" in classes:
        _match(tokens, _FULL[holds], reference, found)
    if _CHAIN.search(classes):
        _match(tokens, _NUMERIC[holds], reference, found)
    if GREGORIAN not in [d.calendar for d in found]:
        if named:
            _match(tokens, YEARLESS, reference, found)
        if "W" in classes and "/" in classes:
            _match(tokens, WEEKDAY_AND_NUMBERS, reference, found)
    if len(found) > 1:
        found.sort(key=lambda d: d.start)
    return found


def _match(tokens: Tokens, rules: tuple[Rule, ...], reference: date, found: list[Written]) -> None:
    classes = tokens.classes
    believed: bool | None = None
    years_left = classes.count("Y") - len(found)
    for rule in rules:
        if years_left <= 0 and found and rule.groups[2]:
            return
        match = rule.pattern.search(classes)
        if match and rule.strict:
            if believed is None:
                believed = _UNKNOWN.search(classes) is None or _BESIDE.search(classes) is not None
            if not believed:
                continue
        while match:
            start, end = match.span()
            if not found or not any(end > other.start and start < other.end for other in found):
                written = _written(tokens, match, rule, reference)
                if written is not None and not (written.year is None and _other_year(tokens, match, found)):
                    found.append(written)
                    years_left -= 1
            match = rule.pattern.search(classes, end)


def _written(tokens: Tokens, match: re.Match[str], rule: Rule, reference: date) -> Written | None:
    """What the match says, None where its neighbours show that it is no date."""
    numeric, values, (start, end), (day, month, of_year) = rule.numeric, tokens.values, match.span(), rule.groups
    if numeric and not _whole(tokens, start, end):
        return None
    if not of_year:
        return _yearless(tokens, match, rule, reference)
    at_day, at_month, at_year = match.start(day), match.start(month), match.start(of_year)
    year: int = values[at_year]
    if rule.short:
        short = [len(tokens.word(i)) < 2 for i in (at_year, at_day, at_month)]
        if short[0] or (year <= 12 and tokens.classes[end : end + 1] in ("p", "q")):  # "22 January 11 a.m."
            return None
        if (numeric and rule.strict and all(short[1:])) and "n:n" not in tokens.classes:  # 4-3-3 is no date
            return None
        year = 1400 + year if tokens.classes[end : end + 1] == "A" else full_year(year, reference)
    if _numbered(tokens, at_day) if numeric else _issue_number(tokens, at_day, at_month) or _of_numbers(tokens, at_year):
        return None
    in_hijri = year in HIJRI_YEARS if numeric else tokens.classes[at_month] == "H"
    calendar = HIJRI if in_hijri else GREGORIAN
    return Written(rule, start, end, values[at_day], values[at_month], year, calendar, (at_day, at_month, at_year))


def _yearless(tokens: Tokens, match: re.Match[str], rule: Rule, reference: date) -> Written | None:
    """A day and a month without a year; that of "this month" and "of this year" is known."""
    at_day, at_month = match.start(rule.groups[0]), match.start(rule.groups[1])
    month, kind, after = tokens.values[at_month], tokens.classes[at_month], tokens.classes[match.end() : match.end() + 1]
    hijri = kind == "H"
    if _counts(tokens, at_day) or _no_such_year(tokens, match.end()) or (hijri and not _surely_hijri(tokens, match)):
        return None
    year: int | None = None
    if kind in "TL":
        if month == "week" or month == "year":
            return None
        last = months_before(reference.replace(day=1), 1 if kind == "L" else 0)
        year, month = last.year, last.month
    elif after == "T" and not hijri:  # "14 March of this year"
        year = reference.year
    calendar = HIJRI if hijri else GREGORIAN
    return Written(rule, match.start(), match.end(), tokens.values[at_day], month, year, calendar, (at_day, at_month))


def _other_year(tokens: Tokens, match: re.Match[str], found: list[Written]) -> bool:
    """Whether a year of no other date stands so near that it may be this one's, though the grammar does not see how."""
    if "Y" not in tokens.classes:
        return False
    taken = {i for other in found for i in other.taken}
    near = range(max(match.start() - 4, 0), min(match.end() + 4, len(tokens.classes)))
    return any(tokens.classes[i] == "Y" and i not in taken and not _counts(tokens, i) for i in near)


def _counts(tokens: Tokens, at: int) -> bool:
    """Whether the number at this token counts something: "issue 22 January"."""
    return at > 0 and tokens.classes[at - 1] == "c"


def _numbered(tokens: Tokens, at: int) -> bool:
    """Whether "number" or "version" stands before: "decree number 12/3/2024"; after "issue" it is the issue's date."""
    return _counts(tokens, at) and tokens.word(at - 1) in ("رقم", "الرقم", "no", "نسخه", "النسخه")


def _no_such_year(tokens: Tokens, end: int) -> bool:
    """Whether four digits that are no year follow: "30 November -0001"."""
    rest = tokens.classes[end : end + 2]
    return rest[:1] in ("x", "-") and "x" in rest and len(tokens.word(end + rest.index("x"))) == 4


def _issue_number(tokens: Tokens, at_day: int, at_month: int) -> bool:
    """Whether "issue 22 - January 2025" stands there: the number counts issues, and there is no day."""
    classes = tokens.classes
    return at_day + 1 < at_month and classes[at_day + 1] in "-|,/)" and classes[max(at_day - 2, 0) : at_day] in ("c", "c(", "c:")


def _of_numbers(tokens: Tokens, at_year: int) -> bool:
    """Whether the year belongs to a date in numbers: "22/1/2025 6 October", "6 October 2025-01-22", or to a season: "2024/2025"."""
    classes = tokens.classes
    if at_year > 3 and classes[at_year - 1] in "/.-" and _NUMBERS_BEFORE.match(classes, at_year - 4):
        return True
    return (
        classes[at_year + 1 : at_year + 2] in ("/", ".", "-") and bool(_NUMBERS_AFTER.match(classes, at_year + 1)) and tokens.tight(at_year)
    )


def _surely_hijri(tokens: Tokens, match: re.Match[str]) -> bool:
    """A Hijri month without a year is often a name or a season: the era or a weekday must stand beside it."""
    return tokens.classes[match.end() : match.end() + 1] == "A" or tokens.classes[max(match.start() - 1, 0)] == "W"


def _whole(tokens: Tokens, start: int, end: int) -> bool:
    """Whether these numbers are not a part of a longer chain (phone, ISBN, version), nor glued to a Latin letter (v2.5.2024)."""
    classes = tokens.classes
    if start and classes[start - 1] == "X" and tokens.word(start - 1).isascii() and tokens.tight(start - 1):
        return False
    if start > 1 and classes[start - 1] in "/.-+" and classes[start - 2] in "nYx" and tokens.tight(start - 1) and tokens.tight(start - 2):
        return classes[max(start - 3, 0)] == ":"
    if end + 1 < len(classes) and classes[end] in "/.-" and classes[end + 1] in "nYx" and tokens.tight(end - 1) and tokens.tight(end):
        return classes[end + 2 : end + 3] == ":"
    return not (end < len(classes) and classes[end] in "Yx" and tokens.tight(end - 1))
