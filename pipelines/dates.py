"""Decides when an article was published, from the evidence it carries (docs/dates.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from itemadapter import ItemAdapter

from newsspider import intake

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

    from newsspider.items import Article


class DatesPipeline:
    def __init__(self, stats: StatsCollector) -> None:
        self._stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.stats)

    def process_item(self, item: Article) -> Article:
        publication = intake.decide(item)
        ItemAdapter(item)["publication"] = publication
        kind = publication.winner.kind if publication.winner else "none"
        self._stats.inc_value(f"dates/{kind}_count")
        return item
