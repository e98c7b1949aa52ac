"""Records each article in the store, which decides its outcome in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.exceptions import NotConfigured

from newsspider.session import CrawlSession

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from newsspider.items import Article


class StorePipeline:
    def __init__(self, session: CrawlSession) -> None:
        self._session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        session = getattr(crawler.spider, "session", None)
        if not isinstance(session, CrawlSession):
            raise NotConfigured("only the news spider writes to the store")
        return cls(session)

    def process_item(self, item: Article) -> Article:
        self._session.record(item)
        return item
