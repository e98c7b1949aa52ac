"""The page of saved searches."""

from __future__ import annotations

from typing import TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from newsspider.items import Secret
from newsspider.search import LISTS
from newsspider.store import SavedSearch
from newsspider.web.access import READER
from newsspider.web.api import resources
from newsspider.web.rendering import preferring, render
from newsspider.web.saved import NewSearch, Renaming, own_search, rename_search, renew_secret, save_search, view
from newsspider.web.signing_in import is_secure, read_form
from newsspider.web.views import AlertView

router = APIRouter(include_in_schema=False, dependencies=[READER])
TOLD_COOKIE = "newsspider_told"
SHOWN = 5  # alerts of each search
Asked = TypeVar("Asked", bound=BaseModel)


@router.get("/saved")
def saved_page(request: Request) -> Response:
    store = resources(request).store
    saved = [
        (view(search), [AlertView.of(alert) for alert in store.alerts(search.id, SHOWN)])
        for search in store.searches(request.state.user.name)
    ]
    told = request.cookies.get(TOLD_COOKIE, "")
    page = render(
        request,
        "saved.html",
        saved=saved,
        titles=resources(request).titles,
        base=str(request.base_url).rstrip("/"),
        told=told.partition(" "),
    )
    if told:
        page.delete_cookie(TOLD_COOKIE, "/saved", httponly=True, samesite="strict")
    return page


@router.post("/saved")
async def save(request: Request) -> Response:
    """Raises RequestValidationError, and what `save_search` raises."""
    saved = await run_in_threadpool(save_search, request, await _asked(request, NewSearch))
    return _telling_secret(request, saved) if saved.webhook_secret else _back_to(request, saved)


@router.post("/saved/{search_id}/rename")
async def rename(request: Request, search_id: str) -> Response:
    """Raises RequestValidationError, and what `rename_search` raises."""
    return _back_to(request, await run_in_threadpool(rename_search, request, search_id, await _asked(request, Renaming)))


@router.post("/saved/{search_id}/secrets/{secret}")
def rotate(request: Request, search_id: str, secret: Secret) -> Response:
    renewed = renew_secret(request, search_id, secret)
    return _telling_secret(request, renewed) if secret is Secret.WEBHOOK else _back_to(request, renewed)


@router.post("/saved/{search_id}/remove")
def remove(request: Request, search_id: str) -> Response:
    own_search(request, search_id)
    resources(request).store.remove_search(search_id, request.state.user.name)
    return RedirectResponse(f"/saved{preferring(request.query_params)}", 303)


def _back_to(request: Request, saved: SavedSearch) -> RedirectResponse:
    return RedirectResponse(f"/saved{preferring(request.query_params)}#{saved.id}", 303)


def _telling_secret(request: Request, saved: SavedSearch) -> Response:
    """Back to the page, which shows the webhook's secret this once: the cookie that carries it there ends with it."""
    response = _back_to(request, saved)
    response.set_cookie(
        TOLD_COOKIE,
        f"{saved.id} {saved.webhook_secret}",
        max_age=60,
        path="/saved",
        httponly=True,
        samesite="strict",
        secure=is_secure(request),
    )
    return response


async def _asked(request: Request, model: type[Asked]) -> Asked:
    """What a form asks for, without the fields that are none of the model's. Raises RequestValidationError."""
    form = await read_form(request)
    known = {field.alias or name for name, field in model.model_fields.items()}
    given = {name: values if name in LISTS else values[0] for name, values in form.items() if name in known}
    try:
        return model.model_validate(given)
    except ValidationError as e:
        raise RequestValidationError(e.errors()) from e
