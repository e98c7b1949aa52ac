"""Dates: the machine forms of ISO 8601 (RFC 3339, also without separators), read without the grammar because pages carry so many.

RFC 2822 dates and JavaScript's need nothing of their own: the grammar reads them.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from newsspider.dates.calendars import HIJRI_YEARS

_ISO = re.compile(
    r"\s*(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:(?:t|\s{1,3}|(?<=\d{8})(?=\d{6}))(\d\d)(?::?(\d\d))(?::?(\d\d)(?:[.,]\d{1,9})?)?\s{0,2}(?:(z|utc|gmt)|([+\-])(\d\d):?(\d\d)?)?)?\s*",
    re.ASCII,
)


class Impossible(ValueError):
    """ISO in form, but no such day or time."""


def read_iso(folded: str) -> tuple[date, tuple[int, int, int | None] | None, timezone | None] | None:
    """Day, clock time (seconds None when not printed) and offset of a folded ISO text; None when it has not that form; raises Impossible."""
    match = _ISO.fullmatch(folded)
    if match is None:
        return None
    if int(match[1]) in HIJRI_YEARS:
        return None
    year, month, day, hour, minute, second, zulu, sign, off_h, off_m = match.groups()
    try:
        found = date(int(year), int(month), int(day))
        if hour is None:
            return found, None, None
        if hour == "24" and minute == "00":
            found, hour = found + timedelta(1), "00"
        clock = (int(hour), int(minute), int(second) if second else None)
        datetime(2000, 1, 1, clock[0], clock[1], min(clock[2] or 0, 59))  # noqa: DTZ001 - only checked
        zone = None
        if zulu:
            zone = UTC
        elif sign:
            delta = timedelta(hours=int(off_h), minutes=int(off_m or 0))
            zone = timezone(-delta if sign == "-" else delta)
    except (ValueError, OverflowError) as e:
        raise Impossible(str(e)) from e
    return found, clock, zone
