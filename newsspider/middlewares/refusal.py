"""The one exception of the middlewares."""

from __future__ import annotations

from datetime import datetime

from scrapy.exceptions import IgnoreRequest


class Refused(IgnoreRequest):
    """A request that newsspider does not send or a response that it does not use. `reason` is a word of `failures.REASONS`; `next_try`, aware,
    is set where the site said when to come again."""

    def __init__(self, reason: str, message: str, next_try: datetime | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.next_try = next_try
