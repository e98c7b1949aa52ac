"""Countries and languages: their codes, and the names that people give them, after the Unicode CLDR as Babel has it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import babel
from babel.core import get_global

from newsspider.text.fold import fold

_LOCALES = (babel.Locale("en"), babel.Locale("ar"))
_NO_COUNTRIES = {"ZZ", "QO", "XA", "XB"}  # what CLDR calls the unknown, islands that are left over, and what programs are tested with
_UNKNOWN_LANGUAGE = "und"
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
}
"""What people call countries whose names in CLDR are longer."""


def country_code(text: str) -> str | None:
    """The two capital letters of a country, by ISO 3166 and the user-assigned code of Kosovo: from any code that ISO 3166 has for it, in letters of
    any case, or from its name in Arabic or English. None for what is no country."""
    return _countries().get(fold(text))


def language_code(text: str) -> str | None:
    """The two or three small letters of a language, by ISO 639: from its code, the long one too, or its name in Arabic or English. None for what is
    no language."""
    return _languages().get(fold(text))


@cache
def _countries() -> dict[str, str]:
    codes = {code for code in map(str, _LOCALES[0].territories) if code.isalpha()} - _NO_COUNTRIES
    old = {alias: heirs[0] for alias, heirs in get_global("territory_aliases").items() if len(heirs) == 1}
    names = {name: code for locale in _LOCALES for code, name in locale.territories.items()} | _SHORT_NAMES
    return _read_as(codes, names | old)


@cache
def _languages() -> dict[str, str]:
    codes = {code for code in {*_LOCALES[0].languages} | {*get_global("likely_subtags")} if code.isalpha()} - {_UNKNOWN_LANGUAGE}
    old = {alias: code.partition("_")[0] for alias, code in get_global("language_aliases").items()}
    names = {name: code for locale in _LOCALES for code, name in locale.languages.items()}
    return _read_as(codes, names | old)


def _read_as(codes: set[str], others: Mapping[str, str]) -> dict[str, str]:
    """What each folded text is read as; a code is itself, whatever has it for a name."""
    return {fold(other): code for other, code in others.items() if code in codes} | {fold(code): code for code in codes}
