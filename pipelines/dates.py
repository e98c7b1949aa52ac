"""Decides when an article was published, from the evidence it carries (docs/dates.md)."""

from __future__ import annotations

from collections import deque
from datetime import date
from typing import TYPE_CHECKING, Self

from itemadapter import ItemAdapter
from scrapy.exceptions import NotConfigured

from newsspider import intake
from newsspider.dates import PageDates
from newsspider.session import CrawlSession

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

    from newsspider.items import Article


class DatesPipeline:
    def __init__(self, session: CrawlSession, stats: StatsCollector) -> None:
        self._session = session
        self._stats = stats
        self._pages: deque[PageDates] = deque(maxlen=intake.PAGES)
        self._listed: dict[str, deque[date]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        session = getattr(crawler.spider, "session", None)
        if not isinstance(session, CrawlSession):
            raise NotConfigured("only the news spider's articles carry date evidence")
        return cls(session, crawler.stats)

    def process_item(self, item: Article) -> Article:
        beside = self._listed.setdefault(self._session.found_on(item) or "", deque(maxlen=intake.PAGES))
        publication = intake.decide(
            item,
            first_seen=self._session.store.first_seen(item.url),
            neighbours=tuple(beside),
            elsewhere=tuple(self._pages),
        )
        self._pages.append(PageDates(tuple(item.evidence), publication.published_day))
        if publication.published_day:
            beside.append(publication.published_day)
        ItemAdapter(item)["publication"] = publication
        kind = publication.winner.kind if publication.winner else "none"
        self._stats.inc_value(f"dates/{kind}_count")
        return item
