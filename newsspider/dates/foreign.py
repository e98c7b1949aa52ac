"""Dates: dateparser for the dates that the Arabic grammar does not own (Turkish, Persian, Spanish …), strictly and never in search mode.

It is asked only for a text with a day, a four-digit year and an unknown word between them that could be a month; it is imported then, for
it is slow to import.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, tzinfo
from functools import cache
from typing import Any

from newsspider.dates.tokens import Tokens
from newsspider.items import Precision

LANGUAGES = ["tr", "fa", "de", "es", "it", "ru", "fr", "en"]
MAX_CHARS = 60
_SHAPE = re.compile(r"n[.,\-/f]{0,2}X[.,\-/f]{0,2}Y|X[.,f]{0,2}n[.,f]{0,2}Y|Y[.,\-/f]{0,2}X[.,\-/f]{0,2}n")


@cache
def _dateparser() -> Any:
    import dateparser

    return dateparser


def read_foreign(raw: str, tokens: Tokens, here: datetime, zone: tzinfo) -> tuple[datetime | date, Precision] | None:
    """Value and precision of a date in another language, None when dateparser does not know all its parts either."""
    if len(tokens.folded) > MAX_CHARS or not _SHAPE.search(tokens.classes):
        return None
    settings = {
        "REQUIRE_PARTS": ["day", "month", "year"], "DATE_ORDER": "DMY", "PREFER_DATES_FROM": "past",
        "RELATIVE_BASE": here.replace(tzinfo=None), "PARSERS": ["absolute-time"],
    }  # fmt: skip
    plain = "".join(char for char in raw if unicodedata.category(char) != "Cf")
    found = _dateparser().parse(" ".join(plain.split()), languages=LANGUAGES, settings=settings)
    if found is None:
        return None
    if ":" not in tokens.classes:
        return found.date(), Precision.DAY
    return (found if found.tzinfo else found.replace(tzinfo=zone)), Precision.MINUTE
