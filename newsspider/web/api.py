"""The JSON API: the one search of the house for programs, articles with all that is known of them, feeds, and health."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response

from newsspider import clock
from newsspider.alerts import atom_feed, json_feed
from newsspider.search import Query as SearchQuery
from newsspider.search import Results, Sort
from newsspider.web.parameters import SearchParameters
from newsspider.web.resources import Resources
from newsspider.web.views import ArticleView, ProblemView, ResultsView, StatusView

ERRORS: dict[int | str, dict[str, object]] = {status: {"model": ProblemView} for status in (400, 401, 404, 422, 429, 500, 503)}

router = APIRouter(responses=ERRORS)
Asked = Annotated[SearchParameters, Query()]


@router.get("/api/v1/search")
def search(request: Request, asked: Asked) -> ResultsView:
    """One page of the articles that a search finds."""
    return ResultsView.model_validate(resources(request).engine.search(asked.query()))


@router.get("/api/v1/articles/{article_id}")
def article(request: Request, article_id: str) -> ArticleView:
    """An article: its text, the decision on its date with all evidence, its earlier versions and its addresses."""
    return find_article(resources(request), article_id)


@router.get("/api/v1/feed.atom", response_class=Response)
def atom(request: Request, asked: Asked) -> Response:
    """The newest hits of a search as Atom."""
    return _feed(request, asked, atom_feed, "application/atom+xml; charset=utf-8")


@router.get("/api/v1/feed.json", response_class=Response)
def feed_json(request: Request, asked: Asked) -> Response:
    """The newest hits of a search as JSON Feed."""
    return _feed(request, asked, json_feed, "application/feed+json; charset=utf-8")


@router.get("/healthz")
async def healthz() -> StatusView:
    """Whether this process runs; open to everybody."""
    return StatusView(status="ok")


@router.get("/readyz")
def readyz(request: Request) -> StatusView:
    """Whether store and engine answer: 503 while one of them does not."""
    resources(request).store.last_change()
    resources(request).engine.search(SearchQuery(limit=1))
    return StatusView(status="ready")


def resources(request: Request) -> Resources:
    found = request.app.state.resources
    assert isinstance(found, Resources)
    return found


def find_article(resources: Resources, article_id: str) -> ArticleView:
    """Raises HTTPException 404, or StoreError."""
    store = resources.store
    found = store.article(article_id)
    if found is None:
        raise HTTPException(404)
    return ArticleView.of(found, store.revisions(found.id), store.addresses(found.id))


def _feed(request: Request, asked: SearchParameters, write: Callable[[str, str, Results, datetime], bytes], media_type: str) -> Response:
    results = resources(request).engine.search(replace(asked.query(), sort=Sort.NEWEST))
    updated = max((hit.first_seen_at for hit in results.hits), default=clock.now())
    title = f"newsspider: {asked.q}" if asked.q else "newsspider"
    return Response(write(title, str(request.url), results, updated), media_type=media_type)
