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
            refusal = "too_large", str(e)
        except Exception as e:  # noqa: BLE001 - each decoder has errors of its own
            refusal = "bad_encoding", f"{request.url}: {response.headers.get('Content-Encoding')!r} cannot be decoded: {e}"
        # Scrapy and Twisted keep errors, with the variables of all that they passed through, until the garbage collector comes round: so this one is
        # not raised from the decoder's, which holds what was unpacked, and the response, which Scrapy's own functions hold, gives up its body.
        response._set_body(b"")
        raise Refused(*refusal)
