"""Dates: date expressions → readings; evidence and site context → one decision with its reason (docs/dates.md)."""

from newsspider.dates.calendars import Calendar
from newsspider.dates.decision import Context, PageDates, decide_publication
from newsspider.dates.model import Doubt, Note, ParsedDate, Reading, Refusal
from newsspider.dates.reading import parse_date, read_date

__all__ = [
    "Calendar",
    "Context",
    "Doubt",
    "Note",
    "PageDates",
    "ParsedDate",
    "Reading",
    "Refusal",
    "decide_publication",
    "parse_date",
    "read_date",
]
