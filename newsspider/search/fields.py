"""The fields that a query may name, in Latin and Arabic letters, and what their values may be: days, countries, addresses."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from enum import StrEnum

from newsspider import clock
from newsspider.search.expression import Days, Keyword, Label, Text
from newsspider.search.problems import BadQuery
from newsspider.text import fold
from newsspider.text.codes import country_code, language_code
from newsspider.urls import bare_url


class Special(StrEnum):
    """Fields whose values are no words."""

    PUBLISHED = "published"
    URL = "url"


Named = Text | Label | Keyword | Special

_NAMES: dict[Named, str] = {
    Text.TITLE: "title عنوان العنوان",
    Text.BODY: "body text نص النص متن المتن",
    Text.SUMMARY: "summary ملخص الملخص",
    Label.SECTION: "section قسم القسم",
    Label.TAG: "tag tags وسم الوسم وسوم الوسوم",
    Label.AUTHOR: "author كاتب الكاتب محرر المحرر",
    Keyword.SOURCE: "source مصدر المصدر",
    Keyword.COUNTRY: "country بلد البلد دولة الدولة",
    Keyword.LANGUAGE: "language lang لغة اللغة",
    Keyword.FAMILY: "family عائلة العائلة",
    Special.PUBLISHED: "published date day تاريخ التاريخ نشر النشر",
    Special.URL: "url site رابط الرابط موقع الموقع",
}
_FIELDS: dict[str, Named] = {fold(name): field for field, names in _NAMES.items() for name in names.split()}
_CODES: dict[str, Callable[[str], str | None]] = {Keyword.COUNTRY: country_code, Keyword.LANGUAGE: language_code}
_DAYS_AGO = {fold(word): ago for ago, words in enumerate(("today اليوم", "yesterday أمس البارحة")) for word in words.split()}
_DAY = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?")


def field_named(name: str) -> Named | None:
    """The field of that English or Arabic name, however it is spelt; None when there is none."""
    return _FIELDS.get(fold(name))


def period(text: str) -> Days | None:
    """The days of a day, month or year in digits of any script, of today or yesterday in UTC, of * all that there are; None when it is none."""
    if text == "*":
        return Days()
    folded = fold(text)
    if folded in _DAYS_AGO:
        spoken = clock.now().date() - timedelta(_DAYS_AGO[folded])
        return Days(spoken, spoken)
    if not (match := _DAY.fullmatch(folded)):
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    try:
        if day and month:
            return Days(date(year, month, day), date(year, month, day))
        if month:
            return Days(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
        return Days(date(year, 1, 1), date(year, 12, 31))
    except ValueError:  # the 31st of February, a 13th month, the year 0
        return None


def keyword_value(field: Keyword, text: str) -> str | None:
    """The value as articles have it: a country or a language by its code or its name in Arabic or English, a source in small letters. None for
    a country or language that is none."""
    return _CODES[field](text) if field in _CODES else text.lower()


def filter_values(name: str, texts: Iterable[str] | None) -> tuple[str, ...]:
    """The values of a filter as articles have them, each once, empty ones left out. Raises BadQuery for a country or language that is none."""
    given = [text for text in texts or () if text]
    return tuple(dict.fromkeys([_code(name, text) for text in given] if name in _CODES else given))


def _code(name: str, text: str) -> str:
    code = _CODES[name](text.strip())
    if code is None:
        raise BadQuery(f"no_{name}", part=text, filter=name)
    return code


def address_start(text: str) -> str | None:
    """The beginning of an address as the index has it; None when it is none."""
    try:
        return bare_url(text if "://" in text else f"http://{text}")
    except ValueError:
        return None
