"""The languages: words/<code>.toml, and how numbers, days and dates are said, as the reader prefers. Arabic is the first."""

from __future__ import annotations

import re
import tomllib
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from hijridate import Gregorian

from newsspider.items import Precision

WORDS = Path(__file__).parent / "words"
_ARABIC_INDIC = str.maketrans("0123456789,.", "٠١٢٣٤٥٦٧٨٩٬٫")
_WISH = re.compile(r"(?:^|,)([A-Za-z]{1,8})(?:-[A-Za-z0-9-]*)?(?:;q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?(?=,|$)")


class Digits(StrEnum):
    WESTERN = "latn"
    ARABIC = "arab"


class Calendar(StrEnum):
    GREGORIAN = "gregorian"
    BOTH = "both"
    HIJRI = "hijri"


class Months(StrEnum):
    """Which names the months have in Arabic: يناير, كانون الثاني, جانفي or, of Morocco, يوليوز."""

    COMMON = "common"
    LEVANT = "levant"
    MAGHREB = "maghreb"
    MOROCCO = "morocco"


_LOCALES = {Months.COMMON: "ar", Months.LEVANT: "ar_LB", Months.MAGHREB: "ar_TN", Months.MOROCCO: "ar_MA"}


@dataclass(frozen=True)
class Language:
    """`words` are the texts by name; `direction` is rtl or ltr."""

    code: str
    words: Mapping[str, Any]
    locale: Locale
    digits: Digits = Digits.WESTERN
    calendar: Calendar = Calendar.GREGORIAN

    @classmethod
    def load(cls, code: str) -> Self:
        return cls(code, tomllib.loads((WORDS / f"{code}.toml").read_text(encoding="utf-8")), Locale(code))

    def preferring(self, digits: Digits, calendar: Calendar, months: Months) -> Self:
        """The same language with the reader's digits, calendar and, in Arabic, names of months."""
        locale = Locale.parse(_LOCALES[months]) if self.code == "ar" else self.locale
        return replace(self, digits=digits, calendar=calendar, locale=locale)

    @property
    def direction(self) -> str:
        return str(self.locale.text_direction)

    def number(self, number: float) -> str:
        return self.in_digits(f"{number:,}" if isinstance(number, int) else format_decimal(number, locale="en"))

    def percent(self, share: float) -> str:
        return self._percent(f"{100 * share:.0f}")

    def share(self, share: float) -> str:
        """A small share, as exactly as a chart needs."""
        return self._percent(f"{100 * share:.3g}")

    def _percent(self, number: str) -> str:
        """With CLDR's sign for the reader's digits, whose marks keep it in its place after Arabic letters."""
        return self.in_digits(number) + str(self.locale.number_symbols[self.digits]["percentSign"])

    def in_digits(self, text: str) -> str:
        """A number or date in Western digits, in the reader's."""
        return text.translate(_ARABIC_INDIC) if self.digits is Digits.ARABIC else text

    def count(self, number: int, noun: str) -> str:
        """The number with its noun, as the language's plural forms (CLDR) ask for."""
        forms = self.words["counts"][noun]
        return str(forms.get(self.locale.plural_form(number), forms["other"])).format(n=self.number(number))

    def value(self, facet: str, value: str, titles: Mapping[str, str]) -> str:
        """A value of a facet as people say it."""
        if facet == "source":
            return titles.get(value, value)
        names: Mapping[str, str] = {"country": self.locale.territories, "language": self.locale.languages}.get(facet, {})
        return str(names.get(value, value))

    def day(self, day: date) -> str:
        """The day in the calendars that the reader prefers; Hijri days are those of Umm al-Qura, and Gregorian where it does not reach."""
        return self._dated(day, day, "d MMMM y", "day")

    def short_day(self, day: date) -> str:
        """In one calendar: Gregorian for who prefers both. Arabic has no short names of months, and CLDR's are the common ones everywhere."""
        if self.calendar is Calendar.HIJRI:
            return self.day(day)
        return self.in_digits(_formatted(day, "d MMMM y" if self.code == "ar" else "d MMM y", self.locale))

    def month(self, day: date) -> str:
        """The Gregorian month of the day, for that is what is counted and known; the Hijri months that it has days of."""
        last = monthrange(day.year, day.month)[1]
        return self._dated(day.replace(day=1), day.replace(day=last), "MMMM y", "month")

    def year(self, day: date) -> str:
        return self._dated(date(day.year, 1, 1), date(day.year, 12, 31), "y", "year")

    def moment(self, moment: datetime) -> str:
        """Day, time and, where it is known, the zone's distance from UTC."""
        said = self._said("minute", moment, moment)
        offset = f"{moment:%z}"  # +HHMM, with seconds before 1900; nothing where the zone is not known
        zone = f" UTC{offset[:3]}:{offset[3:5]}" if offset.strip("+0") else " UTC"
        return said + zone if offset else said

    def iso(self, text: str) -> str:
        """A day or time in ISO 8601, said; any other text as it is."""
        try:
            return self.day(date.fromisoformat(text)) if len(text) == 10 else self.moment(datetime.fromisoformat(text))
        except ValueError:
            return text

    def published(self, moment: datetime | None, day: date | None, precision: Precision | None) -> str:
        """The date of publication, only as exactly as it is known."""
        if day is None or precision is None:
            return str(self.words["dates"]["unknown"])
        return self._said(precision, day, moment)

    def _said(self, precision: str, day: date, moment: datetime | None) -> str:
        values = {
            "day": self.day(day),
            "month": self.month(day),
            "year": self.year(day),
        }
        time = self.in_digits(f"{moment:%H:%M}") if moment else ""
        return str(self.words["dates"][precision]).format(time=time, **values)

    def _dated(self, first: date, last: date, pattern: str, unit: str) -> str:
        gregorian = self.in_digits(_formatted(first, pattern, self.locale))
        if self.calendar is Calendar.GREGORIAN:
            return gregorian
        try:
            hijri = " – ".join(dict.fromkeys(self._hijri(day, unit) for day in (first, last)))
        except OverflowError:
            return gregorian
        return hijri if self.calendar is Calendar.HIJRI else f"{gregorian} ({hijri})"

    def _hijri(self, day: date, unit: str) -> str:
        """Raises OverflowError outside of Umm al-Qura."""
        hijri, words = Gregorian(day.year, day.month, day.day).to_hijri(), self.words["hijri"]
        numbers = {name: self.in_digits(str(getattr(hijri, name))) for name in ("day", "year")}
        return str(words[unit].format(month=words["months"][hijri.month - 1], **numbers))


@lru_cache(maxsize=1 << 14)
def _formatted(day: date, pattern: str, locale: Locale) -> str:
    """Remembered: a chart says some hundred days, and the next one the same."""
    return format_date(day, pattern, locale=locale)


def accepted(header: str) -> Language:
    """The language that an Accept-Language header (RFC 9110, section 12.5.4) likes best; English where it names none of ours."""
    wished = [(float(weight or 1), code.lower()) for code, weight in _WISH.findall("".join(header.split()))]
    ours = [(weight, LANGUAGES[code]) for weight, code in wished if weight and code in LANGUAGES]
    return max(ours, key=lambda one: one[0], default=(1.0, ENGLISH))[1]


ARABIC, ENGLISH = Language.load("ar"), Language.load("en")
LANGUAGES = {language.code: language for language in (ARABIC, ENGLISH)}
