"""Searching through the API: hits, facets, counts over time, suggestions."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from newsspider.search import Facet, Results
from newsspider.search.suggestions import by_source_name
from newsspider.web.access import READER, SEARCHES, SUGGESTIONS
from newsspider.web.api import ERRORS, bearer, resources
from newsspider.web.parameters import ONLY_KNOWN, HistogramParameters, Search, SearchParameters
from newsspider.web.routing import Direct
from newsspider.web.timeline import Timeline, timeline
from newsspider.web.views import (
    CountView,
    FacetsView,
    HistogramView,
    ResultsView,
    SeriesView,
    SuggestionsView,
    SuggestionView,
    results_json,
)

router = APIRouter(prefix="/api/v1", responses=ERRORS, tags=["search"], route_class=Direct, dependencies=[bearer, ONLY_KNOWN])
FACET_VALUES = 10


@router.get("/search", response_model=ResultsView, dependencies=[READER, SEARCHES])
def search(request: Request, asked: Annotated[SearchParameters, Query()]) -> Response:
    """One page of the articles that a search finds."""
    return Response(results_json(found(request, asked)), media_type="application/json")


class FacetParameters(Search):
    by: list[Facet] = Field(list(Facet), max_length=len(Facet), description="What to count by.")
    values: int = Field(FACET_VALUES, ge=1, le=100, description="Most values of each.")


@router.get("/facets", dependencies=[READER, SEARCHES])
def facets(request: Request, asked: Annotated[FacetParameters, Query()]) -> FacetsView:
    """The most frequent sources, sections, tags … among all hits of a search."""
    counted = resources(request).engine.facets(asked.found(), asked.by, asked.values)
    return FacetsView(facets={facet: [CountView.model_validate(count) for count in counts] for facet, counts in counted.items()})


@router.get("/histogram", dependencies=[READER, SEARCHES])
def histogram(request: Request, asked: Annotated[HistogramParameters, Query()]) -> HistogramView:
    """Up to five searches over time, with how much of the sources' coverage is missing from each interval."""
    here = resources(request)
    counted = timeline(here.engine, asked.queries(), asked.interval, here.coverage(), volume=asked.normalise)
    return HistogramView(
        interval=counted.interval,
        starts=[start.isoformat() for start in counted.starts],
        series=series_views(asked.q or [""], counted),
        missing=list(counted.missing),
    )


class SuggestParameters(BaseModel):
    q: str = Field("", max_length=256, description="What was typed so far.")
    limit: int = Field(8, ge=1, le=20)


@router.get("/suggest", dependencies=[READER, SUGGESTIONS])
def suggest(request: Request, typed: Annotated[SuggestParameters, Query()]) -> SuggestionsView:
    """How what was typed so far may go on: tags and titles."""
    found = resources(request).engine.suggest(typed.q, typed.limit) if typed.q.strip() else ()
    return SuggestionsView(suggestions=[SuggestionView.model_validate(one) for one in found])


def found(request: Request, asked: SearchParameters) -> Results:
    """The page of hits; where there is none, with what may have been meant. Raises QueryError, EngineError."""
    here = resources(request)
    results = here.engine.search(asked.query())
    if results.total or not asked.q.strip():
        return results
    return replace(results, did_you_mean=by_source_name(asked.q, here.titles) or here.engine.did_you_mean(asked.q))


def series_views(texts: list[str], counted: Timeline) -> list[SeriesView]:
    """Each search with its counts, and its shares of the volume where that was counted; None where there is none."""
    volume = counted.volume or (0,) * len(counted.starts)
    return [
        SeriesView(
            q=text,
            total=series.total,
            undated=series.undated,
            counts=list(series.counts),
            shares=[count / whole if whole else None for count, whole in zip(series.counts, volume, strict=True)],
        )
        for text, series in zip(texts, counted.series, strict=True)
    ]
