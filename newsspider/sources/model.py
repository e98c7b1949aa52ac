"""The source model: what a source file may say. Immutable; unknown keys are errors (docs/how-to-add-a-source.md explains every key)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from cssselect import HTMLTranslator
from cssselect.parser import SelectorError
from lxml import etree
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from newsspider import urls
from newsspider.config import Duration, seconds
from newsspider.text.codes import country_code, language_code

XPATH = "xpath:"
AUTO = "auto"


def _web_address(value: str) -> str:
    urls.canonical_url(value)
    return value.strip()


def _host(value: str) -> str:
    if "/" in value or not value:
        raise ValueError('must be a host name, with its port where it has one: "feeds.example.com"')
    return urls.site(f"http://{value}")


_timezones = cache(available_timezones)  # which goes through the whole folder of the database each time


def _timezone(value: str) -> str:
    if value not in _timezones():
        near = get_close_matches(value, _timezones(), 1, 0.5)
        raise ValueError(
            f"{value!r} is no time zone of the IANA database, such as Asia/Damascus" + (f"; did you mean {near[0]}?" if near else "")
        )
    return value


def _country(value: str) -> str:
    return _require_code(value, country_code(value), "country; allowed: the two capital letters of ISO 3166, such as SY")


def _language(value: str) -> str:
    return _require_code(value, language_code(value), "language; allowed: the two or three small letters of ISO 639, such as ar")


def _require_code(value: str, code: str | None, allowed: str) -> str:
    if value != code:
        raise ValueError(f"{value!r} is no {allowed}" + (f"; did you mean {code}?" if code else ""))
    return value


def _selector(value: str) -> str:
    try:
        if value.startswith(XPATH):
            found = etree.XPath(value.removeprefix(XPATH))(etree.Element("html"))
            if isinstance(found, bool | float):
                raise ValueError(f"{value!r} selects no elements, but computes a {type(found).__name__}")
        else:
            HTMLTranslator().css_to_xpath(re.sub(r"::(text|attr\([\w-]+\))", "", value))
    except (SelectorError, etree.XPathError) as e:
        raise ValueError(f'{value!r} is neither a CSS selector nor "{XPATH}…" ({e})') from e
    return value


def _pattern(value: str) -> re.Pattern[str]:
    try:
        return re.compile(value)
    except re.error as e:
        raise ValueError(f"{value!r} is no regular expression ({e})") from e


def _cron(value: str) -> str:
    try:
        next(CronSim(value, datetime(2025, 1, 1)))  # noqa: DTZ001 - only whether there is a next time
    except CronSimError as e:
        raise ValueError(f"{value!r} is no cron expression of five fields ({e})") from e
    except StopIteration as e:
        raise ValueError(f"{value!r} never comes true") from e
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]
Selector = Annotated[str, AfterValidator(_selector)]
Pattern = Annotated[str, AfterValidator(lambda value: _pattern(value).pattern)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Listing(_Table):
    """A page of links to articles, with the pages that follow it."""

    url: WebAddress = Field(description="Address of the first page.")
    links: Selector | None = Field(
        None, description="What holds the links to articles; without it, links that look like articles are taken."
    )
    next: Selector | None = Field(None, description='The link to the next page; without it, a link marked rel="next".')
    max_pages: int = Field(10, ge=1, le=1000, description="Most pages of this listing in one run, the first included.")


class Selectors(_Table):
    """Where a field stands, for sites whose pages the extractor reads wrongly. Each may be left out."""

    title: Selector | None = Field(None, description="The headline.")
    body: Selector | None = Field(None, description="The element around the text.")
    date: Selector | None = Field(None, description="The date of publication.")
    authors: Selector | None = Field(None, description="The authors' names.")
    section: Selector | None = Field(None, description="The section's name.")
    tags: Selector | None = Field(None, description="The tags.")
    image: Selector | None = Field(None, description="The main picture.")
    remove: tuple[Selector, ...] = Field((), description="What is cut out of the page before anything else is read.")


class Version(Selectors):
    """Selectors of pages in an older layout, as old pages of the archive have it."""

    valid_until: date = Field(description="The last day, in the site's zone, on which pages came in this layout.")


class Limits(_Table):
    """How this site is visited; what is left out is taken from [crawl] of the configuration."""

    delay: float | None = Field(None, ge=0, description="Seconds between two requests.")
    concurrency: int | None = Field(None, ge=1, le=16, description="Requests at once.")
    max_pages: int | None = Field(None, ge=1, description="Most pages in one run.")
    max_age_days: int | None = Field(None, ge=0, le=36_500, description="Age in days from which articles are not visited; 0: none.")
    depth: int | None = Field(None, ge=1, le=100, description="Longest chain of discovery pages.")


class Schedule(_Table):
    """Either an interval, or a cron expression, or `auto`: an interval learned from when the site publishes."""

    every: Annotated[str, StringConstraints(pattern=r"^([1-9][0-9]{0,3}[mhd]|auto)$")] = Field(
        "1h",
        description='Time between the starts of two runs: a whole number with m, h or d for minutes, hours or days; or "auto", which learns it.',
    )
    cron: Annotated[str, AfterValidator(_cron)] | None = Field(
        None, description='Instead: a cron expression in the site\'s time zone, such as "*/20 6-23 * * *".'
    )
    fastest: Duration = Field("10m", description='Shortest interval that "auto" may choose.')
    slowest: Duration = Field("12h", description='Longest interval that "auto" may choose.')

    @model_validator(mode="after")
    def _one_rule(self) -> Schedule:
        if self.cron and "every" in self.model_fields_set:
            raise ValueError("every and cron are both set; keep one of them")
        if self.limits[0] > self.limits[1]:
            raise ValueError("fastest is longer than slowest")
        return self

    @property
    def learns(self) -> bool:
        return self.cron is None and self.every == AUTO

    @property
    def interval(self) -> timedelta | None:
        """None for a cron expression and for an interval that is learned."""
        return None if self.cron or self.learns else _duration(self.every)

    @property
    def limits(self) -> tuple[timedelta, timedelta]:
        """Of a learned interval."""
        return _duration(self.fastest), _duration(self.slowest)

    def __str__(self) -> str:
        return f"cron {self.cron}" if self.cron else f"auto {self.fastest}–{self.slowest}" if self.learns else self.every


def _duration(text: str) -> timedelta:
    return timedelta(seconds=seconds(text))


class Source(_Table):
    """One site: what it is, what it announces its articles through, and which addresses are articles of it."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")] = Field(
        description="Short name for commands: lower-case letters, digits, - and _. The file is called NAME.toml."
    )
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] = Field(description="The site's name for readers.")
    homepage: WebAddress = Field(
        description="Address of the site. Its host, port included, is the site; www., m. and amp. before it do not count."
    )
    country: Annotated[str, AfterValidator(_country)] | None = Field(
        None, description="ISO 3166 code of the country whose calendar and month names the site uses."
    )
    timezone: Annotated[str, AfterValidator(_timezone)] = Field(description="IANA time zone of the dates that the site prints.")
    language: Annotated[str, AfterValidator(_language)] = Field("ar", description="ISO 639 code of the articles' language.")
    feeds: tuple[WebAddress, ...] = Field((), description="RSS, Atom and JSON feeds.")
    news_sitemaps: tuple[WebAddress, ...] = Field((), description="News sitemaps: the articles of the last days.")
    sitemaps: tuple[WebAddress, ...] = Field((), description="Plain sitemaps and sitemap indexes: often the whole archive of a site.")
    listings: tuple[Listing, ...] = Field((), description="Pages of links to articles.")
    allow: tuple[Pattern, ...] = Field(
        (),
        description="Regular expressions, one of which an article's path and query must match; none: every address of the site may be one.",
    )
    exclude: tuple[Pattern, ...] = Field((), description="Regular expressions for paths and queries that are never visited.")
    selectors: Selectors = Field(Selectors(), description="Where fields stand in the site's pages.")
    versions: tuple[Version, ...] = Field((), description="Older layouts; where one says nothing of a field, `selectors` does.")
    limits: Limits = Field(Limits(), description="How the site is visited.")
    schedule: Schedule = Field(Schedule(), description="When the site is visited.")
    hosts: tuple[Annotated[str, AfterValidator(_host)], ...] = Field((), description="Further hosts with pages of the site.")
    verify_certificates: bool = Field(True, description="Refuse this site's TLS certificate when it does not verify.")

    @model_validator(mode="after")
    def _announces(self) -> Source:
        if not self.discovery_addresses():
            raise ValueError("nothing tells where articles are announced; give one of feeds, news_sitemaps, sitemaps, listings")
        return self

    def selectors_at(self, fetched_at: datetime) -> Selectors:
        """The selectors of a page fetched then: those of the oldest layout that was still valid on that day, else the present ones."""
        day = fetched_at.astimezone(ZoneInfo(self.timezone)).date()
        version = min((one for one in self.versions if day <= one.valid_until), key=lambda one: one.valid_until, default=None)
        if version is None:
            return self.selectors
        return self.selectors.model_copy(update=version.model_dump(exclude={"valid_until"}, exclude_unset=True))

    def discovery_addresses(self) -> list[tuple[str, str]]:
        """(kind, address) of everything the site announces its articles through."""
        kinds = (("feed", self.feeds), ("news_sitemap", self.news_sitemaps), ("sitemap", self.sitemaps))
        return [(kind, url) for kind, addresses in kinds for url in addresses] + [("listing", listing.url) for listing in self.listings]

    def sites(self) -> frozenset[str]:
        """`urls.site` of every place with pages of this source: the homepage's, those of the addresses above, and `hosts`."""
        return frozenset(urls.site(url) for url in (self.homepage, *(url for _, url in self.discovery_addresses()))).union(self.hosts)

    def accepts_host(self, host: str) -> bool:
        """True when pages of this source may be fetched from `host` (with its port, unless that is the scheme's own)."""
        try:
            return urls.site(f"http://{host}") in self.sites()
        except ValueError:
            return False

    def site_hosts(self) -> frozenset[str]:
        """The hosts behind `sites` as the addresses write them, with a port that is not the scheme's own."""
        addresses = (self.homepage, *(url for _, url in self.discovery_addresses()), *(f"http://{host}" for host in self.hosts))
        return frozenset(urls.origin(url).partition("://")[2] for url in addresses)
