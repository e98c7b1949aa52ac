"""Owns AsyncCrawlerProcess: runs the news spider for many sources in one process, a bounded number at a time."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from twisted.internet.error import ReactorNotRunning

from newsspider.config import Config
from newsspider.errors import NewsspiderError
from newsspider.extract import extract_page
from newsspider.extract.workers import Extract, Workers
from newsspider.indexing import IndexWorker, SyncReport
from newsspider.session import Progress, open_store
from newsspider.settings import scrapy_settings
from newsspider.sources import Source, load_sources
from newsspider.spiders.news import NewsSpider
from newsspider.store import Owner, Store

# mallopt(3): number, value, and what the environment says in its place
MALLOC = ((-8, 2, "MALLOC_ARENA_MAX"), (-3, 128 << 10, "MALLOC_MMAP_THRESHOLD_"))


@dataclass(slots=True, frozen=True)
class Crawled:
    """How the crawl of one source ended. `problem` is what stopped it, None when it came to its end or a signal stopped it."""

    source: str
    run_id: str | None = None
    delivery: SyncReport = field(default_factory=SyncReport)
    problem: NewsspiderError | None = None
    interrupted: bool = False


class Crawls:
    """All crawls of this process, with one store, one delivery and one set of workers among them. SIGINT or SIGTERM ends them cleanly; what is left is visited next time."""

    def __init__(
        self, config: Config, store: Store, report: Callable[[Progress], None] = lambda progress: None, extract: Extract = extract_page
    ) -> None:
        _give_memory_back()
        settings = scrapy_settings(config) | {"LOG_INSTALL_ROOT_HANDLER": False}
        self._process = AsyncCrawlerProcess(Settings(settings, priority="project"))
        logging.getLogger("scrapy").setLevel(config.log.level)  # Scrapy has set it to DEBUG, for a handler of its own that filters
        logging.getLogger("scrapy.core.downloader.handlers.http11").setLevel(logging.ERROR)  # cut and long answers: the ledger has them
        self._store = store
        self._report = report
        self._workers = Workers(config.crawl.extract_workers, config.crawl.extract_timeout, extract)
        self._index = IndexWorker(store, config, Owner.current())
        self._running: dict[str, Crawler] = {}
        self.stopped = False  # by a signal

    async def crawl(self, source: Source, *, after: str | None = None, since: str = "", until: str = "") -> Crawled:
        """Crawl one source; `after` as of `Store.begin_run`, `since` and `until` as of `period.backfill`."""
        crawler = self._running[source.name] = self._process.create_crawler(NewsSpider)
        problem: NewsspiderError | None = None
        try:
            await self._process.crawl(
                crawler, source=source, since=since, until=until,
                store=self._store, after=after, report=self._report, workers=self._workers, index=self._index,
            )  # fmt: skip
        except NewsspiderError as e:
            problem = e
        except Exception:  # not what a signal has cut off, which is told
            del self._running[source.name]
            raise
        self.stopped = self.stopped or (isinstance(crawler.spider, NewsSpider) and crawler.spider.session.ended_by == "shutdown")
        return _ending(source.name, self._running.pop(source.name), problem)

    def cut_off(self) -> list[Crawled]:
        """The crawls that a signal ended before their caller could hear of it."""
        return [_ending(source, crawler, None) for source, crawler in self._running.items()]

    def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run the reactor until `work` is done or a signal comes. May be called once in a process: Twisted's reactor cannot be started again."""

        async def then_stop() -> None:
            from twisted.internet import reactor

            try:
                await work()
            finally:
                with suppress(ReactorNotRunning):  # a signal has stopped it already
                    reactor.stop()  # type: ignore[misc]  # Twisted's reactor is a module in name only

        loop = asyncio.get_event_loop()
        task = loop.create_task(then_stop())
        with self._workers, self._index:
            self._process.start(stop_after_crawl=False)
        if not task.done():  # a signal has stopped the reactor under it
            task.cancel()
            with suppress(asyncio.CancelledError):
                loop.run_until_complete(task)
        if task.done() and not task.cancelled() and (error := task.exception()):
            raise error


def crawl(
    config: Config,
    names: Sequence[str],
    report: Callable[[Progress], None] = lambda progress: None,
    extract: Extract = extract_page,
    *,
    since: str = "",
    until: str = "",
) -> list[Crawled]:
    """Crawl the named sources, some at a time, and say how each ended. `extract` reads the pages; `since` and `until` (ISO days) make it a backfill.
    May be called once in a process."""
    ended: dict[str, Crawled] = {}
    sources = load_sources(config.sources)
    waiting = deque(sources.named(name) for name in names)
    with open_store(config) as store:
        crawls = Crawls(config, store, report, extract)

        async def one_after_another() -> None:
            while waiting and not crawls.stopped:
                source = waiting.popleft()
                ended[source.name] = await crawls.crawl(source, since=since, until=until)

        async def all_of_them() -> None:
            await asyncio.gather(*(one_after_another() for _ in range(min(config.schedule.sources_at_once, len(names)))))

        crawls.run(all_of_them)
        ended.update({item.source: item for item in crawls.cut_off()})
    not_started = NewsspiderError("not started, as the crawl was stopped before")
    return [ended.get(name) or Crawled(name, problem=not_started) for name in names]


def _give_memory_back() -> None:
    """Have all threads of the process share two heaps, and pages stay out of them. glibc makes eight heaps a core, and every one keeps what the
    largest of its threads once needed: with a thread for each delivery, memory grows for hours. And once a large block was given back, blocks of
    its size are taken from the heap, too, where small ones then keep their place from the system: 70 MiB after 3,000 pages."""
    if hasattr(libc := ctypes.CDLL(None), "mallopt"):  # other systems' libraries have none
        for parameter, value, variable in MALLOC:
            if variable not in os.environ:
                libc.mallopt(parameter, value)


def _ending(source: str, crawler: Crawler, problem: NewsspiderError | None) -> Crawled:
    if not isinstance(crawler.spider, NewsSpider):
        return Crawled(source, problem=problem)
    session = crawler.spider.session
    interrupted = session.ended_by in ("shutdown", "")  # the second: a second signal did not wait for the end
    return Crawled(source, session.run.id, session.delivery, problem or session.problem, interrupted)
