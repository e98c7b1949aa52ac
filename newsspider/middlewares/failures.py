"""What became of a download that brought no page: every exception has an outcome and a reason word (docs/outcomes.md)."""

from __future__ import annotations

from collections.abc import Iterator

from OpenSSL.SSL import Error as OpenSslError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.spidermiddlewares.httperror import HttpError
from service_identity import VerificationError
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.web._newclient import ParseError

from newsspider.items import Outcome
from newsspider.middlewares.refusal import Refused

_SKIPPED = {
    "robots": "robots.txt forbids the address.",
    "robots_unreachable": "robots.txt could not be read (server error, timeout, connection refused), so the whole site counts as forbidden in this run.",
    "crawl_delay": "robots.txt asks for a longer Crawl-delay than `crawl.max_crawl_delay`.",
    "retry_after": "The site asked to come again later than a run waits (429 or 503 with Retry-After); the address is due then.",
    "offsite": "The address belongs to a host that the source does not name, or a redirect led to one.",
    "scheme": "The address is neither http nor https.",
    "url_too_long": "The address is longer than 2048 characters.",
    "blocked_address": "The host resolves to an address that is not public and that `net.allow_networks` does not name.",
    "stopped": "The run ended before the request was sent.",
}
_FAILED = {
    "http_NNN": "The site answered with that HTTP status, such as `http_404`.",
    "timeout": "No complete answer within `crawl.timeout`.",
    "dns": "The host's name could not be resolved.",
    "connection_refused": "The server refused the connection.",
    "connection_lost": "The connection could not be made, or broke before the answer came.",
    "tls": "The certificate did not verify, or TLS failed otherwise.",
    "truncated": "The answer broke off before its end, each time.",
    "too_large": "The page is longer than `crawl.max_page_bytes`, decompressed.",
    "bad_encoding": "The body is not in the encoding that its header names.",
    "bad_response": "The answer was not HTTP.",
    "bad_redirect": "The address that a redirect names cannot be read.",
    "redirect_loop": "More than 10 redirects.",
    "unguarded": "The address guard was not on the reactor, so nothing was sent.",
    "error": "Something else; the log tells what.",
}
_OTHER = {"not_modified": "The site says that the page is as it was (HTTP 304)."}

REASONS: dict[str, str] = _SKIPPED | _FAILED | _OTHER

# The first that fits an exception or one of its causes wins.
_WORDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    ((OpenSslError, VerificationError), "tls"),
    (ParseError, "bad_response"),
    (DownloadTimeoutError, "timeout"),
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "connection_refused"),
    (ResponseDataLossError, "truncated"),
    (DownloadCancelledError, "too_large"),  # the only thing that cancels a download is its size
    ((NotSupported, UnsupportedURLSchemeError), "scheme"),
    ((DownloadFailedError, ConnectError, ConnectionClosed), "connection_lost"),
)


def reason_of(error: BaseException) -> tuple[Outcome, str]:
    """The outcome of a request that ended with `error`, and the reason: a key of REASONS, http_NNN with the status put in."""
    if isinstance(error, HttpError):
        return Outcome.FAILED, f"http_{error.response.status}"  # 304, too: it was not asked for
    if isinstance(error, Refused):
        return Outcome.SKIPPED if error.reason in _SKIPPED else Outcome.FAILED, error.reason
    causes = list(_causes(error))
    for kinds, word in _WORDS:
        if any(isinstance(cause, kinds) for cause in causes):
            return Outcome.SKIPPED if word in _SKIPPED else Outcome.FAILED, word
    return Outcome.FAILED, "error"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error itself and what it came from; Twisted keeps that in `reasons`."""
    yield error
    for reason in getattr(error, "reasons", ()):
        yield from _causes(reason.value)
    if error.__cause__:
        yield from _causes(error.__cause__)
