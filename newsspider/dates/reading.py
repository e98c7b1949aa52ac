"""Dates: reads one printed text. The entry points `read_date` and `parse_date`; docs/dates.md shows what is recognised."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from newsspider.dates import expressions as grammar
from newsspider.dates import machine
from newsspider.dates.calendars import FIRST_YEAR, PLACEHOLDERS, Calendar, gregorian, hijri, nearest_past
from newsspider.dates.expressions import Clock, Written
from newsspider.dates.folding import fold, origins
from newsspider.dates.foreign import read_foreign
from newsspider.dates.relative import Back, back
from newsspider.dates.tokens import Tokens, cut
from newsspider.dates.zones import named_zone
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
    NAMED_EVENT = "named_event"  # "the revolution of 25 January"
    RANGE = "range"
    IMPOSSIBLE = "impossible"
    PLACEHOLDER = "placeholder"
    TOO_OLD = "too_old"
    FUTURE = "future"


class Note(StrEnum):
    """What lowers the confidence in a date, each by its factor below."""

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


@dataclass(slots=True, frozen=True)
class ParsedDate:
    """A date as printed: aware datetime, or date when no time is printed. `span` is where it stands in the raw text."""

    value: datetime | date
    precision: Precision
    calendar: Calendar = Calendar.GREGORIAN
    span: tuple[int, int] = (0, 0)
    notes: tuple[Note, ...] = ()
    zone_printed: bool = False

    @property
    def confidence(self) -> float:
        """From 0 to 1: how sure the reading is, not whether it is the article's date."""
        sure = 1.0
        for note in self.notes:
            sure *= _FACTORS[note]
        return round(sure, 3)


@dataclass(slots=True, frozen=True)
class Reading:
    """What a text says. A date labelled "updated" that stands alone is both `published` and `modified`."""

    published: ParsedDate | None = None
    modified: ParsedDate | None = None
    reject_reason: Refusal | None = None


def parse_date(raw: str, *, reference: datetime, timezone: str, country: str | None = None) -> ParsedDate | None:
    """The date of publication that the text prints, None when it prints none; see `read_date`."""
    return read_date(raw, reference=reference, timezone=timezone, country=country).published


def read_date(raw: str, *, reference: datetime, timezone: str, country: str | None = None) -> Reading:
    """Reads the dates of publication and of change in a text, or says why there are none.

    `reference` (aware) is when the text was seen; `timezone` the site's IANA zone, for times without one; `country` (ISO 3166) settles what
    only a country can. Never later than a day after the reference. Pure; linear in the text, of which the first MAX_CHARS count.
    """
    zone = named_zone(timezone)
    here = reference.astimezone(zone)
    try:
        iso = machine.read_iso(raw) if len(raw) < 60 else None
    except machine.Impossible:
        return Reading(reject_reason=Refusal.PLACEHOLDER if raw.strip().startswith("0000") else Refusal.IMPOSSIBLE)
    if iso is not None:
        return _from_iso(raw, iso, here, zone)
    tokens = cut(fold(raw))
    if not tokens.classes:
        return Reading(reject_reason=Refusal.EMPTY)
    return _Reader(raw, tokens, here, zone, country).read()


def _from_iso(raw: str, iso: tuple[date, tuple[int, int, int | None] | None, tzinfo | None], here: datetime, zone: tzinfo) -> Reading:
    day, clock, offset = iso
    if reason := _untrue(day, here):
        return Reading(reject_reason=reason)
    span = (0, len(raw))
    if clock is None:
        return _checked(ParsedDate(day, Precision.DAY, span=span), here)
    hour, minute, second = clock
    value = datetime(day.year, day.month, day.day, hour, minute, min(second or 0, 59), tzinfo=offset or zone)
    precision = Precision.MINUTE if second is None else Precision.SECOND
    return _checked(ParsedDate(value, precision, span=span, zone_printed=offset is not None), here)


def _untrue(day: date, here: datetime) -> Refusal | None:
    if day in PLACEHOLDERS or day.year <= 1:
        return Refusal.PLACEHOLDER
    if day.year < FIRST_YEAR:
        return Refusal.TOO_OLD
    return Refusal.FUTURE if (day - here.date()).days > 2 else None


def _checked(parsed: ParsedDate, here: datetime) -> Reading:
    late = _late(parsed, here)
    return Reading(reject_reason=Refusal.FUTURE) if late else Reading(published=parsed)


