"""The scheduler's queue: which request goes to the downloader next (SCHEDULER_PRIORITY_QUEUE)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from scrapy.http import Request
from scrapy.pqueues import DownloaderAwarePriorityQueue

from newsspider.middlewares.pauses import Pauses

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class HostTurns(DownloaderAwarePriorityQueue):
    """Hands out a host's request only when the host has room for it: one more than it may have at once, and none while it rests.

    So a slow host, one with a long Crawl-delay or one whose robots.txt does not come cannot take all of CONCURRENT_REQUESTS, and a run that stops
    has little to wait for.
    """

    def __init__(self, crawler: Crawler, *arguments: Any, **options: Any) -> None:
        super().__init__(crawler, *arguments, **options)
        self._pauses = Pauses.of(crawler)

    def pop(self) -> Request | None:
        all_queues = self.pqueues
        offered = self._with_room()
        self.pqueues = {key: queue for key, queue in all_queues.items() if key in offered}
        try:
            return super().pop()
        finally:
            # The base has deleted the queue that it emptied.
            self.pqueues = {key: queue for key, queue in all_queues.items() if key in self.pqueues or key not in offered}

    def _with_room(self) -> set[str]:
        downloader = self.crawler.engine.downloader
        under_way = Counter(downloader.get_slot_key(request) for request in downloader.active)
        return {key for key in self.pqueues if under_way[key] <= self._concurrency(key) and not self._pauses.waits(key)}

    def _concurrency(self, key: str) -> int:
        downloader = self.crawler.engine.downloader
        slot = downloader.slots.get(key)
        return (
            slot.concurrency if slot else int(downloader.per_slot_settings.get(key, {}).get("concurrency", downloader.domain_concurrency))
        )
