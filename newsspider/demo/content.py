"""The demo's pages: one TOML file each under articles/, read into frozen models."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from newsspider.errors import ConfigError
from newsspider.tomlfile import line_of, load_toml

FOLDER = Path(__file__).parent / "articles"
EDITIONS = (1, 2)


class Kind(StrEnum):
    """What a page is. Only ARTICLE should be stored."""

    ARTICLE = "article"
    SECTION = "section"  # a list of articles under an address that looks like any other
    VIDEO = "video"
    LOGIN = "login"  # a headline and a request to subscribe
    SOFT404 = "soft404"  # "no such page", with status 200
    PRIVATE = "private"  # robots.txt forbids it
    GONE = "gone"  # status 404
    CUT = "cut"  # the connection ends in the middle of the page


class DemoPage(BaseModel):
    """One page of a site. `path` is decoded and holds the query where there is one; times are aware, in the site's zone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(pattern="^/")
    title: str
    teaser: str = ""  # what a list calls it, where not by its title
    kind: Kind = Kind.ARTICLE
    body: str = ""
    published: datetime | None = None
    modified: datetime | None = None
    section: str = ""
    author: str = ""
    agency: str = ""  # signs the text in the author's place
    tags: tuple[str, ...] = ()
    edition: Literal[1, 2] = 1  # 2: replaces the page of the same path, or is new, in the second edition
    style: int = 0  # which of the site's ways to print a date
    meta: bool = False  # with Open Graph and article: tags, on a site that has them only here and there
    also: tuple[str, ...] = ()  # further addresses of the same text
    amp_in_feed: bool = False  # the feed names the AMP variant
    announced: tuple[Literal["feed", "listing", "sitemap"], ...] = ()  # for all that is no article
    charset: Literal["utf-8", "windows-1256"] = "utf-8"
    damage: Literal["", "unclosed", "mislabelled"] = ""

    @property
    def paragraphs(self) -> list[str]:
        return [paragraph for paragraph in self.body.strip().split("\n\n") if paragraph]

    @property
    def changed(self) -> datetime | None:
        return self.modified or self.published

    @property
    def number(self) -> str:
        """The digits at the end of the address, which name the page's picture."""
        return "".join(char for char in self.path if char.isdigit()) or "0"


@cache
def load_pages(site: str, timezone: ZoneInfo, edition: int) -> tuple[DemoPage, ...]:
    """The pages of one edition of `site`, newest first and those without a date last. Raises ConfigError naming file, line and key."""
    pages: dict[str, DemoPage] = {}
    for page in sorted((_read(file, timezone) for file in sorted((FOLDER / site).glob("*.toml"))), key=lambda page: page.edition):
        if page.edition <= edition:
            pages[page.path] = page
    return tuple(sorted(pages.values(), key=lambda page: page.published.timestamp() if page.published else 0.0, reverse=True))


def _read(file: Path, timezone: ZoneInfo) -> DemoPage:
    data, text = load_toml(file)
    for key in ("published", "modified"):
        if isinstance(data.get(key), datetime):
            data[key] = data[key].replace(tzinfo=timezone)
    try:
        return DemoPage.model_validate(data)
    except ValidationError as e:
        problems = [
            f"{file}:{line_of(text, error['loc']) or 1}: {'.'.join(map(str, error['loc']))}: {error['msg']}" for error in e.errors()
        ]
        raise ConfigError("\n".join(problems)) from e
