"""Has pages read while their requests still count as active, so that no more than `crawl.concurrency` are under way: all that a kill can cost."""

from __future__ import annotations

import asyncio

from scrapy.http import Request, Response


class Reading:
    """Awaits what `request.meta["read"]` makes of a page, for the callback to take from `response.meta["reading"]`, a future that is done."""

    async def process_response(self, request: Request, response: Response) -> Response:
        if (read := request.meta.get("read")) and 200 <= response.status < 300:
            request.meta["reading"] = asyncio.ensure_future(read(response))
            await asyncio.wait([request.meta["reading"]])
        return response
