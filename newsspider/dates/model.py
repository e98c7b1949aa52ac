"""Dates: what a reading consists of. docs/dates.md explains every word of Refusal, Doubt and Note."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from newsspider.dates.calendars import Calendar
from newsspider.dates.folding import fold, origin
from newsspider.dates.tokens import cut
from newsspider.items import Precision


class Refusal(StrEnum):
    """Why a text gives no date."""

    EMPTY = "empty"
    NO_DATE = "no_date"  # nothing in it looks like a date
    NUMBERS = "numbers"  # scores, phone numbers, prices
    YEAR_ONLY = "year_only"
    NO_DAY = "no_day"  # a month, perhaps with a year
    NO_YEAR = "no_year"  # a day and a month among unknown words
    WEEKDAY_ONLY = "weekday_only"
    TIME_ONLY = "time_only"
    DURATION = "duration"
    SENTENCE = "sentence"  # "for the first time in ten years"
    NAMED_EVENT = "named_event"  # "the revolution of 25 January", "until 5 March"
    RANGE = "range"
    IMPOSSIBLE = "impossible"
    PLACEHOLDER = "placeholder"
    TOO_OLD = "too_old"
    FUTURE = "future"
    CALENDAR = "calendar"  # 1403/11/03 without an era: Hijri or Iranian


class Doubt(StrEnum):
    """Why evidence that was read is not believed; Refusal has the words for what could not be read."""

    CHROME = "chrome"  # outside the article
    FETCH_TIME = "fetch_time"  # the moment of the visit, not of the article
    SITE_CONSTANT = "site_constant"  # other pages of the site say the same
    AFTER_FIRST_SEEN = "after_first_seen"  # later than the day the address was first seen
    MODIFIED = "modified"  # the date of a change
    BEFORE_PUBLISHED = "before_published"  # a change before the publication
    OUTVOTED = "outvoted"  # other evidence agrees on another day
    TOO_WEAK = "too_weak"
    TOO_MANY = "too_many"


class Note(StrEnum):
    """What lowers the confidence in a date."""

    WEEKDAY_MISMATCH = "weekday_mismatch"
    CALENDARS_DISAGREE = "calendars_disagree"
    HIJRI_ONLY = "hijri_only"
    NO_YEAR = "no_year"
    SHORT_YEAR = "short_year"
    MONTH_FIRST = "month_first"
    SEVERAL_DATES = "several_dates"
    RELATIVE = "relative"


_FACTORS = {
    Note.WEEKDAY_MISMATCH: 0.5, Note.CALENDARS_DISAGREE: 0.6, Note.HIJRI_ONLY: 0.9, Note.NO_YEAR: 0.7, Note.SHORT_YEAR: 0.8,
    Note.MONTH_FIRST: 0.8, Note.SEVERAL_DATES: 0.7, Note.RELATIVE: 0.8,
}  # fmt: skip


class ParsedDate(NamedTuple):
    """A date as printed: aware datetime, or date when no time is printed. `raw` is the text, `tokens` which of its tokens are the date."""

    value: datetime | date
    precision: Precision
    raw: str
    tokens: tuple[int, int] | None = None  # None: all of it
    calendar: Calendar = Calendar.GREGORIAN
    notes: tuple[Note, ...] = ()

    @property
    def confidence(self) -> float:
        """From 0 to 1: how sure the reading is, not whether it is the article's date."""
        sure = 1.0
        for note in self.notes:
            sure *= _FACTORS[note]
        return round(sure, 3)

    @property
    def span(self) -> tuple[int, int]:
        """Where the date stands in the raw text. Looked up when asked for: few ask."""
        if self.tokens is None:
            return 0, len(self.raw)
        first, last = cut(fold(self.raw)).span(*self.tokens)
        return origin(self.raw, first), origin(self.raw, last - 1) + 1

    @property
    def matched(self) -> str:
        """The part of the raw text that is the date."""
        return self.raw[slice(*self.span)]

    @property
    def day(self) -> date:
        """The day as printed."""
        return self.value.date() if isinstance(self.value, datetime) else self.value


class Reading(NamedTuple):
    """What a text says. A date labelled "updated" that stands alone is both `published` and `modified`."""

    published: ParsedDate | None = None
    modified: ParsedDate | None = None
    reject_reason: Refusal | None = None
