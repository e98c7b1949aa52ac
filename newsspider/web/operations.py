"""The operators' pages: how everything stands, one source in detail, one address's history, and buttons that leave requests for the scheduler."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from newsspider.monitoring import RUNS, SourceStatus, look, trace
from newsspider.search import Interval
from newsspider.sources import Source
from newsspider.store import CRAWLED, Action, SourceState, Store
from newsspider.urls import join
from newsspider.web.access import OPERATOR
from newsspider.web.api import resources
from newsspider.web.charts import bar_chart
from newsspider.web.feeds import notices_path
from newsspider.web.preferences import Preferences
from newsspider.web.rendering import render
from newsspider.web.signing_in import own_path, read_form
from newsspider.web.telling import duration, size, told
from newsspider.web.timeline import Series, Timeline
from newsspider.wording.notices import coded, noted, said

router = APIRouter(include_in_schema=False, prefix="/operations", dependencies=[OPERATOR])

BUTTONS: dict[str, Callable[[Store, str, str], None]] = {
    "run": lambda store, name, by: store.request(name, Action.RUN, by),
    "retry": lambda store, name, by: store.request(name, Action.RETRY, by),
    "pause": lambda store, name, by: store.set_source_state(name, SourceState.PAUSED, by),
    "disable": lambda store, name, by: store.set_source_state(name, SourceState.DISABLED, by),
    "enable": lambda store, name, by: store.set_source_state(name, SourceState.ENABLED, by),
}
"""What each button does to a source, in whose name."""
SAYING: dict[str, Any] = {"duration": duration, "size": size, "said": said, "noted": noted, "coded": coded, "told": told}


@router.get("")
def operations_page(request: Request) -> Response:
    here = resources(request)
    stands = look(here.store, here.engine, here.config, list(here.sources.values()))
    values: dict[str, Any] = {
        "notices": here.store.notices(ended=False),
        "feed": f"{notices_path(here.config)}&lang={Preferences.asked(request).lang}",
        "titles": here.titles,
    }
    return render(request, "operations.html", stands=stands, now=stands.at, **values, **SAYING)


@router.get("/trace")
def trace_page(request: Request, url: str = "") -> Response:
    found, wrong = None, False
    try:
        found = trace(resources(request).store, url.strip()) if url.strip() else None
    except ValueError:  # no web address
        wrong = True
    return render(request, "trace.html", url=url, found=found, wrong=wrong, titles=resources(request).titles, **SAYING)


@router.get("/{name}")
def operated_page(request: Request, name: str) -> Response:
    here = resources(request)
    status = look(here.store, here.engine, here.config, [_source(request, name)], runs=RUNS)
    source = status.sources[0]
    counted = _days(source)
    chart = bar_chart(counted, counted.series[0].counts, rtl=Preferences.asked(request).lang == "ar")
    links = {trouble.url: join("", trouble.url) for trouble in source.troubles}
    values: dict[str, Any] = {
        "source": source,
        "counted": counted,
        "chart": chart,
        "links": links,
        "now": status.at,
        "titles": here.titles,
    }
    return render(request, "operated.html", **values, **SAYING, past=here.store.notices(name))


@router.post("/{name}")
async def press(request: Request, name: str) -> Response:
    """A button: a row in the store, which the scheduler finds."""
    _source(request, name)
    form = await read_form(request)
    button = form.get("action", [""])[0]
    if button not in BUTTONS:
        raise HTTPException(404)
    await run_in_threadpool(_press, request, name, button)
    return RedirectResponse(own_path(form.get("next", ["/operations"])[0]), 303)


def _press(request: Request, name: str, button: str) -> None:
    store = resources(request).store
    if button in list(Action) and store.source_state(name) not in CRAWLED:
        raise HTTPException(400)  # the page has no such button then
    BUTTONS[button](store, name, request.state.user.name)


def _source(request: Request, name: str) -> Source:
    source = resources(request).sources.get(name)
    if source is None:
        raise HTTPException(404)
    return source


def _days(source: SourceStatus) -> Timeline:
    """The articles of each day as a chart has them."""
    counts = tuple(source.days.values())
    starts = tuple(datetime.combine(day, time()) for day in source.days)
    return Timeline(Interval.DAY, starts, (Series(sum(counts), 0, counts),), None, (0.0,) * len(counts))
