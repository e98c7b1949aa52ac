"""Access: a bearer token for programs, a signed session cookie for browsers, and a limit on guesses."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections import deque
from math import ceil

from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from newsspider import clock
from newsspider.web.problems import problem

COOKIE = "newsspider_session"
SESSION_SECONDS = 7 * 24 * 3600
MAX_FAILURES = 10
WINDOW = 60.0  # seconds in which so many wrong tokens are one address's last
MAX_ADDRESSES = 10_000
OPEN = frozenset({"/healthz", "/login"})


class Access:
    """Who may enter. Knows the token only as digests, so that comparing takes as long for every guess."""

    def __init__(self, token: str) -> None:
        self._token = _digest(token)
        self._key = hmac.digest(token.encode(), b"newsspider session", "sha256")  # another token ends every session
        self.failures = Failures()

    def is_token(self, guess: str) -> bool:
        return hmac.compare_digest(self._token, _digest(guess))

    def new_session(self) -> str:
        """The value of a session's cookie: when it ends, signed."""
        end = str(int(clock.now().timestamp()) + SESSION_SECONDS)
        return f"{end}.{self._sign(end)}"

    def is_session(self, cookie: str) -> bool:
        end, _, signature = cookie.partition(".")
        signed = hmac.compare_digest(self._sign(end).encode(), signature.encode("utf-8", "replace"))
        return signed and int(end) > clock.now().timestamp()

    def _sign(self, end: str) -> str:
        return hmac.new(self._key, end.encode("utf-8", "replace"), "sha256").hexdigest()


class Failures:
    """Wrong tokens of the last minute, by client address."""

    def __init__(self) -> None:
        self._times: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def add(self, address: str) -> None:
        with self._lock:
            if len(self._times) >= MAX_ADDRESSES:
                self._times = {known: times for known, times in self._times.items() if times[-1] > time.monotonic() - WINDOW}
            self._times.setdefault(address, deque(maxlen=MAX_FAILURES)).append(time.monotonic())

    def wait(self, address: str) -> int:
        """Seconds until this address may try again; 0 for now."""
        with self._lock:
            times = self._times.get(address)
            if times is None or len(times) < MAX_FAILURES:
                return 0
            return max(0, ceil(times[0] + WINDOW - time.monotonic()))


class AccessMiddleware:
    """Lets through who has a session or the token; all others get 401, or 429 after too many wrong tokens."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_open(scope["path"]):
            request = Request(scope)
            scope["state"]["signed_in"] = has_session(request, self.access)
            refused = None if scope["state"]["signed_in"] else self._refusal(request)
            if refused:
                code, headers = refused
                await problem(request, code, headers=headers)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _refusal(self, request: Request) -> tuple[str, dict[str, str]] | None:
        given = request.headers.getlist("authorization")
        if not given:
            return "unauthorized", {"WWW-Authenticate": "Bearer"}
        address = client_address(request)
        if wait := self.access.failures.wait(address):
            return "too_many_failures", {"Retry-After": str(wait)}
        scheme, _, guess = given[0].partition(" ")
        if len(given) == 1 and scheme.lower() == "bearer" and self.access.is_token(guess.strip()):
            return None
        self.access.failures.add(address)
        return "unauthorized", {"WWW-Authenticate": 'Bearer error="invalid_token"'}


def has_session(connection: HTTPConnection, access: Access) -> bool:
    return access.is_session(connection.cookies.get(COOKIE, ""))


def client_address(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""


def _is_open(path: str) -> bool:
    return path in OPEN or path.startswith(("/static/", "/feeds/"))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
