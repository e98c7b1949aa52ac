"""The languages of the pages: words/<code>.toml, and how numbers, days and dates are said. Arabic is the first."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from newsspider.items import Precision

WORDS = Path(__file__).parent / "words"


@dataclass(frozen=True)
class Language:
    """`words` are the texts by name; `direction` is rtl or ltr."""

    code: str
    words: Mapping[str, Any]
    locale: Locale

    @classmethod
    def load(cls, code: str) -> Self:
        return cls(code, tomllib.loads((WORDS / f"{code}.toml").read_text(encoding="utf-8")), Locale(code))

    @property
    def direction(self) -> str:
        return str(self.locale.text_direction)

    def number(self, number: int) -> str:
        return format_decimal(number, locale=self.locale)

    def count(self, number: int, noun: str) -> str:
        """The number with its noun, as the language's plural forms (CLDR) ask for."""
        forms = self.words["counts"][noun]
        return str(forms.get(self.locale.plural_form(number), forms["other"])).format(n=self.number(number))

    def day(self, day: date) -> str:
        return format_date(day, "d MMMM y", locale=self.locale)

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
            "month": format_date(day, "MMMM y", locale=self.locale),
            "year": format_date(day, "y", locale=self.locale),
        }
        time = f"{moment:%H:%M}" if moment else ""
        return str(self.words["dates"][precision]).format(time=time, **values)


ARABIC, ENGLISH = Language.load("ar"), Language.load("en")
LANGUAGES = {language.code: language for language in (ARABIC, ENGLISH)}
