"""What one crawl of one source works with: configuration, source, store, run, and which frontier rows are under way.

Every row that is claimed ends here exactly once: recorded, finished with an outcome, or released unvisited.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from newsspider import clock
from newsspider.archive import ArchiveWriter, prune
from newsspider.config import Config, seconds
from newsspider.errors import ArchiveError, ConfigError, NewsspiderError, RunActive, StoreError
from newsspider.extract import Page
from newsspider.indexing import SyncReport
from newsspider.items import ArchiveRef, Article, Link, Outcome, Publication
from newsspider.net import HostMap
from newsspider.sources import Source
from newsspider.store import Announced, Condition, Field, FrontierRow, LedgerConflict, Note, NoticeKind, Owner, Run, Store, rest
from newsspider.urls import url_key

logger = logging.getLogger(__name__)
T = TypeVar("T")

PAUSES = tuple(timedelta(minutes=10 * 3**attempt) for attempt in range(6))  # before further tries of what failed: 10 minutes to 2 days

MOST_AT_ONCE = 2_000  # addresses announced in one transaction
TURN_SECONDS = 0.1  # SQLite's other writers look that often whether they can write

DEAD = timedelta(days=1)  # a discovery page that rests for longer is dead, as far as one can see

TRANSIENT = set(
    "timeout dns connection_refused connection_lost tls truncated robots_unreachable error callback_error pipeline_error request_dropped".split()
)


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
        require_clock(clock.now())
        self.config = config
        self.source = source
        self.owner = Owner.current()
        self._shares_store = store is not None
        self.store = store or open_store(config)
        self.archive = ArchiveWriter(config.archive_folder, config.archive.max_file_bytes)
        self.run: Run = self.store.begin_run(source.name, self.owner, after=after)
        self.progress = Progress(source.name)
        self.delivery = SyncReport()
        self.claimed = 0
        self.problem: NewsspiderError | None = None
        self.ended_by = ""  # Scrapy's reason, once the run has ended
        self._report = report
        self._retries = 0  # those that the store knows of
        self._in_flight: dict[str, FrontierRow] = {}
        self._changed = asyncio.Event()

    @property
    def idle(self) -> bool:
        return not self._in_flight

    def seed(self) -> None:
        """Make the source's own addresses due, but those that rest."""
        source = self.source
        resting = {page.key for page in self.store.resting(source.name)}
        kinds = (
            ("feed", source.feeds),
            ("news_sitemap", source.news_sitemaps),
            ("sitemap", source.sitemaps),
            ("listing", [item.url for item in source.listings]),
        )
        links = [Link(url=str(url), discovery=True, kind=kind) for kind, urls in kinds for url in urls if url_key(url) not in resting]
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

    def fetched(self, row: FrontierRow, etag: str | None, last_modified: str | None) -> None:
        """Remember the validators that a row's page came with, whole."""
        self._in_flight[row.key] = replace(row, etag=etag, last_modified=last_modified)

    def record(self, article: Article) -> None:
        row = self._in_flight.get(article.frontier_key or "")
        recorded = self._first(
            lambda: self.store.record(
                article,
                run_id=self.run.id,
                next_try=self._next_visit(self.store.first_seen(article.url) or clock.now(), article.publication),
                validators=(row.etag, row.last_modified) if row else None,
            )
        )
        self._ended(article.frontier_key, recorded if isinstance(recorded, Outcome) else recorded.outcome)

    def finish(self, key: str, outcome: Outcome, reason: str, *, next_try: datetime | None = None, fields: Field | None = None) -> None:
        """End a row without an article. Does nothing for a row that has ended: a failure may be told twice on its way out.

        What may mend by itself is tried again by a later run, after a pause that grows with the attempts; the site's own `next_try` goes before.
        `fields` are those of a page that should have been an article.
        """
        if row := self._in_flight.get(key):
            if next_try is None and is_transient(reason) and row.attempts <= len(PAUSES):
                next_try = clock.now() + PAUSES[row.attempts - 1]
            elif next_try is None and row.kind == "article" and (first_seen := self.store.first_seen(row.url)):
                next_try = self._next_visit(first_seen)
            if row.kind == "discovery" and (pause := rest(row.attempts)):
                next_try = clock.now() + pause
            stands = self._first(lambda: self.store.finish(self.run.id, key, outcome, reason, next_try=next_try, fields=fields))
            self._ended(key, stands or outcome)

    async def finish_discovery(
        self,
        row: FrontierRow,
        outcome: Outcome,
        reason: str,
        links: Sequence[Link],
        following: Sequence[Link],
        validators: tuple[str | None, str | None] | None,
        *,
        follow: bool = False,
    ) -> None:
        """End a discovery row and announce what it led to: the last of it in one transaction with the end, so that the page is read again when
        this process is killed on the way. Between the others there is time for other writers, and for this process's downloads.

        `validators` are None where the site answered that nothing changed. `following` are the listing's next pages: they are announced only when
        the page had something new, or with `follow`, within the source's limits.
        """
        if row.depth + 1 >= (self.source.limits.depth or self.config.crawl.depth):
            following = ()
        before = Announced()
        while len(links) > MOST_AT_ONCE:
            part, links = links[:MOST_AT_ONCE], links[MOST_AT_ONCE:]
            told = self.store.announce(self.run.id, row.source, part, depth=row.depth + 1, found_on=row.url, owner=self.owner)
            self._count(told)
            before += told
            await asyncio.sleep(TURN_SECONDS)
        pause = rest(row.attempts) if outcome is Outcome.REJECTED else None
        announced = self._first(
            lambda: self.store.finish_discovery(
                self.run.id, row.key, outcome, reason, links,
                following=following, follow=follow, depth=row.depth + 1, validators=validators, next_try=clock.now() + pause if pause else None,
                before=before,
            )
        )  # fmt: skip
        if isinstance(announced, Announced):
            self._count(announced)
        self._ended(row.key, announced if isinstance(announced, Outcome) else outcome)

    def keep(self, page: Page, *, failed: bool = False) -> ArchiveRef | None:
        """Write the page to the archive, where one is kept; one that could not be read is always kept, for `newsspider reparse`, and never one that
        was forgotten, to which a redirect may lead."""
        wanted = failed or self.config.archive.enabled
        return self.archive.write(page) if wanted and not self.store.is_forgotten(page.url) else None

    def heartbeat(self, retries: int) -> None:
        """`retries` is how many requests have been sent again so far."""
        self.store.heartbeat(self.run.id, self.owner, retries - self._retries)
        self._retries = retries

    def close(self, reason: str, retries: int) -> None:
        """Give back what is still under way and end the run. It is finished when nothing of it is left; else the next crawl goes on with it."""
        self.ended_by = reason
        try:
            with closing(self.archive):
                self.heartbeat(retries)  # what another has taken over is not given back, nor ended under it
                self.store.release(self.run.id, list(self._in_flight))
                missing = self.store.degradation(self.run.id)
                self.store.end_run(self.run.id, self._ending(reason, missing), self._note(reason, missing), self.owner)
                self._note_pages()
            apply_retention(self.config, self.store)
        except (StoreError, RunActive, ArchiveError) as e:  # the run stays open, and is resumed like one that was killed
            self.fail(e)
        finally:
            if not self._shares_store:
                self.store.close()

    def _note(self, reason: str, missing: Note | None) -> Note:
        if self.problem:
            return Note(str(self.problem), {"problem": type(self.problem).__name__})
        return missing or Note(reason)

    def _ending(self, reason: str, missing: Note | None) -> str:
        """A run that a signal or a problem cut off is gone on with at once; one that took all it may take, when the source is due again."""
        if self.store.waiting(self.run.id):
            return "stopped" if self.problem or reason == "shutdown" else "limited"
        return "degraded" if missing else "finished"

    def _next_visit(self, first_seen: datetime, publication: Publication | None = None) -> datetime | None:
        return next_visit(self.config.crawl.revisit, first_seen, publication.published_at if publication else None, clock.now())

    def _note_pages(self) -> None:
        """Tell operators of discovery pages that are dead, and of those that say they have not changed though they have."""
        name = self.source.name
        dead = [page for page in self.store.resting(name) if page.next_try - clock.now() > DEAD]
        self.store.set_notices(
            NoticeKind.DEAD_FEED,
            name,
            [
                Condition(
                    page.url,
                    f"{page.url} could not be read {page.attempts} times in a row; it is visited about once a week",
                    {"attempts": page.attempts},
                )
                for page in dead
            ],
        )
        self.store.set_notices(
            NoticeKind.LYING_FEED,
            name,
            [
                Condition(url, f"{url} kept its ETag and Last-Modified though it had changed; it is fetched whole now, each time", {})
                for url in self.store.distrusted(name)
            ],
        )

    def fail(self, problem: NewsspiderError) -> None:
        """Remember what stops the crawl, for its exit code and the run's note."""
        self.problem = self.problem or problem

    def _first(self, end: Callable[[], T]) -> T | Outcome:
        """What comes of ending an address; where another process ended it otherwise, before or after it had the run, the outcome that stands.

        Raises RunActive where the run is another's now.
        """
        try:
            return end()
        except LedgerConflict as e:
            self.heartbeat(self._retries)
            logger.warning("%s", e)
            return e.outcome

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


