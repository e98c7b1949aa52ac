"""The outer door of the application, before any route: which requests come in at all, and what every answer carries."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Collection

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsspider.web.access import COOKIE
from newsspider.web.problems import STATUS, problem

logger = logging.getLogger("newsspider.web")

MAX_BODY = 64 << 10
BODY_SECONDS = 20.0  # between two parts of a body
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_ENCODED = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
_NOT_STORED = (b"cache-control", b"no-store")


class Envelope:
    """The outermost layer: an id for every request, the headers of every answer, and the one answer to what nobody caught."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ()), *_ENCODED, (b"x-request-id", request_id.encode())]
                message["headers"] = headers if any(name == b"cache-control" for name, _ in headers) else [*headers, _NOT_STORED]
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception:
            logger.exception("request %s failed", request_id)
            if status:
                raise  # too late for another answer: the server breaks the connection
            await problem(Request(scope), "internal")(scope, receive, send_with_headers)
        path = scope.get("raw_path", b"").decode("ascii", "replace")  # never the query: what analysts search is theirs
        logger.info("%s %s %d %.0f ms %s", scope["method"], path, status, 1000 * (time.perf_counter() - began), request_id)


class Guard:
    """Refuses hosts that are not ours (DNS rebinding), changes that another site asks for (CSRF), and long bodies."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        if code := self._refusal(request):
            await problem(request, code)(scope, receive, send)
            return
        left, more = MAX_BODY, True

        async def receive_some() -> Message:
            """Raises HTTPException: any other is to FastAPI a body that it cannot read."""
            nonlocal left, more
            try:
                message = await asyncio.wait_for(receive(), BODY_SECONDS if more else None)
            except TimeoutError as e:
                raise HTTPException(STATUS["too_slow"], "too_slow") from e
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(STATUS["too_large"], "too_large")
            more = message.get("more_body", False)
            return message

        await self.app(scope, receive_some, send)

    def _refusal(self, request: Request) -> str | None:
        hosts = request.headers.getlist("host")
        if len(hosts) != 1 or _name(hosts[0]) not in self.hosts:
            return "bad_host"
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:20]) > MAX_BODY:
            return "too_large"
        if request.method not in SAFE_METHODS and not _is_own(request):
            return "cross_site"
        return None


def _is_own(request: Request) -> bool:
    """Whether a change was asked for by our own page, or by a program: browsers name the site that asks in one of two headers."""
    fetch_site = request.headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is not None:
        return origin.partition("://")[2].lower() == request.headers["host"].lower()
    return COOKIE not in request.cookies


def _name(host: str) -> str:
    """The host of a Host header, without its port."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and (port.isdecimal() or not port) and not name.endswith(":") else host.lower()
