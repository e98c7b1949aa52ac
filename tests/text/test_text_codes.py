"""Codes of countries and languages, by whatever they are called."""

from __future__ import annotations

import pytest

from newsspider.text.codes import country_code, language_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SY", "SY"),
        ("sy", "SY"),
        ("SYR", "SY"),
        ("سوريا", "SY"),
        ("سورية", "SY"),
        ("Syria", "SY"),
        ("UK", "GB"),
        ("UAE", "AE"),
        ("XK", "XK"),  # Kosovo, which ISO 3166 leaves to its users
        ("كوسوفو", "XK"),
        ("EU", "EU"),
        ("ZZ", None),
        ("Unknown Region", None),
        ("XA", None),
        ("QQ", None),
        ("زحل", None),
        ("", None),
    ],
)
def test_a_country(text: str, code: str | None) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ar", "ar"),
        ("AR", "ar"),
        ("ara", "ar"),
        ("العربيه", "ar"),
        ("Arabic", "ar"),
        ("ckb", "ckb"),
        ("apc", "apc"),  # Levantine Arabic, which has no name in CLDR
        ("ga", "ga"),  # Irish, and not the language that is called Ga
        ("und", None),
        ("xx", None),
        ("ما", None),
    ],
)
def test_a_language(text: str, code: str | None) -> None:
    assert language_code(text) == code
