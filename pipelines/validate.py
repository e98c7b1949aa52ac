"""Checks what the spider yields; what cannot be an article is dropped with its reason (docs/outcomes.md)."""

from __future__ import annotations

from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem

from newsspider import intake
from newsspider.items import Article


class RejectedArticle(DropItem):
    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message, log_level="WARNING")
        self.reason = reason


class ValidatePipeline:
    def process_item(self, item: object) -> Article:
        if not isinstance(item, Article):
            raise RejectedArticle(
                "not_an_article", f"{type(item).__name__} with {sorted(ItemAdapter(item))} is no newsspider.items.Article"
            )
        try:
            return intake.validate(item)
        except intake.Rejected as e:
            raise RejectedArticle(e.reason, str(e)) from e