def next_visit(ages: Sequence[str], first_seen: datetime, published: datetime | None, now: datetime) -> datetime | None:
    """When an article is visited again: at the next of the ages; None behind the last of them, and for what was older when it was first seen."""
    steps = [timedelta(seconds=seconds(age)) for age in ages]
    if not steps or (published is not None and first_seen - published > max(steps)):
        return None
    return min((first_seen + step for step in steps if first_seen + step > now), default=None)


def apply_retention(config: Config, store: Store) -> list[Path]:
    """Drop the archive files that the configuration keeps no longer; which they were."""
    settings = config.archive
    return prune(
        config.archive_folder,
        keep=timedelta(days=settings.keep_days) if settings.keep_days else None,
        most_bytes=settings.max_bytes or None,
        drop_references=store.forget_archive_file,
    )


def require_contact(config: Config, source: Source) -> None:
    """Raises ConfigError when a site on the network would be crawled without saying by whom."""
    hosts = HostMap(config.net.hosts)
    if not config.crawl.contact and not all(hosts.is_loopback(host) for host in source.site_hosts()):
        raise ConfigError(
            "set [crawl] contact (or NEWSSPIDER_CRAWL_CONTACT) to a web or mail address first: the site must be able to reach whoever crawls it"
        )


def require_clock(now: datetime) -> None:
    """Raises ConfigError when the machine's clock cannot be right: what is fetched would be stamped with it, and dates compared with it."""
    if not clock.is_sane(now):
        raise ConfigError(f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC; set it before anything is crawled")


def is_transient(reason: str) -> bool:
    """True for reasons that say more of the moment, or of this version's faults, than of the address."""
    status, what = reason.removeprefix("http_"), reason.partition(":")[0]
    return what in TRANSIENT or (status.isdigit() and (int(status) >= 500 or int(status) in (408, 425, 429)))
