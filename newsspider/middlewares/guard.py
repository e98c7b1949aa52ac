"""Fails closed without the address guard, and tells its refusals from names that do not exist."""

from __future__ import annotations

from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Request
from scrapy.utils.httpobj import urlparse_cached

from newsspider.middlewares.refusal import Refused
from newsspider.middlewares.resolver import installed_resolver, is_installed


class AddressGuard:
    """Nearest to the downloader: a refusal is no failed look-up, and nothing tries it again."""

    def process_request(self, request: Request) -> None:
        if not is_installed():
            raise Refused("unguarded", f"{request.url}: the address guard is not on the reactor; start crawls through CrawlerProcess")

    def process_exception(self, request: Request, exception: Exception) -> None:
        resolver = installed_resolver()
        if isinstance(exception, CannotResolveHostError) and resolver:
            message = resolver.refusal(urlparse_cached(request).hostname or "")
            if message:
                raise Refused("blocked_address", f"{request.url}: {message}") from exception
