"""robots.txt (RFC 9309), stricter than Scrapy's own rule: a site whose robots.txt cannot be read is left alone."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from newsspider.errors import StoreError
from newsspider.middlewares.failures import reason_of
from newsspider.middlewares.refusal import Refused

PRODUCT = "newsspider"  # what a `User-agent:` line calls us
MAX_BYTES = 500 * 1024  # RFC 9309 section 2.5
MAX_REDIRECTS = 5  # section 2.3.1.2; beyond them there is no robots.txt
_MARK = "newsspider_robots"

# These say more than "robots.txt could not be read", and hold for the pages of the site as well.
_PASSED_ON = {"blocked_address", "dns", "retry_after", "stopped", "tls", "unguarded"}
_NO_SUCH_FILE = {"redirect_loop", "bad_redirect", "scheme"}

logger = logging.getLogger(__name__)


@dataclass(slots=True, frozen=True)
class Rules:
    """What an origin's robots.txt says, for one run. With `reason` nothing of the origin is fetched."""

    parser: Protego | None = None
    delay: float = 0.0  # seconds
    reason: str | None = None
    message: str = ""
    next_try: datetime | None = None


class RobotsTxt:
    """Fetches each origin's robots.txt once, before anything else of it."""

    def __init__(self, crawler: Crawler) -> None:
        config = crawler.settings["NEWSSPIDER_CONFIG"]
        self._crawler = crawler
        self._longest_delay: float = config.crawl.max_crawl_delay
        self._rules: dict[str, asyncio.Future[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if is_robots_request(request):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._read(origin))
        rules = await self._rules[origin]
        if rules.reason:
            raise Refused(rules.reason, f"{request.url}: {rules.message}", rules.next_try)
        if rules.parser and not rules.parser.can_fetch(request.url, PRODUCT):
            self._crawler.stats.inc_value("robots/forbidden_count")
            raise Refused("robots", f"{request.url}: forbidden by robots.txt")
        if rules.delay > self._crawler.settings.getfloat("DOWNLOAD_DELAY"):
            request.meta["autothrottle_dont_adjust_delay"] = True  # it would shorten the delay again

    async def _read(self, origin: str) -> Rules:
        request = Request(
            f"{origin}/robots.txt",
            callback=NO_CALLBACK,
            priority=1000,
            dont_filter=True,
            meta={_MARK: True, "redirect_ttl": MAX_REDIRECTS},
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except StoreError:  # says nothing of the site
            raise
        except Exception as e:  # noqa: BLE001 - whatever it was, the site's rules are not known
            rules = _unread(e)
        else:
            rules = read_rules(response)
        if rules.delay > self._longest_delay:
            rules = Rules(reason="crawl_delay", message=f"asks for {rules.delay:g} s between requests; [crawl] max_crawl_delay is less")
        if rules.reason:
            self._crawler.stats.inc_value(f"robots/{rules.reason}_count")
            logger.warning("%s: nothing is fetched in this run: %s", origin, rules.message)
        elif rules.delay:
            self._keep_delay(request, rules.delay)
        return rules

    def _keep_delay(self, request: Request, delay: float) -> None:
        """Set the host's slot so that each request is sent at least `delay` seconds after the answer to the one before, beginning with robots.txt
        itself, now and whenever the slot is made anew: sent at once, two may reach a slow site closer together."""
        downloader = self._crawler.engine.downloader
        key = downloader.get_slot_key(request)
        before = downloader.per_slot_settings.get(key, {})
        longer = max(delay, float(before.get("delay", self._crawler.settings.getfloat("DOWNLOAD_DELAY"))))
        downloader.per_slot_settings[key] = {**before, "delay": longer, "concurrency": 1}
        if slot := downloader.slots.get(key):
            slot.delay = max(slot.delay, longer)
            slot.concurrency = 1
            slot.lastseen = monotonic()


def is_robots_request(request: Request) -> bool:
    return _MARK in request.meta


def read_rules(response: Response) -> Rules:
    """The rules in an answer to a request for robots.txt: 5xx and 429 forbid everything, other statuses but 2xx nothing."""
    if response.status >= 500 or response.status == 429:
        return Rules(reason="robots_unreachable", message=f"robots.txt answered with HTTP {response.status}")
    if not 200 <= response.status < 300:
        return Rules()
    parser = Protego.parse(_text(response.body))
    return Rules(parser, parser.crawl_delay(PRODUCT) or 0.0)


def _unread(error: Exception) -> Rules:
    _, reason = reason_of(error)
    if reason in _NO_SUCH_FILE:
        return Rules()
    if reason in _PASSED_ON:
        return Rules(reason=reason, message=str(error), next_try=getattr(error, "next_try", None))
    return Rules(reason="robots_unreachable", message=f"robots.txt could not be read: {reason}: {error}")


def _text(body: bytes) -> str:
    """The first 500 KiB, whole lines. robots.txt is UTF-8; what is not, on an Arabic site, is windows-1256."""
    if len(body) > MAX_BYTES:
        body = body[:MAX_BYTES].rpartition(b"\n")[0]
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("windows-1256", "replace")
