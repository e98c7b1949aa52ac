"""Computes what duplicates are found by; the store decides (docs/outcomes.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from itemadapter import ItemAdapter

from newsspider import intake

if TYPE_CHECKING:
    from newsspider.items import Article


class DedupePipeline:
    def process_item(self, item: Article) -> Article:
        ItemAdapter(item)["keys"] = intake.fingerprint(item)
        return item
