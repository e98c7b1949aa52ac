"""Closes the run's books: what no callback can see (drops, crashes, the end) still ends its URL with an outcome and a reason."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import NotConfigured

from newsspider.errors import ArchiveError, NewsspiderError, RunActive, StoreError
from newsspider.items import Article, Outcome
from newsspider.session import CrawlSession

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response
    from twisted.python.failure import Failure

HEARTBEAT_SECONDS = 3.0


class RunLedger:
    def __init__(self, session: CrawlSession, crawler: Crawler) -> None:
        self._session = session
        self._crawler = crawler
        self._beating: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        session = getattr(crawler.spider, "session", None)
        if not isinstance(session, CrawlSession):
            raise NotConfigured("only the news spider has a run")
        self = cls(session, crawler)
        for handler, signal in (
            (self.spider_opened, signals.spider_opened),
            (self.spider_closed, signals.spider_closed),
            (self.spider_error, signals.spider_error),
            (self.item_dropped, signals.item_dropped),
            (self.item_error, signals.item_error),
            (self.request_dropped, signals.request_dropped),
        ):
            crawler.signals.connect(handler, signal=signal)
        return self

    def spider_opened(self) -> None:
        self._beating = asyncio.ensure_future(self._beat())

    def spider_closed(self, reason: str) -> None:
        if self._beating:
            self._beating.cancel()
        self._session.close(reason, self._retries())

    def spider_error(self, failure: Failure, response: Response | None) -> None:  # without one, the spider's start broke
        if not self._stops(failure):
            self._failed(response.request if response else None, f"callback_error: {type(failure.value).__name__}")

    def item_dropped(self, item: object, exception: BaseException) -> None:
        if isinstance(item, Article) and item.frontier_key:
            self._session.finish(item.frontier_key, Outcome.REJECTED, getattr(exception, "reason", type(exception).__name__))

    def item_error(self, item: object, failure: Failure) -> None:
        if not self._stops(failure) and isinstance(item, Article) and item.frontier_key:
            self._session.finish(item.frontier_key, Outcome.FAILED, f"pipeline_error: {type(failure.value).__name__}")

    def request_dropped(self, request: Request) -> None:
        self._failed(request, "request_dropped")

    def _stops(self, failure: Failure) -> bool:
        """A store or archive that cannot be written, or a run that is another's by now, ends the crawl: its rows stay open and are visited when it can."""
        if not isinstance(failure.value, StoreError | ArchiveError | RunActive):
            return False
        self._stop(failure.value)
        return True

    def _stop(self, problem: NewsspiderError) -> None:
        self._session.fail(problem)
        assert self._crawler.engine
        self._closing = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason="store_error"))

    def _failed(self, request: Request | None, reason: str) -> None:
        if request is not None and (row := request.meta.get("row")):
            self._session.finish(row.key, Outcome.FAILED, reason)

    def _retries(self) -> int:
        return int(self._crawler.stats.get_value("retry/count", 0)) if self._crawler.stats else 0

    async def _beat(self) -> None:
        try:
            while True:
                await asyncio.sleep(HEARTBEAT_SECONDS)
                self._session.heartbeat(self._retries())
        except (StoreError, RunActive) as e:  # another process has the run by now, or the store is gone
            self._stop(e)
