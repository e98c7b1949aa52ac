"""Scrapy's redirects, with a reason for those it gives up. The Referer header is never sent."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import BaseRedirectMiddleware, MetaRefreshMiddleware, RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from newsspider.middlewares.refusal import Refused

# What the request before it was given for its own host.
_OF_THE_HOST = ("download_slot", "autothrottle_dont_adjust_delay")


class _Reasoned(BaseRedirectMiddleware):
    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        # Without the base's search for a Referer middleware, which warns when there is none.
        self = cls(crawler.settings)
        self.crawler = crawler
        return self

    def process_response(self, request: Request, response: Response) -> Request | Response:
        try:
            result: Request | Response = super().process_response(request, response)  # type: ignore[misc]
        except IgnoreRequest as e:
            raise Refused("redirect_loop", f"{request.url}: more than {self.max_redirect_times} redirects") from e
        except ValueError as e:
            raise Refused("bad_redirect", f"{request.url}: redirects to {response.headers.get('Location')!r}: {e}") from e
        if isinstance(result, Request):
            for key in _OF_THE_HOST:
                result.meta.pop(key, None)
        return result


class Redirect(_Reasoned, RedirectMiddleware):  # type: ignore[misc]
    """HTTP redirects."""


class MetaRefresh(_Reasoned, MetaRefreshMiddleware):  # type: ignore[misc]
    """`<meta http-equiv="refresh">`."""
