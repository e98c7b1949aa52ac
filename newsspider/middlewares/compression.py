"""Scrapy's decompression, with a reason for what it gives up."""

from __future__ import annotations

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from newsspider.middlewares.refusal import Refused


class Compression(HttpCompressionMiddleware):
    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        try:
            return super().process_response(request, response)
        except IgnoreRequest as e:
            raise Refused("too_large", str(e)) from e
        except Exception as e:  # each decoder has errors of its own
            raise Refused("bad_encoding", f"{request.url}: {response.headers.get('Content-Encoding')!r} cannot be decoded: {e}") from e
