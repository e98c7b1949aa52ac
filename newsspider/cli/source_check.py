"""What `newsspider sources check` does: fetches the addresses that sources announce articles through, and judges the answers.

They are read as a crawl reads them, in a process of its own within a time limit: they may be hostile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from newsspider import clock
from newsspider.config import Config
from newsspider.dates import parse_date
from newsspider.errors import FetchError
from newsspider.extract.workers import NotRead, Workers
from newsspider.items import Link
from newsspider.net import AddressPolicy, Fetched, HostMap, fetch
from newsspider.settings import user_agent
from newsspider.sources import Source
from newsspider.spiders.discovery import READING_TIMES, parse_discovery

AT_ONCE = 8  # sites that are asked at the same time, each for one address after the other
SILENT_DAYS = 60  # a site whose newest entry is older announces nothing any more
OK = 200


@dataclass(slots=True, frozen=True)
class Checked:
    """What one discovery address answered. `entries` counts all its links, `wanted` those the source takes; `newest` is the newest day it tells."""

    source: str
    kind: str
    url: str
    status: int | None = None
    entries: int = 0
    wanted: int = 0
    newest: date | None = None
    problem: str | None = None


def check_sources(sources: Sequence[Source], config: Config) -> list[Checked]:
    """What each discovery address of the sources answers now; whatever goes wrong is told as its problem."""
    with ThreadPoolExecutor(AT_ONCE) as pool, readers(config) as workers:
        return [
            _judged(source, kind, url, page, workers)
            for source, pages in zip(sources, pool.map(partial(_pages, config), sources), strict=True)
            for kind, url, page in pages
        ]


def readers(config: Config) -> Workers:
    return Workers(1, config.crawl.extract_timeout)


def _pages(config: Config, source: Source) -> list[tuple[str, str, Fetched | FetchError]]:
    return [(kind, url, _answer(url, config, source)) for kind, url in source.discovery_addresses()]


def _answer(url: str, config: Config, source: Source) -> Fetched | FetchError:
    try:
        return get(url, config, verify=source.verify_certificates)
    except FetchError as e:
        return e


def _judged(source: Source, kind: str, url: str, page: Fetched | FetchError, workers: Workers) -> Checked:
    if isinstance(page, FetchError):
        return Checked(source.name, kind, url, problem=str(page).removeprefix(f"{url}: "))
    return judged(source, kind, url, page, workers)


def get(url: str, config: Config, *, verify: bool = True) -> Fetched:
    """That address through the guard, with the crawler's limits. Raises FetchError."""
    return fetch(
        url,
        AddressPolicy(config.net.allow_networks),
        HostMap(config.net.hosts),
        max_bytes=config.crawl.max_page_bytes,
        timeout=config.crawl.timeout,
        user_agent=user_agent(config.crawl.contact),
        verify=config.crawl.verify_certificates and verify,
    )


def judged(source: Source, kind: str, url: str, page: Fetched, workers: Workers) -> Checked:
    """What that page, announced as `kind`, holds for the source."""
    if page.status != OK:
        return Checked(source.name, kind, url, page.status, problem=f"answers with HTTP status {page.status}")
    content_type = page.headers.get("content-type", "").lower().partition("charset=")[2]
    encoding = content_type.split(";")[0].strip(" \"'") or None
    try:
        reading = partial(parse_discovery, kind, page.body, page.url, source=source, encoding=encoding)
        found = workers.read_now(url, reading, times=READING_TIMES)
    except NotRead as e:
        return Checked(source.name, kind, url, page.status, problem=str(e).removeprefix(f"{url}: "))
    entries = len(found.links) + sum(found.ignored.values())
    newest = max(_days(found.links, source), default=None)
    problem = found.problem
    if problem is None and not found.links:
        reasons = ", ".join(f"{count} {reason}" for reason, count in found.ignored.items())
        problem = f"announces no article of this source ({reasons})" if reasons else "announces nothing"
    elif problem is None and newest and clock.now().date() - newest > timedelta(days=SILENT_DAYS):
        problem = f"has announced nothing since {newest}, more than {SILENT_DAYS} days ago"
    return Checked(source.name, kind, url, page.status, entries, len(found.links), newest, problem)


def _days(links: tuple[Link, ...], source: Source) -> Iterator[date]:
    zone = ZoneInfo(source.timezone)
    for evidence in (evidence for link in links for evidence in link.evidence):
        if parsed := parse_date(evidence.raw, reference=clock.now(), timezone=source.timezone, country=source.country):
            yield parsed.value.astimezone(zone).date() if isinstance(parsed.value, datetime) else parsed.value
