"""Dates: which time zone a phrase names. Own words first (words.toml), then CLDR's Arabic names of zones' cities and of countries (Babel).

CLDR is loaded only for a phrase that words.toml does not know.
"""

from __future__ import annotations

from datetime import tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from newsspider.dates.folding import fold
from newsspider.dates.lexicon import lexicon

# One name, two places: the source's country settles it.
BY_COUNTRY: dict[tuple[str, ...], dict[str, str]] = {("عمان",): {"OM": "Asia/Muscat"}, ("طرابلس",): {"LB": "Asia/Beirut"}}


@cache
def named_zone(name: str) -> tzinfo:
    """The IANA zone of that name."""
    return ZoneInfo(name)


def place_zone(words: tuple[str, ...], value: object, country: str | None) -> tuple[int, tzinfo | None]:
    """How many of the words name a place, and its zone; None for the site's own ("local time"). (0, None) for no place."""
    if isinstance(value, str) and "/" in value and words[:1] not in BY_COUNTRY:
        return 1, named_zone(value)
    if words[:1] in lexicon().local_words:
        return 1, None
    own = lexicon().zones
    for count in (3, 2, 1):
        phrase = words[:count]
        if name := BY_COUNTRY.get(phrase, {}).get(country or "") or own.get(phrase) or _cldr().get(phrase):
            return count, named_zone(name)
    return 0, None


@cache
def _cldr() -> dict[tuple[str, ...], str]:
    """CLDR's Arabic names: cities of zones, and countries that have one zone."""
    from babel import Locale
    from babel.core import get_global

    arabic = Locale("ar")
    names: dict[str, str] = {}
    for code, zones in get_global("territory_zones").items():
        if len(zones) == 1 and code in arabic.territories:
            names[arabic.territories[code]] = zones[0]
    for zone, data in arabic.time_zones.items():
        if "city" in data:
            names[data["city"]] = zone
    return {tuple(fold(name).split()): zone for name, zone in names.items()}
