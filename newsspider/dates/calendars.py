"""Dates: from day, month and year to a day of the Gregorian calendar, or why there is none.

Hijri is Umm al-Qura (hijridate, 1343 to 1500 AH). A printed weekday one day beside the computed one settles the moon sighting; else
a Hijri day is exact to one day either way.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from hijridate import Hijri

FIRST_YEAR = 1900
HIJRI_YEARS = range(1343, 1501)
SURE_HIJRI = 1411
"""Numbers alone with an earlier year are as well of the Iranian calendar (1404 is 2025), so they need their era."""
_JULIAN_DAY_0 = 1_721_425
"""The Julian day number of the day before 0001-01-01, from which `date.toordinal` counts."""
PLACEHOLDERS = frozenset({date(1970, 1, 1), date(1969, 12, 31), date(1900, 1, 1), date(1980, 1, 1), date(1899, 12, 30), date(1899, 12, 31)})
"""Days that programs print when they have none: Unix, spreadsheet, DOS and SQL epochs."""
_NEWEST_PLACEHOLDER = max(PLACEHOLDERS)


class Calendar(StrEnum):
    GREGORIAN = "gregorian"
    HIJRI = "hijri"


GREGORIAN, HIJRI = Calendar  # bound once, for Python 3.11 takes long to look a member up in its class


def gregorian(year: int, month: int, day: int) -> date | None:
    """That day, None when there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def hijri(year: int, month: int, day: int, weekday: int | None = None) -> date | None:
    """The Gregorian day of a Hijri one, moved by a day where the printed weekday (0 is Monday) says so."""
    if year not in HIJRI_YEARS or not 1 <= month <= 12 or not 1 <= day <= 30:
        return None
    found = date.fromordinal(Hijri(year, month, 1, validate=False).to_julian() - _JULIAN_DAY_0 + day - 1)
    if weekday is not None and (off := (weekday - found.weekday() + 3) % 7 - 3) in (-1, 1):
        found += timedelta(off)
    return found


def full_year(two_digits: int, reference: date) -> int:
    """The newest year ending in these digits that is not after the reference's."""
    year = reference.year - reference.year % 100 + two_digits
    return year if year <= reference.year else year - 100


def nearest_past(month: int, day: int, reference: date, weekday: int | None) -> date | None:
    """The newest such day not after the reference; a printed weekday (0 is Monday) selects among the last years."""
    newest = None
    for year in range(reference.year, reference.year - 12, -1):
        found = gregorian(year, month, day)
        if found is None or found > reference:
            continue
        newest = newest or found
        if weekday is None or found.weekday() == weekday:
            return found
    return newest


def newest_hijri_year(reference: date) -> int:
    """The Hijri year of the end of the reference's year, or the next."""
    return (reference.year - 622) * 33 // 32 + 1


def hijri_nearest_past(month: int, day: int, reference: date, weekday: int | None) -> date | None:
    """The newest such Hijri day not after the reference."""
    newest = newest_hijri_year(reference)
    return next((d for year in range(newest, newest - 4, -1) if (d := hijri(year, month, day, weekday)) and d <= reference), None)


def untrue(value: datetime | date, here: datetime) -> str | None:
    """The word for a date that cannot be an article's: "placeholder", "too_old", "future" (more than a day after `here`); None for any other."""
    day = value.date() if isinstance(value, datetime) else value
    if _NEWEST_PLACEHOLDER < day < here.date():  # nearly always
        return None
    if day in PLACEHOLDERS or day.year <= 1:
        return "placeholder"
    if day.year < FIRST_YEAR:
        return "too_old"
    limit = here + timedelta(days=1)
    late = value > limit if isinstance(value, datetime) else value > limit.date()
    return "future" if late else None


def months_before(day: date, months: int) -> date:
    """That many months earlier; the month's last day where the day does not exist."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    return (
        next(found for d in range(day.day, 27, -1) if (found := gregorian(year, month + 1, d)))
        if day.day > 28
        else date(year, month + 1, day.day)
    )
