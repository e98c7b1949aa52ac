"""Owns AsyncCrawlerProcess: runs the news spider for several sources in one process, a bounded number at a time."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from twisted.internet.error import ReactorNotRunning

from newsspider.config import Config
from newsspider.errors import NewsspiderError
from newsspider.indexing import SyncReport
from newsspider.session import Progress
from newsspider.settings import scrapy_settings
from newsspider.spiders.news import NewsSpider

SOURCES_AT_ONCE = 8


@dataclass(slots=True, frozen=True)
class Crawled:
    """How the crawl of one source ended. `problem` is what stopped it, None when it came to its end or a signal stopped it."""

    source: str
    run_id: str | None = None
    delivery: SyncReport = field(default_factory=SyncReport)
    problem: NewsspiderError | None = None
    interrupted: bool = False


def crawl(config: Config, sources: Sequence[str], report: Callable[[Progress], None] = lambda progress: None) -> list[Crawled]:
    """Crawl the named sources and say how each ended. SIGINT or SIGTERM ends all of them cleanly; what is left is visited next time.

    May be called once in a process, as Twisted's reactor cannot be started again.
    """
    settings = scrapy_settings(config) | {"LOG_INSTALL_ROOT_HANDLER": False}
    process = AsyncCrawlerProcess(Settings(settings, priority="project"))
    logging.getLogger("scrapy").setLevel(config.log.level)  # Scrapy has set it to DEBUG, for a handler of its own that filters
    logging.getLogger("scrapy.core.downloader.handlers.http11").setLevel(logging.ERROR)  # cut and long answers: the ledger has them
    waiting = deque(sources)
    crawlers: dict[str, Crawler] = {}
    problems: dict[str, NewsspiderError] = {}

    async def one_after_another() -> None:
        while waiting and not any(_was_stopped(crawler) for crawler in crawlers.values()):
            source = waiting.popleft()
            crawlers[source] = process.create_crawler(NewsSpider)
            try:
                await process.crawl(crawlers[source], source=source, report=report)
            except NewsspiderError as e:
                problems[source] = e

    async def all_of_them() -> None:
        from twisted.internet import reactor

        try:
            await asyncio.gather(*(one_after_another() for _ in range(min(SOURCES_AT_ONCE, len(sources)))))
        finally:
            with suppress(ReactorNotRunning):  # a signal has stopped it already
                reactor.stop()  # type: ignore[misc]  # Twisted's reactor is a module in name only

    task = asyncio.get_event_loop().create_task(all_of_them())
    process.start(stop_after_crawl=False)
    if task.done() and not task.cancelled() and (error := task.exception()):
        raise error
    return [_ending(source, crawlers.get(source), problems.get(source)) for source in sources]


def _was_stopped(crawler: Crawler) -> bool:
    return isinstance(crawler.spider, NewsSpider) and crawler.spider.session.ended_by == "shutdown"


def _ending(source: str, crawler: Crawler | None, problem: NewsspiderError | None) -> Crawled:
    if crawler is None or not isinstance(crawler.spider, NewsSpider):
        return Crawled(source, problem=problem or NewsspiderError("not started, as the crawl was stopped before"))
    session = crawler.spider.session
    interrupted = session.ended_by in ("shutdown", "")  # the second: a second signal did not wait for the end
    return Crawled(source, session.run.id, session.delivery, problem or session.problem, interrupted)
