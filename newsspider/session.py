"""What one crawl of one source works with: configuration, source, store, run, and which frontier rows are under way.

Every row that is claimed ends here exactly once: recorded, finished with an outcome, or released unvisited.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsspider import clock
from newsspider.archive import ArchiveWriter
from newsspider.config import Config
from newsspider.errors import ConfigError, NewsspiderError, RunActive, StoreError
from newsspider.extract import Page
from newsspider.indexing import SyncReport
from newsspider.items import ArchiveRef, Article, Link, Outcome
from newsspider.net import HostMap
from newsspider.sources import Source
from newsspider.store import Announced, FrontierRow, Owner, Run, Store

logger = logging.getLogger(__name__)

PAUSES = tuple(timedelta(minutes=10 * 3**attempt) for attempt in range(6))  # before further tries of what failed: 10 minutes to 2 days

TRANSIENT = {"timeout", "dns", "connection_refused", "connection_lost", "tls", "truncated", "robots_unreachable", "error"}


@dataclass(slots=True)
class Progress:
    """Counts of a run under way, for a progress display."""

    source: str
    discovered: int = 0
    known: int = 0
    done: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)


class CrawlSession:
    def __init__(
        self,
        config: Config,
        source: Source,
        report: Callable[[Progress], None] = lambda progress: None,
        *,
        store: Store | None = None,
        after: str | None = None,
    ) -> None:
        """Begins the run. A `store` that is given is shared, and left open at the end; `after` as of `Store.begin_run`."""
        require_contact(config, source)
        self.config = config
        self.source = source
        self.owner = Owner.current()
        self._shares_store = store is not None
        self.store = store or open_store(config)
        self.archive = ArchiveWriter(config.data_folder / "archive", config.archive.max_file_bytes) if config.archive.enabled else None
        self.run: Run = self.store.begin_run(source.name, self.owner, after=after)
        self.progress = Progress(source.name)
        self.delivery = SyncReport()
        self.claimed = 0
        self.problem: NewsspiderError | None = None
        self.ended_by = ""  # Scrapy's reason, once the run has ended
        self._report = report
        self._in_flight: dict[str, FrontierRow] = {}
        self._changed = asyncio.Event()

    @property
    def idle(self) -> bool:
        return not self._in_flight

    def seed(self) -> None:
        """Make the source's own addresses due."""
        source = self.source
        kinds = (
            ("feed", source.feeds),
            ("news_sitemap", source.news_sitemaps),
            ("sitemap", source.sitemaps),
            ("listing", [item.url for item in source.listings]),
        )
        links = [Link(url=str(url), discovery=True, kind=kind) for kind, urls in kinds for url in urls]
        self._count(self.store.announce(self.run.id, source.name, links, force=True))

    def claim(self, most: int) -> list[FrontierRow]:
        """Up to `most` due rows, now under way. Raises StoreFull before the store's disk is."""
        self.store.require_space()
        rows = self.store.claim(self.run.id, self.owner, most)
        self._in_flight.update({row.key: row for row in rows})
        self.claimed += len(rows)
        return rows

    def under_way(self) -> int:
        return len(self._in_flight)

    def found_on(self, article: Article) -> str | None:
        """The discovery page that named the article's address."""
        row = self._in_flight.get(article.frontier_key or "")
        return row.found_on if row else None

    async def change(self) -> None:
        """Wait until a row has ended."""
        self._changed.clear()
        await self._changed.wait()

    def record(self, article: Article) -> None:
        recorded = self.store.record(article, run_id=self.run.id)
        self._ended(article.frontier_key, recorded.outcome)

    def finish(self, key: str, outcome: Outcome, reason: str, *, next_try: datetime | None = None) -> None:
        """End a row without an article. Does nothing for a row that has ended: a failure may be told twice on its way out.

        What may mend by itself is tried again by a later run, after a pause that grows with the attempts; the site's own `next_try` goes before.
        """
        if row := self._in_flight.get(key):
            if next_try is None and is_transient(reason) and row.attempts <= len(PAUSES):
                next_try = clock.now() + PAUSES[row.attempts - 1]
            self.store.finish(self.run.id, key, outcome, reason, next_try=next_try)
            self._ended(key, outcome)

    def finish_discovery(
        self,
        row: FrontierRow,
        outcome: Outcome,
        reason: str,
        links: Sequence[Link],
        following: Sequence[Link],
        validators: tuple[str | None, str | None],
    ) -> None:
        """End a discovery row and announce what it led to, in one transaction.

        `following` are the listing's next pages: they are announced only when the page had something new, within the source's limits.
        """
        if row.depth + 1 >= (self.source.limits.depth or self.config.crawl.depth):
            following = ()
        announced = self.store.finish_discovery(
            self.run.id, row.key, outcome, reason, links, following=following, depth=row.depth + 1, validators=validators
        )
        self._count(announced)
        self._ended(row.key, outcome)

    def keep(self, page: Page) -> ArchiveRef | None:
        """Write the page to the archive, where one is kept; never one that was forgotten, to which a redirect may lead."""
        return self.archive.write(page) if self.archive and not self.store.is_forgotten(page.url) else None

    def heartbeat(self) -> None:
        self.store.heartbeat(self.run.id, self.owner)

    def close(self, reason: str) -> None:
        """Give back what is still under way and end the run. It is finished when nothing of it is left; else the next crawl goes on with it."""
        self.ended_by = reason
        try:
            self.store.release(self.run.id, list(self._in_flight))
            state = "finished" if self.store.waiting(self.run.id) == 0 else "stopped"
            self.store.end_run(self.run.id, state, str(self.problem or reason))
        except (StoreError, RunActive) as e:  # the run stays open, and is resumed like one that was killed
            self.fail(e)
        finally:
            if self.archive:
                self.archive.close()
            if not self._shares_store:
                self.store.close()

    def fail(self, problem: NewsspiderError) -> None:
        """Remember what stops the crawl, for its exit code and the run's note."""
        self.problem = self.problem or problem

    def _count(self, announced: Announced) -> None:
        self.progress.discovered += announced.new
        self.progress.known += announced.known
        for text in announced.refused:
            logger.warning("%s: %r was announced, which is no web address", self.source.name, text)
        self._report(self.progress)

    def _ended(self, key: str | None, outcome: Outcome) -> None:
        if key is not None:
            self._in_flight.pop(key, None)
        self.progress.done += 1
        self.progress.outcomes[outcome] = self.progress.outcomes.get(outcome, 0) + 1
        self._report(self.progress)
        self._changed.set()


def open_store(config: Config) -> Store:
    """The store, as crawls use it."""
    return Store.open(config.store_url, min_free_bytes=config.store.min_free_mib << 20)


def require_contact(config: Config, source: Source) -> None:
    """Raises ConfigError when a site on the network would be crawled without saying by whom."""
    hosts = HostMap(config.net.hosts)
    if not config.crawl.contact and not all(hosts.is_loopback(host) for host in source.site_hosts()):
        raise ConfigError(
            "set [crawl] contact (or NEWSSPIDER_CRAWL_CONTACT) to a web or mail address first: the site must be able to reach whoever crawls it"
        )


def is_transient(reason: str) -> bool:
    """True for reasons that say more of the moment than of the address."""
    status = reason.removeprefix("http_")
    return reason in TRANSIENT or (status.isdigit() and (int(status) >= 500 or int(status) in (408, 425, 429)))
