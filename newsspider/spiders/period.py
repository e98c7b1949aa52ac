"""Which of a discovery page's links are of the wanted time: the last days of a daily crawl, or the years of a backfill. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from newsspider import clock
from newsspider.config import CrawlConfig
from newsspider.dates import parse_date
from newsspider.errors import ConfigError
from newsspider.extract.evidence import url_date
from newsspider.items import DateEvidence, EvidenceRole, Link
from newsspider.sources import Source

MAX_LISTING_PAGES = 1000  # of one listing, in a backfill

Days = tuple[date, date]  # the first and the last that something may be of

_IN_SITEMAP_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-_/.]?(0[1-9]|1[0-2])(?:[-_/.]?(0[1-9]|[12]\d|3[01]))?)?(?!\d)")


@dataclass(slots=True, frozen=True)
class Period:
    """From the day `since` to the day `until`, both included, in the source's zone; None leaves a side open."""

    source: Source
    since: date | None = None
    until: date | None = None

    def of(self, links: Iterable[Link]) -> list[Link]:
        return [link for link in links if self.wants(link)]

    def wants(self, link: Link) -> bool:
        """False only when what is said of the link tells that nothing in it is of the period."""
        days = _in_name(link.url) if link.discovery else self._published(link)
        if days and self.until and days[0] > self.until:
            return False
        if self.since is None:
            return True
        last = days or self._of_role(link, EvidenceRole.MODIFIED)  # nothing is published after its last change
        return last is None or last[1] >= self.since

    def is_past(self, links: Iterable[Link]) -> bool:
        """Whether a listing has come to what is older than the period: all its links that have a date are."""
        dated = [days[1] for link in links if not link.discovery and (days := self._published(link))]
        return bool(self.since and dated) and max(dated) < self.since  # type: ignore[operator]

    def _published(self, link: Link) -> Days | None:
        if told := self._of_role(link, EvidenceRole.PUBLISHED):
            return told
        of_url = url_date(link.url)
        return self._read(of_url) if of_url else None

    def _of_role(self, link: Link, role: EvidenceRole) -> Days | None:
        read = (self._read(evidence) for evidence in link.evidence if evidence.role is role)
        return next((days for days in read if days), None)

    def _read(self, evidence: DateEvidence) -> Days | None:
        if months := re.fullmatch(r"(\d{4})-(\d\d)", evidence.raw):
            return _month(int(months[1]), int(months[2]))
        source = self.source
        parsed = parse_date(evidence.raw, reference=clock.now(), timezone=source.timezone, country=source.country)
        if parsed is None:
            return None
        value = parsed.value
        day = value.astimezone(ZoneInfo(source.timezone)).date() if isinstance(value, datetime) else value
        return day, day


def daily(source: Source, config: CrawlConfig) -> Period:
    """What is not too old for a daily crawl."""
    days = config.max_age_days if source.limits.max_age_days is None else source.limits.max_age_days
    today = clock.now().astimezone(ZoneInfo(source.timezone)).date()
    return Period(source, since=today - timedelta(days=days) if days else None)


def backfill(source: Source, since: str, until: str) -> Period | None:
    """The period of a backfill from what a user wrote, ISO days; None when nothing was. Raises ConfigError."""
    if not since and not until:
        return None
    try:
        first, last = (date.fromisoformat(text) if text else None for text in (since, until))
    except ValueError as e:
        raise ConfigError(f"since and until are days such as 2020-01-31 ({e})") from e
    if first and last and first > last:
        raise ConfigError(f"since {first} is after until {last}")
    return Period(reaching_back(source), first, last)


def reaching_back(source: Source) -> Source:
    """The source with its listings read as far as they go."""
    listings = tuple(listing.model_copy(update={"max_pages": MAX_LISTING_PAGES}) for listing in source.listings)
    return source.model_copy(update={"listings": listings, "limits": source.limits.model_copy(update={"depth": MAX_LISTING_PAGES + 1})})


def _in_name(url: str) -> Days | None:
    """The days that a sitemap is of by its name: /sitemap-2020-01.xml, /sitemaps/2020/01/22.xml, ?yyyy=2020&mm=01 are usual."""
    parts = urlsplit(url)
    found = _IN_SITEMAP_NAME.search(f"{parts.path}?{parts.query.replace('&mm=', '-').replace('&dd=', '-')}")
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is None:
        return _month(year, month)
    try:
        return date(year, month, day), date(year, month, day)
    except ValueError:  # 31 February
        return _month(year, month)


def _month(year: int, month: int) -> Days | None:
    if not year or not 1 <= month <= 12:
        return None
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
