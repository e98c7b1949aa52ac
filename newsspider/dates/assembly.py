"""Dates: puts together what the grammar finds in one text — days with their times, zones, weekdays and labels — and chooses."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo

from newsspider.dates.calendars import HIJRI, SURE_HIJRI, gregorian, hijri, hijri_nearest_past, nearest_past, newest_hijri_year, untrue
from newsspider.dates.clocks import Clock, clocks, zones
from newsspider.dates.expressions import Written, dates
from newsspider.dates.model import Note, ParsedDate, Reading, Refusal
from newsspider.dates.relative import Back, back
from newsspider.dates.tokens import Tokens
from newsspider.items import Precision

_RANGE_REFUSED, _OF_NOW = Refusal.RANGE, (Note.RELATIVE,)
_HOUR, _DAY, _MINUTE, _SECOND = Precision.HOUR, Precision.DAY, Precision.MINUTE, Precision.SECOND
# Only after one of these there can be a time, a zone. Each branch begins with a letter of its own: then sre skips to the next candidate.
_TIMED = re.compile(r"n[:.,Upq]|s|O[pq]|h[pq]|U[pq]|D[pq]")
_ZONED = re.compile(r"z|Z|\+|:n[pq]?-")
# "22-25 January", "22 January - 25 January": a day stands before the date, and is not the end of a time, a number or another date.
_RANGE_AHEAD = re.compile(r"[\-&]n[MH]")
_SCHEDULED = re.compile(r"e[fXUk]{1,3}W?$")
_RANGE = re.compile(r"(?<![:c/\-.])(?P<day>n)(?P<month>[MH])?[\-&]$")


@dataclass(slots=True)
class Group:
    """One date, or two for the same day said in two calendars, token `start` to `end`, with its label (l published, u modified) and time."""

    dates: list[Written]
    start: int
    end: int
    label: str | None
    clock: Clock | None = None


class Assembly:
    """The reading of one text; `owned` says that the text is the grammar's business, even when it gives no date."""

    def __init__(self, raw: str, tokens: Tokens, here: datetime, zone: tzinfo, country: str | None) -> None:
        self.raw, self.tokens, self.here, self.zone = raw, tokens, here, zone
        self.refused: Refusal | None = None
        classes = tokens.classes
        self.labels = [i for i, code in enumerate(classes) if code in "lu"] if "l" in classes or "u" in classes else []
        self.dates = dates(tokens, here.date())
        self.zones = zones(tokens, country) if _ZONED.search(classes) else []
        self.clocks: list[Clock] = []
        if _TIMED.search(classes):
            taken = [i for d in self.dates for i in d.taken]
            for zone_phrase in self.zones:
                taken += range(zone_phrase.start, zone_phrase.end)
            self.clocks = clocks(tokens, taken)
        self.owned = bool(self.dates)

    def read(self) -> Reading:
        if self.dates:
            groups = [g for g in self._groups() if self._wanted(g)]
            parsed = [(g, p) for g in groups if (p := self._resolve(g)) is not None]
            if parsed:
                return self._choose(parsed)
        relative = None if self.refused is _RANGE_REFUSED else back(self.tokens, self.here)
        if relative is None:
            return Reading(reject_reason=self.refused or _reason(self.tokens.classes, clock=bool(self.clocks)))
        found = self._relative(relative)
        if found is None:
            return Reading(reject_reason=Refusal.FUTURE)
        return Reading(found, found if self._label_before(relative.start) == "u" else None)

    # ------------------------------------------------------------ grouping
    def _groups(self) -> list[Group]:
        if len(self.dates) == 1 and not self.labels:
            (only,) = self.dates
            return [Group(self.dates, only.start, only.end, None, self.clocks[0] if self.clocks else None)]
        groups: list[Group] = []
        for written in self.dates:
            last = groups[-1] if groups else None
            fresh = last is None or self._label_between(last.end, written.start) is not None
            if last and not fresh and len(last.dates) == 1 and last.dates[0].calendar is not written.calendar:
                last.dates.append(written)
                last.end = written.end
            else:  # a label belongs to the first date after it only
                groups.append(Group([written], written.start, written.end, self._label_before(written.start) if fresh else None))
        for clock in self.clocks:
            self._attach(clock, groups)
        return groups

    def _label_between(self, start: int, end: int) -> int | None:
        """The last label from token `start` to before `end`."""
        return next((i for i in reversed(self.labels) if start <= i < end), None) if self.labels else None

    def _label_before(self, start: int) -> str | None:
        at = self._label_between(0, start)
        return self.tokens.classes[at] if at is not None else None

    def _attach(self, clock: Clock, groups: list[Group]) -> None:
        """Gives a time to the nearest date with no label between them; only "published" may stand between a date and its time."""
        nearest: tuple[int, Group] | None = None
        for group in groups:
            ahead = clock.start < group.start
            label = self._label_between(clock.end, group.start) if ahead else self._label_between(group.end, clock.start)
            if label is not None and len(groups) > 1:
                continue
            if label is not None and not ahead and self.tokens.classes[label] == "u":
                continue
            gap = group.start - clock.end if ahead else clock.start - group.end
            if group.clock is None and (nearest is None or gap < nearest[0]):
                nearest = (gap, group)
        if nearest:
            nearest[1].clock = clock

    def _wanted(self, group: Group) -> bool:
        """False, with the reason noted, for named events, deadlines and ranges."""
        classes, start, first = self.tokens.classes, group.start, group.dates[0]
        before, after = classes[:start], classes[group.end : group.end + 1]
        part_of_month = before.endswith("h") and classes[start] == "O"  # "the second half of May 2024"
        if part_of_month or before.rstrip("fUW('").endswith(("e", "a", "v", "t")) or ("e" in before and self._scheduled(before)):
            self.refused = self.refused or Refusal.NAMED_EVENT
            return False
        lifespan = before.endswith("(Y-") and self.tokens.values[start - 2] < (first.year or 0)
        if lifespan or after == "t":
            self.refused = Refusal.RANGE
            return False
        if after == "v" and first.year is None:  # "2 May next"
            self.refused = Refusal.FUTURE
            return False
        if first.year is None and _RANGE_AHEAD.match(classes, group.end):
            self.refused = Refusal.RANGE
            return False
        span = _RANGE.search(before) if before.endswith(("-", "&")) and not first.rule.numeric else None
        if span and (span["month"] or self.tokens.values[span.start("day")] < first.day):
            self.refused = Refusal.RANGE
            return False
        return True

    def _scheduled(self, before: str) -> bool:
        """Whether a word such as "to be held" stands a few words before the date."""
        match = _SCHEDULED.search(before)
        return match is not None and self.tokens.values[match.start()] == "schedule"

    # ------------------------------------------------------------ choosing
    def _choose(self, parsed: list[tuple[Group, ParsedDate]]) -> Reading:
        if len(parsed) == 1 and not self.labels:
            return Reading(parsed[0][1])
        modified = next((p for g, p in parsed if g.label == "u"), None)
        plain = [p for g, p in parsed if g.label is None]
        published = next((p for g, p in parsed if g.label == "l"), None) or next(iter(plain), None)
        if published is None:
            return Reading(self._unlabelled_relative() or modified, modified)
        if len(plain) == len(parsed) > 1 and len({p.day for p in plain}) > 1:
            years = [p.day.year for p in plain]
            if all(Note.NO_YEAR in p.notes for p in plain) or max(years) - min(years) > 1:
                return Reading(reject_reason=Refusal.RANGE)
            published = published._replace(notes=(*published.notes, Note.SEVERAL_DATES))
        if modified is None and self.labels and len(parsed) == 1:
            modified = self._after_label(parsed[0][0], published)
        return Reading(published, modified)

    def _unlabelled_relative(self) -> ParsedDate | None:
        """ "Two hours ago | updated 22 January 2025": the first is the publication."""
        found = back(self.tokens, self.here)
        return self._relative(found) if found and not found.named_day and self._label_before(found.start) != "u" else None

    def _after_label(self, group: Group, published: ParsedDate) -> ParsedDate | None:
        """The change of "22 January 2025, updated 14:35" or "22 January 2025 :updated"."""
        at = self._label_between(group.end, len(self.tokens.classes))
        if at is None or self.tokens.classes[at] != "u":
            return None
        clock = next((c for c in self.clocks if c.start > at), None)
        if clock is None:
            return published if at == len(self.tokens.classes) - 1 else None
        value, precision = self._with_clock(published.day, clock)
        return published._replace(value=value, precision=precision)

    # ------------------------------------------------------------ values
    def _resolve(self, group: Group) -> ParsedDate | None:
        """The group's day and time, None with the reason noted when they cannot be."""
        weekday = self._weekday(group) if "W" in self.tokens.classes else None
        notes: list[Note] = []
        main, other = group.dates[0], group.dates[1] if len(group.dates) > 1 else None
        if other and main.calendar is HIJRI:
            main, other = other, main
        beside = hijri(other.year, other.month, other.day, weekday) if other and other.year else None
        if main.rule.numeric and self._unsure_calendar(main):
            self.refused = Refusal.CALENDAR
            return None
        day = self._no_year(main, weekday, beside) if main.year is None else self._full(main, main.year, weekday, notes)
        if day and main.rule.short and not main.rule.numeric and weekday not in (None, day.weekday()):
            main = replace(main, year=None)  # "Wednesday 22 January 12": the number is no year
            day = self._no_year(main, weekday, beside)
        if day is None:
            self.refused = Refusal.IMPOSSIBLE
            return None
        if main.year is None:
            notes.append(Note.NO_YEAR)
        elif main.rule.short:
            notes.append(Note.SHORT_YEAR)
        if main.calendar is HIJRI:
            notes.append(Note.HIJRI_ONLY)
        if weekday is not None and day.weekday() != weekday:
            notes.append(Note.WEEKDAY_MISMATCH)
        if beside and abs((beside - day).days) > 2:
            notes.append(Note.CALENDARS_DISAGREE)
        value: datetime | date = day
        precision = _DAY
        if group.clock is not None:
            value, precision = self._with_clock(day, group.clock)
        if refused := untrue(value, self.here):
            self.refused = Refusal(refused)
            return None
        return ParsedDate(value, precision, self.raw, (main.start, main.end), main.calendar, tuple(notes))

    def _unsure_calendar(self, main: Written) -> bool:
        """Whether the year alone does not tell the calendar: 1403 is Hijri or Iranian, 25/07/47 of 1447 or of 1947."""
        if main.year is None or "A" in self.tokens.classes:
            return False
        if main.rule.short:
            return main.year < 2000 and 1400 + main.year % 100 <= newest_hijri_year(self.here)
        return main.calendar is HIJRI and main.year < SURE_HIJRI

    def _full(self, main: Written, year: int, weekday: int | None, notes: list[Note]) -> date | None:
        if main.calendar is HIJRI:
            return hijri(year, main.month, main.day, weekday)
        day = gregorian(year, main.month, main.day)
        if main.rule.swaps and (day is None or (weekday is not None and day.weekday() != weekday)):
            swapped = gregorian(year, main.day, main.month)
            if swapped and (day is None or swapped.weekday() == weekday):
                notes.append(Note.MONTH_FIRST)
                return swapped
        return day

    def _no_year(self, main: Written, weekday: int | None, beside: date | None) -> date | None:
        today = self.here.date()
        if main.calendar is HIJRI:
            return hijri_nearest_past(main.month, main.day, today, weekday)
        if beside:
            years = (beside.year, beside.year - 1, beside.year + 1)
            return next((d for y in years if (d := gregorian(y, main.month, main.day)) and abs((d - beside).days) < 4), beside)
        day = nearest_past(main.month, main.day, today, weekday)
        return day or (nearest_past(main.day, main.month, today, weekday) if main.rule.swaps else None)

    def _weekday(self, group: Group) -> int | None:
        """The weekday printed nearest to the date, within four tokens and without an unknown word or a year between."""
        classes = self.tokens.classes
        start, end = group.start, group.end
        before, after = classes.rfind("W", max(start - 4, 0), start), classes.find("W", end, end + 4)
        if before >= 0 and (after < 0 or start - before <= after - end + 1):
            at, between = before, classes[before + 1 : start]
        else:
            at, between = after, classes[end:after]
        return int(self.tokens.values[at]) if at >= 0 and "X" not in between and "Y" not in between else None

    def _with_clock(self, day: date, clock: Clock) -> tuple[datetime, Precision]:
        zone = self._zone_for(clock) if self.zones else None
        value = datetime(day.year, day.month, day.day, clock.hour, clock.minute, clock.second or 0, tzinfo=zone or self.zone)
        precision = _HOUR if clock.only_hour else _MINUTE if clock.second is None else _SECOND
        return value, precision

    def _zone_for(self, clock: Clock) -> tzinfo | None:
        """The zone printed after the time and before the next one, else one before the first time."""
        index = self.clocks.index(clock)
        until = self.clocks[index + 1].start if index + 1 < len(self.clocks) else len(self.tokens.classes)
        after = [z for z in self.zones if clock.start < z.start < until]
        if after:
            return after[-1].zone if after[0].start - clock.end <= 1 else after[0].zone
        before = [z for z in self.zones if z.start < clock.start] if index == 0 else []
        return before[-1].zone if before else None

    def _relative(self, found: Back) -> ParsedDate | None:
        """None when the clock time beside "today" is still too far ahead."""
        tokens = (found.start, found.end)
        if found.named_day and self.clocks:
            value, precision = self._with_clock(found.day, self.clocks[0])
            return None if untrue(value, self.here) else ParsedDate(value, precision, self.raw, tokens, notes=_OF_NOW)
        whole = found.moment and found.moment.replace(microsecond=0)
        return ParsedDate(whole or found.day, found.precision, self.raw, tokens, notes=_OF_NOW)


def _reason(classes: str, *, clock: bool) -> Refusal:
    """The most telling reason for a text without a date."""
    kinds = set(classes)
    if ("v" in kinds and kinds & {"U", "D", "B", "r", "W"}) or classes.strip("|.-") in ("v", "vv"):
        return Refusal.FUTURE
    if kinds & {"M", "H"}:
        if "e" in kinds and kinds & {"n", "O"}:
            return Refusal.NAMED_EVENT
        return Refusal.NO_YEAR if kinds & {"n", "O"} and "Y" not in kinds else Refusal.NO_DAY
    if clock:
        return Refusal.TIME_ONLY
    if "Y" in kinds and not kinds & {"n", "x"}:
        return Refusal.YEAR_ONLY
    if kinds & {"U", "D", "B"}:
        return Refusal.SENTENCE if kinds & {"a", "g"} else Refusal.DURATION
    if "r" in kinds and len(kinds) > 1:
        return Refusal.SENTENCE
    if "W" in kinds and "n" not in kinds:
        return Refusal.WEEKDAY_ONLY
    return Refusal.NUMBERS if kinds & {"n", "x", "Y"} else Refusal.NO_DATE
