"""A source file for a person to look over, from what was found of a site. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from newsspider import urls
from newsspider.sources.homepage import Homepage

UNKNOWN_ZONE = "UTC"
_SECOND_LEVEL = frozenset("ac co com edu gov info net news org".split())


@dataclass(frozen=True, slots=True)
class Draft:
    """`feeds` and the others are (address, what was found there); `notes` are what a person should know, one line each."""

    name: str
    homepage: str
    page: Homepage
    feeds: Sequence[tuple[str, str]] = ()
    news_sitemaps: Sequence[tuple[str, str]] = ()
    sitemaps: Sequence[tuple[str, str]] = ()
    listings: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = field(default=())

    def as_toml(self) -> str:
        """The file, with comments on what is to be looked over."""
        page = self.page
        zone, *others = page.zones or (UNKNOWN_ZONE,)
        lines = [
            "# Written by `newsspider sources add`: look it over, then `newsspider sources check " + self.name + "`.",
            "# docs/how-to-add-a-source.md explains every key.",
            *(f"# {note}" for note in self.notes),
            f"name = {_text(self.name)}",
            f"title = {_text(page.title)}",
            f"homepage = {_text(self.homepage)}",
            f"country = {_text(page.country)}" if page.country else '# country = "SY"  # the page does not say: two letters, ISO 3166',
            f"timezone = {_text(zone)}{_about_zone(page, others)}",
            f"language = {_text(page.language or 'ar')}" + ("" if page.language else "  # the page does not say"),
            *_list("feeds", self.feeds),
            *_list("news_sitemaps", self.news_sitemaps),
            *_list("sitemaps", self.sitemaps),
            "# allow = ['^/article/']  # what the addresses of articles have in common, where others should not be visited",
        ]
        for address, found in self.listings:
            lines += ["", "[[listings]]", f"url = {_text(address)}  # {found}"]
        return "\n".join(lines) + "\n"


def name_of(homepage: str) -> str:
    """A source's short name from its host: mysite of https://www.mysite.com.eg."""
    host = urls.site(homepage).partition(":")[0]
    own = [label for label in host.split(".")[:-1] if label not in _SECOND_LEVEL]
    best = own[-1] if own and not own[-1].isdigit() else host
    return re.sub(r"[^a-z0-9_-]+", "-", best.lower()).strip("-_")[:63] or "site"


def _about_zone(page: Homepage, others: Sequence[str]) -> str:
    if not page.zones:
        return "  # NOT KNOWN, for the country is not: set the zone of the dates that the site prints"
    return f"  # or {', '.join(others[:5])}" if others else ""


def _list(key: str, addresses: Sequence[tuple[str, str]]) -> list[str]:
    if not addresses:
        return []
    return [f"{key} = [", *(f"    {_text(address)},  # {found}" for address, found in addresses), "]"]


def _text(value: str) -> str:
    """A TOML basic string: JSON's escapes are among its own."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
