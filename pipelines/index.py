"""Delivers the store's changes to the engine while the crawl runs, in a thread of its own, and waits for them at the end."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from scrapy.exceptions import NotConfigured

from newsspider.indexing import IndexWorker
from newsspider.session import CrawlSession

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

    from newsspider.items import Article


class IndexPipeline:
    """With the process's worker, or with one of its own where the process has none (`scrapy crawl`)."""

    def __init__(self, session: CrawlSession, stats: StatsCollector, worker: IndexWorker | None) -> None:
        self._session = session
        self._stats = stats
        self._own = ExitStack()
        self._worker = worker or self._own.enter_context(IndexWorker(session.store, session.config, session.owner))
        self._indexed, self._dead = self._worker.delivered.indexed, self._worker.delivered.dead

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        session = getattr(crawler.spider, "session", None)
        if not isinstance(session, CrawlSession):
            raise NotConfigured("only the news spider is indexed")
        if not session.config.index.during_crawl:
            raise NotConfigured
        return cls(session, crawler.stats, getattr(crawler.spider, "index", None))

    def process_item(self, item: Article) -> Article:
        self._worker.wake()
        return item

    async def close_spider(self) -> None:
        with self._own:
            report = self._session.delivery = await self._worker.finished()
        self._stats.set_value("index/indexed_count", self._worker.delivered.indexed - self._indexed)
        self._stats.set_value("index/dead_count", self._worker.delivered.dead - self._dead)
        self._stats.set_value("index/pending_count", report.pending)
