"""Errors as users see them: one JSON shape for programs, one page for readers, and never what only the log may tell."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from newsspider.errors import AnalysisMismatch, CursorExpired, EngineTimeout, NewsspiderError, QueryError, StoreError
from newsspider.search import BadQuery
from newsspider.text import clean_text
from newsspider.text.printable import printable
from newsspider.web.invalid import Invalid
from newsspider.web.rendering import here, render
from newsspider.web.telling import duration
from newsspider.web.views import ProblemDetail, ProblemView
from newsspider.wording.languages import accepted

logger = logging.getLogger(__name__)

STATUS = {
    "bad_request": 400,
    "bad_host": 400,
    "invalid_query": 400,
    "unauthorized": 401,
    "cross_site": 403,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "too_slow": 408,
    "too_many_searches": 409,
    "export_active": 409,
    "expired": 410,
    "too_large": 413,
    "invalid_parameter": 422,
    "too_many_failures": 429,
    "too_many_requests": 429,
    "internal": 500,
    "engine_unavailable": 503,
    "index_outdated": 503,
    "store_unavailable": 503,
    "engine_timeout": 504,
}
"""The codes of the error shape, and their statuses; every language has a message for each."""
_CODE_OF = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    422: "invalid_parameter",
    429: "too_many_requests",
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How the errors of a route are described to its users."""
    return {status: {"model": ProblemView} for status in statuses}


def problem(request: Request, code: str, headers: Mapping[str, str] | None = None, mistake: BadQuery | Invalid | None = None) -> Response:
    """The answer to a request that failed. `mistake` is what the asker can mend. Programs read it in the language that they accept."""
    wait = int((headers or {}).get("Retry-After", 0))
    if is_for_programs(request):
        language = accepted(request.headers.get("accept-language", ""))
        said = mistake.message(language.code) if mistake else language.words["problems"][code]
        said += f" {language.words['wait'].format(time=duration(language, wait))}" if wait else ""
        shape = ProblemDetail(code=code, message=said, request_id=request.state.request_id)
        if isinstance(mistake, BadQuery):
            shape = shape.model_copy(update={"at": mistake.at, "suggestion": mistake.suggestion and printable(mistake.suggestion)})
        headers = {"Content-Language": language.code, **(headers or {})}
        return JSONResponse(ProblemView(error=shape).model_dump(exclude_none=True), STATUS[code], headers)
    if code == "unauthorized":
        return render(request, "login.html", status=401, headers=headers, wrong=False, target=here(request))
    values = {"code": code, "mistake": mistake, "wait": wait, "duration": duration, "mended": mended, "here": "/"}
    return render(request, "problem.html", status=STATUS[code], headers=headers, **values)


def mended(parameters: QueryParams, mistake: BadQuery) -> list[str]:
    """The searches of an address, that with the mistake as the nearest one that works."""
    return [mistake.suggestion or "" if clean_text(text) == mistake.text else text for text in parameters.getlist("q")]


def is_for_programs(request: Request) -> bool:
    """Whether a program asks; not where a reader has followed a link to what is for programs, such as an export."""
    machine = request.url.path.startswith(("/api/", "/healthz", "/readyz", "/metrics"))
    return machine and "text/html" not in request.headers.get("accept", "")


def register(app: FastAPI) -> None:
    """Answer every error that a route raises in that shape."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(NewsspiderError, _ours)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = error.detail if error.detail in STATUS else _CODE_OF.get(error.status_code)
    if code is None:
        raise error
    headers = error.headers
    if headers and "Allow" in headers:
        headers = {**headers, "Allow": ", ".join(_methods(request))}
    return problem(request, code, headers)


def _methods(request: Request) -> Iterator[str]:
    """All that an address can be asked by (RFC 9110, section 15.5.6); the router names only those of the first route."""
    for method in ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"):
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.router.routes):
            yield method


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem(request, "invalid_parameter", mistake=Invalid.of(error.errors()[0]))


def _ours(request: Request, error: Exception) -> Response:
    """What a user asked wrongly is told; what is wrong with the machine goes to the log."""
    if isinstance(error, BadQuery):
        return problem(request, "invalid_query", mistake=error)
    if isinstance(error, QueryError):
        return problem(request, "expired" if isinstance(error, CursorExpired) else "invalid_query")
    logger.warning("request %s: %s", request.state.request_id, error)
    if isinstance(error, AnalysisMismatch):
        return problem(request, "index_outdated")
    if isinstance(error, EngineTimeout):
        return problem(request, "engine_timeout")
    return problem(request, "store_unavailable" if isinstance(error, StoreError) else "engine_unavailable")