def _late(parsed: ParsedDate, here: datetime) -> bool:
    """Whether it lies more than a day after the reference."""
    value = parsed.value
    if isinstance(value, datetime):
        return value > here + timedelta(days=1)
    return value > (here + timedelta(days=1)).date()


@dataclass(slots=True)
class _Group:
    """One date, or the same day said in two calendars, with its label and time."""

    dates: list[Written]
    label: str | None
    clock: Clock | None = None

    @property
    def start(self) -> int:
        return self.dates[0].start

    @property
    def end(self) -> int:
        return self.dates[-1].end


class _Reader:
    """Puts together what the grammar finds in one text."""

    def __init__(self, raw: str, tokens: Tokens, here: datetime, zone: tzinfo, country: str | None) -> None:
        self.raw, self.tokens, self.here, self.zone, self.country = raw, tokens, here, zone, country
        self.refused: Refusal | None = None

    def read(self) -> Reading:
        tokens = self.tokens
        dates = grammar.dates(tokens, self.here.date())
        self.zones = grammar.zones(tokens, self.country)
        taken = {i for d in dates for i in d.taken} | {i for z in self.zones for i in range(z.start, z.end)}
        self.clocks = grammar.clocks(tokens, frozenset(taken))
        groups = [g for g in self._groups(dates) if self._wanted(g)]
        if groups:
            reading = self._choose(groups)
            if reading is not None:
                return reading
        relative = None if self.refused is Refusal.RANGE else back(tokens, self.here)
        if relative is not None:
            return _as_reading(self._relative(relative), self._label_before(relative.start))
        if self.refused is None and not dates and (foreign := read_foreign(self.raw, tokens, self.here, self.zone)):
            return _checked(ParsedDate(*foreign, span=(0, len(self.raw))), self.here)
        return Reading(reject_reason=self.refused or _reason(tokens.classes, bool(self.clocks)))

    # ------------------------------------------------------------ grouping
    def _groups(self, dates: list[Written]) -> list[_Group]:
        groups: list[_Group] = []
        for written in dates:
            label = self._label_before(written.start)
            last = groups[-1] if groups else None
            if (
                last
                and len(last.dates) == 1
                and last.dates[0].calendar is not written.calendar
                and self._label_index(last.end, written.start) is None
            ):
                last.dates.append(written)
                continue
            if last and label is not None and self._label_index(last.end, written.start) is None:
                label = None  # the label belongs to the date before
            groups.append(_Group([written], label))
        self._attach_clocks(groups)
        return groups

    def _label_index(self, start: int, end: int) -> int | None:
        """The last label from token `start` to `end`."""
        return next((i for i in range(end - 1, start - 1, -1) if self.tokens.classes[i] in "lu"), None)

    def _label_before(self, start: int) -> str | None:
        at = self._label_index(0, start)
        return self.tokens.classes[at] if at is not None else None

    def _attach_clocks(self, groups: list[_Group]) -> None:
        """Gives each time to the nearest date with no label between them; a label after the date cuts it off from what follows."""
        for clock in self.clocks:
            near: tuple[int, _Group] | None = None
            for group in groups:
                before = clock.end <= group.start or clock.start < group.start
                if self._label_index(clock.end, group.start) is not None and before:
                    continue
                if not before and self._label_index(group.end, clock.start) is not None and not self._trailing_label(group, clock):
                    continue
                gap = group.start - clock.end if before else clock.start - group.end
                if group.clock is None and (near is None or gap < near[0]):
                    near = (gap, group)
            if near:
                near[1].clock = clock
        if (
            len(groups) == 1
            and groups[0].clock is None
            and self.clocks
            and self._label_index(self.clocks[0].end, groups[0].start) is not None
        ):
            groups[0].clock = self.clocks[0]

    def _trailing_label(self, group: _Group, clock: Clock) -> bool:
        """ "22 January 2025, published 14:35": the time is that date's; "updated 14:35" is not."""
        at = self._label_index(group.end, clock.start)
        return at is not None and self.tokens.classes[at] == "l"

    def _wanted(self, group: _Group) -> bool:
        """False, with the reason noted, for named events, deadlines and ranges."""
        classes = self.tokens.classes
        at = group.start - 1
        while at >= 0 and classes[at] in "fUW('":
            at -= 1
        if at >= 0 and classes[at] in "eav":
            self.refused = self.refused or Refusal.NAMED_EVENT
            return False
        first = group.dates[0]
        before = group.start - 1
        if (
            not first.numeric
            and before > 0
            and classes[before] in "-&"
            and classes[before - 1] == "n"
            and classes[before - 2 : before - 1] not in (":", "c", "/", "-", ".")
            and self.tokens.values[before - 1] < first.day
        ):
            self.refused = Refusal.RANGE
            return False
        return True

    # ------------------------------------------------------------ choosing
    def _choose(self, groups: list[_Group]) -> Reading | None:
        parsed: list[tuple[_Group, ParsedDate]] = []
        for group in groups:
            one = self._resolve(group)
            if one is not None:
                parsed.append((group, one))
        if not parsed:
            return None
        modified = next((p for g, p in parsed if g.label == "u"), None)
        published = next((p for g, p in parsed if g.label == "l"), None) or next((p for g, p in parsed if g.label is None), None)
        if published is None:
            only = self._unlabelled_relative()
            return Reading(published=only or modified, modified=modified)
        plain = {_day(p.value) for g, p in parsed if g.label is None}
        if len(plain) > 1 and all(g.label is None for g, _ in parsed):
            published = replace(published, notes=(*published.notes, Note.SEVERAL_DATES))
        if len(groups) == 1 and modified is None and self._label_index(groups[0].end, len(self.tokens.classes)) is not None:
            modified = self._after_label(groups[0], published)
        return Reading(published=published, modified=modified)

    def _unlabelled_relative(self) -> ParsedDate | None:
        found = back(self.tokens, self.here)
        return self._relative(found) if found and self._label_before(found.start) != "u" and not found.named_day else None

    def _after_label(self, group: _Group, published: ParsedDate) -> ParsedDate | None:
        """The change of "22 January 2025, updated 14:35" or "22 January 2025 :updated"."""
        at = self._label_index(group.end, len(self.tokens.classes))
        if at is None or self.tokens.classes[at] != "u":
            return None
        clock = next((c for c in self.clocks if c.start > at), None)
        if clock is None:
            return published if at == len(self.tokens.classes) - 1 else None
        value, precision, printed = self._with_clock(_day(published.value), clock)
        return replace(published, value=value, precision=precision, zone_printed=printed)

    # ------------------------------------------------------------ values
    def _resolve(self, group: _Group) -> ParsedDate | None:
        """The group's day and time, None with the reason noted when they cannot be."""
        weekday = self._weekday(group)
        notes: list[Note] = []
        plain = [d for d in group.dates if d.calendar is Calendar.GREGORIAN]
        main = plain[0] if plain else group.dates[0]
        other = next((d for d in group.dates if d is not main), None)
        beside = hijri(other.year, other.month, other.day, weekday) if other and other.year and other.calendar is Calendar.HIJRI else None
        day = self._day_of(main, weekday, beside, notes)
        if day is None:
            return None
        if weekday is not None and day.weekday() != weekday:
            notes.append(Note.WEEKDAY_MISMATCH)
        if beside and abs((beside - day).days) > 2:
            notes.append(Note.CALENDARS_DISAGREE)
        value: datetime | date = day
        precision, printed = Precision.DAY, False
        if group.clock is not None:
            value, precision, printed = self._with_clock(day, group.clock)
        parsed = ParsedDate(value, precision, main.calendar, self._span(main.start, main.end), tuple(notes), printed)
        if _late(parsed, self.here):
            self.refused = Refusal.FUTURE
            return None
        return parsed

    def _day_of(self, main: Written, weekday: int | None, beside: date | None, notes: list[Note]) -> date | None:
        today = self.here.date()
        if main.year is None:
            notes.append(Note.NO_YEAR)
            return self._no_year(main, weekday, beside)
        if main.short_year:
            notes.append(Note.SHORT_YEAR)
        if main.calendar is Calendar.HIJRI:
            notes.append(Note.HIJRI_ONLY)
            day = hijri(main.year, main.month, main.day, weekday)
        else:
            day = gregorian(main.year, main.month, main.day)
            if main.numeric and main.rule[:3] == "day" and (day is None or (weekday is not None and day.weekday() != weekday)):
                swapped = gregorian(main.year, main.day, main.month)
                if swapped and (day is None or swapped.weekday() == weekday):
                    day = swapped
                    notes.append(Note.MONTH_FIRST)
        if day is None:
            self.refused = Refusal.IMPOSSIBLE
        elif day in PLACEHOLDERS:
            self.refused, day = Refusal.PLACEHOLDER, None
        elif (day - today).days > 2:
            self.refused, day = Refusal.FUTURE, None
        return day

    def _no_year(self, main: Written, weekday: int | None, beside: date | None) -> date | None:
        today = self.here.date()
        if main.calendar is Calendar.HIJRI:
            years = range(today.year - 578, today.year - 583, -1)
            day = next((d for y in years if (d := hijri(y, main.month, main.day, weekday)) and d <= today), None)
        elif beside:
            day = next(
                (
                    d
                    for y in (beside.year, beside.year - 1, beside.year + 1)
                    if (d := gregorian(y, main.month, main.day)) and abs((d - beside).days) < 4
                ),
                beside,
            )
        else:
            day = nearest_past(main.month, main.day, today, weekday)
            if day is None and main.numeric:
                day = nearest_past(main.day, main.month, today, weekday)
        if day is None:
            self.refused = Refusal.IMPOSSIBLE
        return day

    def _weekday(self, group: _Group) -> int | None:
        """The weekday printed nearest to the date, within four tokens and without an unknown word between."""
        classes = self.tokens.classes
        for step in range(1, 5):
            for at in (group.start - step, group.end - 1 + step):
                if 0 <= at < len(classes) and classes[at] == "W":
                    between = classes[at + 1 : group.start] if at < group.start else classes[group.end : at]
                    if "X" not in between and "Y" not in between:
                        return int(self.tokens.values[at])
        return None

    def _with_clock(self, day: date, clock: Clock) -> tuple[datetime, Precision, bool]:
        zone, printed = self._zone_for(clock)
        value = datetime.combine(day, time(clock.hour, clock.minute, clock.second or 0), zone)
        precision = Precision.HOUR if clock.only_hour else Precision.MINUTE if clock.second is None else Precision.SECOND
        return value, precision, printed

    def _zone_for(self, clock: Clock) -> tuple[tzinfo, bool]:
        """The zone printed after the time and before the next, else one before it, else the site's."""
        index = self.clocks.index(clock)
        until = self.clocks[index + 1].start if index + 1 < len(self.clocks) else len(self.tokens.classes)
        after = [z for z in self.zones if clock.start < z.start < until]
        before = [z for z in self.zones if z.start < clock.start and index == 0]
        chosen = after[-1] if after and after[0].start - clock.end <= 1 else after[0] if after else before[-1] if before else None
        return (chosen.zone, True) if chosen and chosen.zone else (self.zone, False)

    def _relative(self, found: Back) -> ParsedDate | None:
        span = self._span(found.start, found.end)
        if found.moment is not None:
            return ParsedDate(found.moment, found.precision, span=span, notes=(Note.RELATIVE,))
        if found.day is None:
            return None
        value: datetime | date = found.day
        precision, printed = found.precision, False
        if found.named_day and self.clocks:
            value, precision, printed = self._with_clock(found.day, self.clocks[0])
        parsed = ParsedDate(value, precision, span=span, notes=(Note.RELATIVE,), zone_printed=printed)
        return None if _late(parsed, self.here) else parsed

    def _span(self, start: int, end: int) -> tuple[int, int]:
        back_to = origins(self.raw)
        return back_to[self.tokens.starts[start]], back_to[self.tokens.ends[end - 1] - 1] + 1


