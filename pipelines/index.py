"""Delivers the store's changes to the engine while the crawl runs, in a thread of its own, and waits for them at the end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from scrapy.exceptions import NotConfigured

from newsspider.indexing import IndexWorker
from newsspider.session import CrawlSession

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

    from newsspider.items import Article


class IndexPipeline:
    def __init__(self, session: CrawlSession, stats: StatsCollector) -> None:
        self._session = session
        self._stats = stats
        self._worker = IndexWorker(session.store, session.config, session.owner)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        session = getattr(crawler.spider, "session", None)
        if not isinstance(session, CrawlSession):
            raise NotConfigured("only the news spider is indexed")
        if not session.config.index.during_crawl:
            raise NotConfigured
        return cls(session, crawler.stats)

    def open_spider(self) -> None:
        self._worker.start()

    def process_item(self, item: Article) -> Article:
        self._worker.wake()
        return item

    async def close_spider(self) -> None:
        report = await asyncio.to_thread(self._worker.finish)
        self._stats.set_value("index/indexed_count", report.indexed)
        self._stats.set_value("index/dead_count", report.dead)
        self._stats.set_value("index/pending_count", report.pending)
        self._session.delivery = report
