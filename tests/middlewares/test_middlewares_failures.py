"""Every ending of a download has an outcome and a documented reason."""

from __future__ import annotations

import re

import pytest
from OpenSSL import SSL
from scrapy import exceptions
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from service_identity import VerificationError
from twisted.internet import error
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError, ResponseFailed

from newsspider.items import Outcome
from newsspider.middlewares.failures import REASONS, reason_of
from newsspider.middlewares.refusal import Refused


def failed(*reasons: Exception) -> exceptions.DownloadFailedError:
    """As the download handler raises it."""
    e = exceptions.DownloadFailedError("failed")
    e.__cause__ = ResponseFailed([Failure(reason) for reason in reasons])
    return e


@pytest.mark.parametrize(
    ("error_raised", "outcome", "reason"),
    [
        (HttpError(Response("http://a.test/", status=404)), Outcome.FAILED, "http_404"),
        (HttpError(Response("http://a.test/", status=304)), Outcome.FAILED, "http_304"),
        (exceptions.DownloadTimeoutError(), Outcome.FAILED, "timeout"),
        (exceptions.CannotResolveHostError(), Outcome.FAILED, "dns"),
        (exceptions.DownloadConnectionRefusedError(), Outcome.FAILED, "connection_refused"),
        (exceptions.DownloadCancelledError(), Outcome.FAILED, "too_large"),
        (exceptions.ResponseDataLossError(), Outcome.FAILED, "truncated"),
        (exceptions.UnsupportedURLSchemeError(), Outcome.SKIPPED, "scheme"),
        (exceptions.NotSupported(), Outcome.SKIPPED, "scheme"),
        (failed(error.ConnectionDone()), Outcome.FAILED, "connection_lost"),
        (failed(SSL.Error([("SSL routines", "", "certificate verify failed")])), Outcome.FAILED, "tls"),
        (failed(error.ConnectionLost(), VerificationError([])), Outcome.FAILED, "tls"),
        (failed(ParseError("no", b"")), Outcome.FAILED, "bad_response"),
        (error.ConnectionLost(), Outcome.FAILED, "connection_lost"),
        (error.NoRouteError(), Outcome.FAILED, "connection_lost"),
        (RuntimeError(), Outcome.FAILED, "error"),
        (exceptions.IgnoreRequest(), Outcome.FAILED, "error"),
        (Refused("robots", ""), Outcome.SKIPPED, "robots"),
        (Refused("too_large", ""), Outcome.FAILED, "too_large"),
    ],
)
def test_reason_of(error_raised: Exception, outcome: Outcome, reason: str) -> None:
    assert reason_of(error_raised) == (outcome, reason)
    assert re.sub(r"^http_\d{3}$", "http_NNN", reason) in REASONS


def test_reasons_are_sentences() -> None:
    assert all(re.fullmatch(r"[a-z_]+|http_NNN", word) for word in REASONS)
    assert all(sentence.endswith(".") and sentence.startswith((sentence[0].upper(), "robots.txt")) for sentence in REASONS.values())
