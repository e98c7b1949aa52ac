"""Keeps a crawl on its source's own hosts, redirects and `dont_filter` requests included."""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.http import Request

from newsspider.middlewares.refusal import Refused
from newsspider.middlewares.robots import is_robots_request

_OWN_PORTS = {"http": 80, "https": 443}


class Offsite:
    """Asks the spider: `accepts_host(host)`, where the host has its port, unless that is the scheme's own. A spider without that method (the
    shell's) may go anywhere. robots.txt may stand elsewhere (RFC 9309 section 2.3.1.2)."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._longest = crawler.settings.getint("URLLENGTH_LIMIT")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        scheme = urlsplit(request.url).scheme
        if scheme not in _OWN_PORTS:
            raise Refused("scheme", f"{request.url}: only http and https are fetched")
        if len(request.url) > self._longest:
            raise Refused("url_too_long", f"{request.url[:200]}…: {len(request.url)} characters")
        accepts_host = getattr(self._crawler.spider, "accepts_host", None)
        if accepts_host and not is_robots_request(request) and not accepts_host(host_of(request.url)):
            raise Refused("offsite", f"{request.url}: not a host of this source")


def host_of(url: str) -> str:
    """The host of an address, with its port unless that is the scheme's own; without user and password."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower().rstrip(":")
    return host.removesuffix(f":{_OWN_PORTS.get(parts.scheme)}")
