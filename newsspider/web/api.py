"""The JSON API: articles with all that is known of them, sources with their coverage, feeds of a search, and health."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer

from newsspider import clock
from newsspider.alerts import atom_feed, json_feed
from newsspider.search import Results, Sort, parse_query
from newsspider.store import RunSummary
from newsspider.web.access import IN_TURN, OPEN, READER, SEARCHES
from newsspider.web.article_views import ArticleView
from newsspider.web.gaps import Covered
from newsspider.web.parameters import SearchParameters
from newsspider.web.problems import errors
from newsspider.web.resources import Resources
from newsspider.web.views import (
    DayCountView,
    GapView,
    HitsView,
    HitView,
    SourceDaysView,
    SourcesView,
    SourceView,
    StatusView,
    WhyView,
)

ERRORS = errors(400, 401, 403, 404, 405, 410, 422, 429, 431, 500, 503, 504)

router = APIRouter(responses=ERRORS)
open_router = APIRouter()
# Checks nothing: it is for the description of the API.
bearer = Depends(HTTPBearer(auto_error=False, description="A user's token; `newsspider users add` makes one."))
Asked = Annotated[SearchParameters, Query()]


@router.get("/api/v1/articles/{article_id}", dependencies=[READER], tags=["articles"])
def article(request: Request, article_id: str) -> ArticleView:
    """An article: its text, the decision on its date with all evidence, its earlier versions, its addresses and its family."""
    return find_article(resources(request), article_id)


@router.get("/api/v1/articles/{article_id}/similar", dependencies=[READER, SEARCHES, IN_TURN], tags=["articles"])
def similar(request: Request, article_id: str, limit: Annotated[int, Query(ge=1, le=50)] = 10) -> HitsView:
    """The articles whose words are most like this one's, without its own family."""
    find_article(resources(request), article_id)
    return HitsView(hits=[HitView.model_validate(hit) for hit in resources(request).engine.similar(article_id, limit)])


@router.get("/api/v1/articles/{article_id}/why", dependencies=[READER, SEARCHES, IN_TURN], tags=["articles"])
def why(request: Request, article_id: str, q: Annotated[str, Query(description="The search.")] = "") -> WhyView:
    """Why a search finds this article: which of its words, at which level; and what it misses."""
    found = resources(request).engine.why(parse_query(q), article_id)
    if found is None:
        raise HTTPException(404)
    return WhyView.model_validate(found)


@router.get("/api/v1/sources", dependencies=[READER], tags=["sources"])
def sources(request: Request) -> SourcesView:
    """The sources, with the first and last day and the gaps of what there is of them."""
    here = resources(request)
    coverage, names = here.coverage(), source_names(here)
    runs = here.store.newest_runs(names, 1)
    return SourcesView(sources=[SourceView(**source_facts(here, name, coverage.get(name), runs[name])) for name in names])


@router.get("/api/v1/sources/{name}", dependencies=[READER], tags=["sources"])
def source(request: Request, name: str) -> SourceDaysView:
    """A source with its articles a day."""
    here = resources(request)
    if name not in source_names(here):
        raise HTTPException(404)
    covered = here.coverage().get(name)
    days = [DayCountView(day=day, count=count) for day, count in covered.days.items()] if covered else []
    return SourceDaysView(**source_facts(here, name, covered, here.store.runs(name, 1)), days=days)


@router.get("/api/v1/feed.atom", response_class=Response, dependencies=[READER, SEARCHES, IN_TURN], tags=["feeds"])
def atom(request: Request, asked: Asked) -> Response:
    """The newest hits of a search as Atom."""
    return _feed(request, asked, atom_feed, "application/atom+xml; charset=utf-8")


@router.get("/api/v1/feed.json", response_class=Response, dependencies=[READER, SEARCHES, IN_TURN], tags=["feeds"])
def feed_json(request: Request, asked: Asked) -> Response:
    """The newest hits of a search as JSON Feed."""
    return _feed(request, asked, json_feed, "application/feed+json; charset=utf-8")


@open_router.get("/healthz", dependencies=[OPEN], tags=["health"])
async def healthz() -> StatusView:
    """Whether this process runs; open to everybody."""
    return StatusView(status="ok")


@router.get("/readyz", dependencies=[READER], tags=["health"])
def readyz(request: Request) -> StatusView:
    """Whether store and engine answer: 503 while one of them does not."""
    resources(request).require_ready()
    return StatusView(status="ready")


@router.get("/api/v1/openapi.json", dependencies=[READER], include_in_schema=False)
async def openapi(request: Request) -> JSONResponse:
    """The description of this API (OpenAPI 3.1)."""
    return JSONResponse(request.app.openapi())


def resources(request: Request) -> Resources:
    found = request.app.state.resources
    assert isinstance(found, Resources)
    return found


def find_article(resources: Resources, article_id: str) -> ArticleView:
    """Raises HTTPException 404, or StoreError."""
    store = resources.store
    found = store.article(article_id)
    family = found and store.family(found.id)
    if not found or not family:
        raise HTTPException(404)
    return ArticleView.of(found, store.revisions(found.id), store.addresses(found.id), family)


def source_names(here: Resources) -> list[str]:
    """Those that are configured, and those of which there are articles though they are no more."""
    return [*here.sources, *sorted(here.coverage().keys() - here.sources.keys())]


def source_facts(here: Resources, name: str, covered: Covered | None, runs: Sequence[RunSummary]) -> Mapping[str, Any]:
    """The fields of a SourceView, of a source with these newest runs."""
    known = here.sources.get(name)
    last = next(iter(runs), None)
    days = covered.days if covered else {}
    return {
        "name": name,
        "title": known.title if known else name,
        "country": known and known.country,
        "timezone": known and known.timezone,
        "homepage": known and known.homepage,
        "articles": sum(days.values()) + (covered.undated if covered else 0),
        "undated": covered.undated if covered else 0,
        "first_day": min(days, default=None),
        "last_day": max(days, default=None),
        "gaps": [GapView.model_validate(gap) for gap in covered.gaps] if covered else [],
        "last_run_at": last and last.started_at,
        "last_run_state": last and last.state,
    }


def _feed(request: Request, asked: SearchParameters, write: Callable[[str, str, Results, datetime], bytes], media_type: str) -> Response:
    results = resources(request).engine.search(replace(asked.query(), sort=Sort.NEWEST))
    updated = max((hit.first_seen_at for hit in results.hits), default=clock.now())
    title = f"newsspider: {asked.q}" if asked.q else "newsspider"
    return Response(write(title, str(request.url), results, updated), media_type=media_type)
