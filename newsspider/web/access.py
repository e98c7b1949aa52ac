"""Access: a bearer token for programs, a signed session cookie for browsers, a role for every route, and limits on guesses.

`AccessMiddleware` finds out who asks and lets nobody in whom it does not know; each route then says what role it needs (`READER`, `OPERATOR`,
or `OPEN` for the few that anybody may call).
"""

from __future__ import annotations

import hmac
import time
from collections.abc import AsyncIterator, Callable

from fastapi import Depends, HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from newsspider import clock
from newsspider.errors import StoreError
from newsspider.items import Role
from newsspider.store import OWNER, Store, User
from newsspider.store.users import KNOWN_SECONDS, digest
from newsspider.web.limits import Limit
from newsspider.web.problems import problem

COOKIE = "newsspider_session"
SESSION_SECONDS = 7 * 24 * 3600
MAX_FAILURES = 10  # wrong tokens of one address a minute
MAX_USER_FAILURES = 5  # wrong tokens in one user's name a minute
OPEN_PATHS = frozenset({"/healthz", "/login", "/preferences"})
OPEN_FOLDERS = ("/static/", "/feeds/")  # a feed's address is its secret


class Access:
    """Who may enter. Knows tokens only as digests, so that comparing takes as long for every guess."""

    def __init__(self, token: str, store: Callable[[], Store]) -> None:
        self._owner = User(OWNER, Role.OPERATOR, digest(token), clock.now())
        self._key = hmac.digest(token.encode(), b"newsspider session", "sha256")  # another token of the owner ends every session
        self._store = store
        self._known: dict[str, tuple[User, float]] = {}  # by name, each until when on the monotonic clock
        self._by_address = Limit(MAX_FAILURES / 60, MAX_FAILURES)
        self._by_name = Limit(MAX_USER_FAILURES / 60, MAX_USER_FAILURES)

    def user_of(self, token: str, address: str) -> User | None:
        """Whose token it is; a wrong one counts against the address. Raises StoreError."""
        given = digest(token)
        for known in (self._owner, self._known_as(token.partition(".")[0])):
            if known and hmac.compare_digest(known.digest, given):
                return known
        user = self._found(lambda store: store.user_of(token)) if "." in token else None
        if user is None:
            self._by_address.count(address)
        return user

    def wait(self, address: str) -> int:
        """Seconds until this address may try a token; 0 for now."""
        return self._by_address.wait(address)

    def login(self, token: str, address: str) -> User | int | None:
        """The same for signing in, where guesses in one user's name are limited too: whose it is, None, or the seconds to wait."""
        name = token.partition(".")[0][:40] if "." in token else OWNER
        if wait := max(self.wait(address), self._by_name.wait(name)):
            return wait
        user = self.user_of(token, address)
        if user is None:
            self._by_name.count(name)
        return user

    def new_session(self, user: User) -> str:
        """The value of a session's cookie: whose it is and when it ends, signed."""
        content = f"{user.name}.{int(clock.now().timestamp()) + SESSION_SECONDS}"
        return f"{content}.{self._sign(content, user)}"

    def session(self, cookie: str) -> User | None:
        """Whose session it is; None when it has ended, or the user is gone or has another token. Raises StoreError."""
        content, _, signature = cookie.rpartition(".")
        name, _, end = content.partition(".")
        user = self._owner if name == OWNER else self._known_as(name)
        if user is None and name and name.isascii():
            user = self._found(lambda store: store.user(name))
        if user is None or not hmac.compare_digest(self._sign(content, user).encode(), signature.encode("utf-8", "replace")):
            return None
        return user if int(end) > clock.now().timestamp() else None

    def _known_as(self, name: str) -> User | None:
        user, until = self._known.get(name, (None, 0.0))
        return user if time.monotonic() < until else None

    def _found(self, find: Callable[[Store], User | None]) -> User | None:
        """Whom the store knows, who need not be looked up again for a moment: pages and programs ask several times in a row."""
        until = time.monotonic() + KNOWN_SECONDS  # from before the store is asked
        if user := find(self._store()):
            self._known[user.name] = user, until
        return user

    def _sign(self, content: str, user: User) -> str:
        return hmac.new(self._key, f"{content}.{user.digest}".encode("utf-8", "replace"), "sha256").hexdigest()


class AccessMiddleware:
    """Lets through who has a session or a token; all others get 401, or 429 after too many wrong tokens. `at_once` says whether users can be looked
    up without waiting; to hand it to a thread takes longer then."""

    def __init__(self, app: ASGIApp, access: Access, at_once: Callable[[], bool]) -> None:
        self.app = app
        self.access = access
        self.at_once = at_once

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_open(scope["path"]):
            request = Request(scope)
            try:
                refused = self._identify(request) if self.at_once() else await run_in_threadpool(self._identify, request)
            except StoreError:
                refused = "store_unavailable", {}
            if refused:
                code, headers = refused
                await problem(request, code, headers=headers)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _identify(self, request: Request) -> tuple[str, dict[str, str]] | None:
        """Puts the user into the request's state; what to refuse it with when there is none."""
        if COOKIE in request.cookies and (user := self.access.session(request.cookies[COOKIE])):
            request.state.user, request.state.signed_in = user, True
            return None
        given = request.headers.getlist("authorization")
        if not given:
            return "unauthorized", {"WWW-Authenticate": "Bearer"}
        scheme, _, token = given[0].partition(" ")
        token = token.strip() if len(given) == 1 and scheme.lower() == "bearer" else ""
        address = client_address(request)
        if wait := self.access.wait(address):
            return "too_many_failures", {"Retry-After": str(wait)}
        if user := self.access.user_of(token, address):
            request.state.user = user
            return None
        return "unauthorized", {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class Needs:
    """What a route asks of who calls it: a role, or None for anybody. Raises HTTPException 403."""

    def __init__(self, role: Role | None) -> None:
        self.role = role

    async def __call__(self, request: Request) -> None:
        if self.role is not None and self.role not in _allows(request.state.user.role):
            raise HTTPException(403)


def _allows(role: Role) -> tuple[Role, ...]:
    return (Role.READER, Role.OPERATOR) if role is Role.OPERATOR else (Role.READER,)


OPEN, READER, OPERATOR = Depends(Needs(None)), Depends(Needs(Role.READER)), Depends(Needs(Role.OPERATOR))


class Rate:
    """How often a user may call a route: the limit of that name in the application's state. Raises HTTPException 429."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, request: Request) -> None:
        if wait := request.app.state.limits[self.name].take(request.state.user.name):
            raise HTTPException(429, headers={"Retry-After": str(wait)})


async def _in_turn(request: Request) -> AsyncIterator[None]:
    """Holds one of the application's turns at the engine until there is an answer to send. Stands last: who is refused needs none."""
    async with request.app.state.turns:
        yield


SEARCHES, SUGGESTIONS, EXPORTS = Depends(Rate("searches")), Depends(Rate("suggestions")), Depends(Rate("exports"))
IN_TURN = Depends(_in_turn, scope="function")


def client_address(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)
