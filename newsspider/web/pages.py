"""The pages for readers: searching, reading an article, comparing searches over time, the sources. All of it works without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from newsspider import clock
from newsspider.errors import QueryError
from newsspider.search import LISTS, Count, Facet, SearchEngine, parse_query
from newsspider.search import Query as SearchQuery
from newsspider.search.query import MAX_OFFSET
from newsspider.text.highlight import Marks, highlight
from newsspider.web.access import IN_TURN, READER, SEARCHES
from newsspider.web.api import find_article, resources, source, sources
from newsspider.web.charts import bar_chart, line_paths
from newsspider.web.gaps import Covered
from newsspider.web.parameters import HistogramParameters, SearchParameters
from newsspider.web.preferences import Preferences
from newsspider.web.rendering import render
from newsspider.web.searching import FACET_VALUES, found, series_views
from newsspider.web.timeline import Timeline, timeline
from newsspider.web.views import HitView, ResultsView

router = APIRouter(include_in_schema=False)
SIMILAR = 5
MORE_VALUES = 100
PERIODS = {"day": 1, "week": 7, "month": 30, "year": 365}  # days, today included


@router.get("/", dependencies=[READER, SEARCHES, IN_TURN])
def search_page(request: Request, asked: Annotated[SearchParameters, Query()]) -> Response:
    here = resources(request)
    results = ResultsView.model_validate(found(request, asked))
    pages = min(-(-results.total // asked.limit), MAX_OFFSET // asked.limit + 1) if results.cursor else asked.page
    chart, counted = None, _over_time(here.engine, asked.found(), here.coverage()) if results.total else None
    if counted and len(counted.starts) > 1:
        chart = bar_chart(counted, counted.series[0].counts, rtl=_is_rtl(request))
    more = request.query_params.get("more")  # the facet of which many values are shown
    today = clock.now().date()
    return render(
        request,
        "search.html",
        asked=asked,
        results=results,
        pages=pages,
        facets=_facets(here.engine, asked.found(), MORE_VALUES if more else FACET_VALUES + 1) if results.total else {},
        few=FACET_VALUES,
        more=more,
        periods={name: (today - timedelta(days - 1)).isoformat() for name, days in PERIODS.items()},
        chart=chart,
        counted=counted,
        titles=here.titles,
        exports=here.config.web.exports_per_hour,
    )


def _over_time(engine: SearchEngine, query: SearchQuery, coverage: Mapping[str, Covered]) -> Timeline | None:
    """None where the hits are scattered over more months than can be drawn."""
    try:
        return timeline(engine, [query], None, coverage)
    except QueryError:
        return None


def _facets(engine: SearchEngine, query: SearchQuery, most: int) -> dict[Facet, tuple[Count, ...]]:
    """At most so many values of each facet, beside the hits. Those of a facet that is filtered by are counted without its own filter, so
    that others can be added."""
    free = [facet for facet, name in LISTS.items() if not getattr(query, name)]
    counted = dict(engine.facets(query, free, most))
    for facet, name in LISTS.items():
        if facet not in counted:
            without: dict[str, Any] = {name: ()}
            counted |= engine.facets(replace(query, **without), [facet], most)
    return {facet: counted[facet] for facet in LISTS}


@router.get("/article/{article_id}", dependencies=[READER, IN_TURN])
def article_page(request: Request, article_id: str) -> Response:
    here = resources(request)
    article = find_article(here, article_id)
    query = _searched(request.query_params.get("q", ""))
    marks = query.marks if query else Marks()
    return render(
        request,
        "article.html",
        article=article,
        title=highlight(article.title, marks),
        paragraphs=[highlight(paragraph, marks) for paragraph in article.text.split("\n\n")],
        titles=here.titles,
        similar=[HitView.model_validate(hit) for hit in here.engine.similar(article.id, SIMILAR)],
        why=here.engine.why(query, article.id) if query and (query.words or query.required) else None,
    )


def _searched(text: str) -> SearchQuery | None:
    """The search that led here; None for an address that somebody wrote by hand and that is no search."""
    try:
        return parse_query(text)
    except QueryError:
        return None


@router.get("/compare", dependencies=[READER, SEARCHES, IN_TURN])
def compare_page(request: Request, asked: Annotated[HistogramParameters, Query()]) -> Response:
    """Attention over time for several searches."""
    here = resources(request)
    texts = [text for text in asked.q if text.strip()]
    values: dict[str, Any] = {"asked": asked, "titles": here.titles}
    if not texts:
        return render(request, "compare.html", **values, counted=None)
    queries = [asked.query_of(text) for text in texts]
    counted = timeline(here.engine, queries, asked.interval, here.coverage(), volume=asked.normalise)
    series = series_views(texts, counted)
    lines: list[list[float | None]] = [one.shares if asked.normalise else [float(count) for count in one.counts] for one in series]
    paths, top = line_paths(counted, lines, rtl=_is_rtl(request))
    frame = bar_chart(counted, [0] * len(counted.starts), rtl=_is_rtl(request))
    return render(request, "compare.html", **values, counted=counted, series=series, paths=paths, top=top, frame=frame)


@router.get("/sources", dependencies=[READER])
def sources_page(request: Request) -> Response:
    return render(request, "sources.html", sources=sources(request).sources)


@router.get("/sources/{name}", dependencies=[READER, IN_TURN])
def source_page(request: Request, name: str) -> Response:
    here = resources(request)
    facts = source(request, name)
    covered = here.coverage().get(name)
    counted, years = None, []
    if covered and covered.days:
        counted = _over_time(here.engine, SearchQuery(sources=(name,)), {name: covered})
        years = [(year, sum(covered.days[day] for day in days)) for year, days in groupby(sorted(covered.days), lambda day: day.year)]
    chart = bar_chart(counted, counted.series[0].counts, rtl=_is_rtl(request)) if counted and counted.starts else None
    return render(request, "source.html", source=facts, chart=chart, counted=counted, years=years)


def _is_rtl(request: Request) -> bool:
    return Preferences.asked(request).lang == "ar"
