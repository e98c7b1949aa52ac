"""The one configured proxy for everything, never the environment's."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.http import Request, Response


class ConfiguredProxy(HttpProxyMiddleware):
    def __init__(self, proxy: str) -> None:
        super().__init__()
        self._proxy = proxy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        proxy = crawler.settings["NEWSSPIDER_CONFIG"].crawl.proxy
        if not proxy:
            raise NotConfigured
        return cls(proxy)

    def process_request(self, request: Request) -> Request | Response | None:  # type: ignore[override]
        request.meta["proxy"] = self._proxy  # what stands in meta comes before the environment
        return super().process_request(request)
