"""Tries again what may work the next time, and keeps to Retry-After (RFC 9110 section 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import ResponseDataLossError
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings

from newsspider import clock
from newsspider.middlewares.failures import reason_of
from newsspider.middlewares.pauses import Pauses

THROTTLED = {429, 503}
LONGEST = 86_400.0  # seconds; a longer Retry-After is taken as this
DATA_LOSS_RETRIES = 2  # a server that cuts an answer off three times will do it again
_FUTILE = {"tls"}  # a wrong certificate stays wrong


class Retry(RetryMiddleware):
    """After 429 or 503 the whole host rests: as long as Retry-After says, else RETRY_BACKOFF seconds, twice as long each further time."""

    _pauses: Pauses

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._backoff = settings.getfloat("RETRY_BACKOFF")
        self._strikes: dict[str, int] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        self = super().from_crawler(crawler)
        crawler.signals.connect(self._engine_started, signal=signals.engine_started)
        # Not process_response: the slot would have sent its next request by then.
        crawler.signals.connect(self._response_downloaded, signal=signals.response_downloaded)
        return self

    def _engine_started(self) -> None:
        self._pauses = Pauses.of(self.crawler)

    def _response_downloaded(self, response: Response, request: Request) -> None:
        slot = request.meta["download_slot"]
        if response.status not in THROTTLED:
            self._strikes.pop(slot, None)
            return
        if not self._pauses.rests(slot) or slot not in self._strikes:  # the rest may be another process's
            self._strikes[slot] = self._strikes.get(slot, 0) + 1
        header = (response.headers.get("Retry-After") or b"").decode("latin-1")
        seconds = retry_after(header, clock.now()) or self._backoff * 2 ** (self._strikes[slot] - 1)
        self._pauses.pause(slot, min(seconds, LONGEST))

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        if response.status in THROTTLED:
            self._pauses.check(request)
        return super().process_response(request, response)

    def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:  # type: ignore[override]
        if isinstance(exception, ResponseDataLossError) and request.meta.get("retry_times", 0) >= DATA_LOSS_RETRIES:
            return None
        return None if reason_of(exception)[1] in _FUTILE else super().process_exception(request, exception)


def retry_after(header: str, now: datetime) -> float | None:
    """The seconds from `now` that a Retry-After header asks for, at most a day; None when it asks for none or cannot be read."""
    header = header.strip()
    if header.isascii() and header.isdigit():
        seconds = float(header)
    else:
        try:
            moment = parsedate_to_datetime(header)
            seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
        except (ValueError, OverflowError):
            return None
    return min(seconds, LONGEST) if seconds > 0 else None
