"""The fields that a query may name, in Latin and Arabic letters, and what their values may be: days, countries, addresses."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import cache

import babel

from newsspider.search.expression import Days, Keyword, Label, Text
from newsspider.search.problems import BadQuery
from newsspider.text import fold
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
_LOCALES = (babel.Locale("en"), babel.Locale("ar"))
_SHORT_NAMES = {
    "السعودية": "SA",
    "الإمارات": "AE",
    "فلسطين": "PS",
    "سورية": "SY",
    "أمريكا": "US",
    "أميركا": "US",
    "بريطانيا": "GB",
    "Palestine": "PS",
    "UAE": "AE",
    "USA": "US",
    "UK": "GB",
}
"""What people call countries whose names in CLDR are longer."""
_DAY = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?")


def field_named(name: str) -> Named | None:
    """The field of that English or Arabic name, however it is spelt; None when there is none."""
    return _FIELDS.get(fold(name))


def period(text: str) -> Days | None:
    """The days of a day, month or year in digits of any script, of * all that there are; None when it is none."""
    if text == "*":
        return Days()
    match = _DAY.fullmatch(fold(text))
    if not match:
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
    match field:
        case Keyword.COUNTRY:
            return _countries().get(fold(text), text.upper() if re.fullmatch("[A-Za-z]{2}", text) else None)
        case Keyword.LANGUAGE:
            return _languages().get(fold(text), text.lower() if re.fullmatch("[A-Za-z]{2,3}", text) else None)
    return text.lower()


def filter_values(field: Keyword, texts: Iterable[str]) -> tuple[str, ...]:
    """The values of a filter as articles have them. Raises BadQuery for a country or language that is none."""
    return tuple(dict.fromkeys([_filter_value(field, text) for text in texts]))


def _filter_value(field: Keyword, text: str) -> str:
    value = keyword_value(field, text.strip())
    if value is None:
        raise BadQuery(f"no_{field}", part=text)
    return value


@cache
def _countries() -> dict[str, str]:
    names = {name: code for locale in _LOCALES for code, name in locale.territories.items() if code.isalpha()}
    return {fold(name): code for name, code in (names | _SHORT_NAMES).items()}


@cache
def _languages() -> dict[str, str]:
    return {fold(name): code for locale in _LOCALES for code, name in locale.languages.items() if code.isalpha()}


def address_start(text: str) -> str | None:
    """The beginning of an address as the index has it; None when it is none."""
    try:
        return bare_url(text if "://" in text else f"http://{text}")
    except ValueError:
        return None
