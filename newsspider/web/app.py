"""The application: routes behind the door (`guard`), access, and what they work with."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from newsspider import __version__
from newsspider.config import Config, WebConfig
from newsspider.web import api, exports, feeds, metrics, operations, pages, problems, saved, saved_pages, searching, signing_in
from newsspider.web.access import Access, AccessMiddleware
from newsspider.web.guard import Envelope, Guard
from newsspider.web.limits import Limit
from newsspider.web.parameters import ONLY_KNOWN
from newsspider.web.rendering import STATIC
from newsspider.web.resources import Resources
from newsspider.web.token import load_token
from newsspider.web.turns import Turns

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
WAITING = 40  # threads that wait for an engine


def create_app(config: Config, *, hosts: Collection[str] = (), behind_tls_proxy: bool = False) -> FastAPI:
    """The web application of this configuration.

    It answers under `hosts`, the configured host and the names of loopback; `behind_tls_proxy` says that browsers reach it by https though it
    is served by http. Raises ConfigError when there is no access token and none can be made, SourceError for a source file that cannot be read.
    """
    resources = Resources(config)
    access = Access(load_token(config).value, lambda: resources.store)
    searches = turns(config)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(resources.open)
        searches.open()
        yield
        await run_in_threadpool(searches.close)
        await run_in_threadpool(resources.close)

    app = FastAPI(
        title="newsspider",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,  # a route of ours, for which a token is needed
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # spans would tell what analysts search
    )
    app.state.resources, app.state.access, app.state.behind_tls_proxy = resources, access, behind_tls_proxy
    app.state.limits, app.state.turns = limits(config.web), searches
    app.state.exports = exports.Exports()
    problems.register(app)
    _add_routes(app)
    for middleware, options in (
        # What is compressed tells no secret (BREACH): other sites cannot send our Strict cookie.
        (GZipMiddleware, {"minimum_size": 1000, "compresslevel": 4, "exclude_content_types": ("font/woff2",)}),
        (AccessMiddleware, {"access": access, "at_once": lambda: resources.store_is_at_hand}),
        (Guard, {"hosts": {*LOOPBACK, config.web.host, *hosts}}),
        (Envelope, {}),
    ):
        app.add_middleware(middleware, **options)  # the last one added is the outermost
    return app


def _add_routes(app: FastAPI) -> None:
    app.router.routes += searching.router.routes  # found at once; within routers that are included, FastAPI looks for a route twice
    for described in (api.router, saved.router, exports.router):
        app.include_router(described, dependencies=[api.bearer, ONLY_KNOWN])
    for other in (api.open_router, pages.router, saved_pages.router, operations.router, metrics.router, feeds.router, signing_in.router):
        app.include_router(other)
    app.mount("/static", Static(directory=STATIC))


def limits(config: WebConfig) -> dict[str, Limit]:
    """How often a user may do what costs much. Suggestions come with every key that is pressed."""
    return {
        "searches": Limit(config.searches_per_minute / 60, burst=max(1, config.searches_per_minute // 3)),
        "suggestions": Limit(config.searches_per_minute / 6, burst=config.searches_per_minute),
        "exports": Limit(config.exports_per_hour / 3600, burst=config.exports_per_hour),
    }


def turns(config: Config) -> Turns:
    """How many searches may be under way at once. The embedded engine computes in this process: more threads than cores would only take Python's lock
    from each other, which costs a third of their time. Another engine is waited for."""
    return Turns(WAITING if config.engine.url else os.cpu_count() or 1)


class Static(StaticFiles):
    """Files that belong to the pages. Their addresses change with their content, so a browser may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "max-age=604800"
        return response
