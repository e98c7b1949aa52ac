"""Conditional GET (RFC 9110 section 13): asks only for what changed."""

from __future__ import annotations

from scrapy.http import Request

_VALIDATORS = {"etag": "If-None-Match", "last_modified": "If-Modified-Since"}


class ConditionalGet:
    """Sends the validators that `request.meta` holds from the last visit, `etag` and `last_modified`."""

    def process_request(self, request: Request) -> None:
        for key, header in _VALIDATORS.items():
            if value := request.meta.get(key):
                request.headers[header] = value