def _day(value: datetime | date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _as_reading(parsed: ParsedDate | None, label: str | None) -> Reading:
    if parsed is None:
        return Reading(reject_reason=Refusal.FUTURE)
    return Reading(published=parsed, modified=parsed if label == "u" else None)


def _reason(classes: str, clock: bool) -> Refusal:
    """The most telling reason for a text without a date."""
    kinds = set(classes)
    month = kinds & {"M", "H"}
    if ("v" in kinds and kinds & {"U", "B", "r", "W"}) or classes.strip("|.-") in ("v", "vv"):
        return Refusal.FUTURE
    if month:
        if "e" in kinds and kinds & {"n", "O"}:
            return Refusal.NAMED_EVENT
        return Refusal.NO_YEAR if kinds & {"n", "O"} and "Y" not in kinds else Refusal.NO_DAY
    if clock:
        return Refusal.TIME_ONLY
    if kinds & {"U", "B"}:
        return Refusal.SENTENCE if kinds & {"a", "g"} else Refusal.DURATION
    if "r" in kinds and len(kinds) > 1:
        return Refusal.SENTENCE
    if "W" in kinds and "n" not in kinds:
        return Refusal.WEEKDAY_ONLY
    if "Y" in kinds and not kinds & {"n", "x"}:
        return Refusal.YEAR_ONLY
    return Refusal.NUMBERS if kinds & {"n", "x", "Y"} else Refusal.NO_DATE
