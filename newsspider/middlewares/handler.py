"""The download handler: sends a request when it is its host's turn (DOWNLOAD_HANDLERS)."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

from newsspider.middlewares.pauses import Pauses

if TYPE_CHECKING:
    from scrapy.http import Request, Response
    from twisted.internet.defer import Deferred

CLOSE_SECONDS = 1.0


class HostsInTurn(HTTP11DownloadHandler):
    """Scrapy's handler that asks the reactor's resolver. The turn is taken here, because a middleware's request may wait in the queue of its slot yet."""

    @cached_property
    def _pauses(self) -> Pauses:
        return Pauses.of(self._crawler)  # made after the handler

    async def download_request(self, request: Request) -> Response:
        await self._pauses.turn(request)
        try:
            return await super().download_request(request)
        finally:
            self._pauses.answered(request)

    async def close(self) -> None:
        """Close the idle connections. Scrapy's own fires their Deferred itself when they take long: a second time, if both come in one round of
        a busy reactor."""
        closed: Deferred[None] = self._pool.closeCachedConnections()  # type: ignore[no-untyped-call]
        await asyncio.wait([closed.asFuture(asyncio.get_running_loop())], timeout=CLOSE_SECONDS)
