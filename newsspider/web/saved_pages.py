"""The page of saved searches."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from newsspider.web.access import READER
from newsspider.web.api import resources
from newsspider.web.rendering import render
from newsspider.web.saved import NewSearch, own_search, save_search, view
from newsspider.web.signing_in import read_form
from newsspider.web.views import AlertView

router = APIRouter(include_in_schema=False, dependencies=[READER])
SHOWN = 5  # alerts of each search
SEVERAL = ("source", "section", "tag", "author", "country", "language")


@router.get("/saved")
def saved_page(request: Request) -> Response:
    store = resources(request).store
    saved = [
        (view(search), [AlertView.of(alert) for alert in store.alerts(search.id, SHOWN)])
        for search in store.searches(request.state.user.name)
    ]
    return render(request, "saved.html", saved=saved, titles=resources(request).titles, base=str(request.base_url).rstrip("/"))


@router.post("/saved")
async def save(request: Request) -> Response:
    """Raises RequestValidationError, and what `save_search` raises."""
    form = await read_form(request)
    given = {name: values if name in SEVERAL else values[0] for name, values in form.items() if name in _fields()}
    try:
        asked = NewSearch.model_validate(given)
    except ValidationError as e:
        raise RequestValidationError(e.errors()) from e
    saved = await run_in_threadpool(save_search, request, asked)
    return RedirectResponse(f"/saved#{saved.id}", 303)


@router.post("/saved/{search_id}/remove")
def remove(request: Request, search_id: str) -> Response:
    own_search(request, search_id)
    resources(request).store.remove_search(search_id, request.state.user.name)
    return RedirectResponse("/saved", 303)


def _fields() -> set[str]:
    return {field.alias or name for name, field in NewSearch.model_fields.items()}
