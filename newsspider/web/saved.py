"""Saved searches through the API: each user's own, with their feeds and what was found for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from newsspider import alerts
from newsspider.alerts.searches import MAX_NAME
from newsspider.errors import FetchError
from newsspider.items import Secret
from newsspider.net import Guard
from newsspider.search import FILTERS
from newsspider.store import SavedSearch
from newsspider.store.searches import MOST_SEARCHES
from newsspider.web.access import READER
from newsspider.web.api import ERRORS, resources
from newsspider.web.invalid import refusal
from newsspider.web.parameters import Search
from newsspider.web.problems import errors
from newsspider.web.views import AlertsView, AlertView, NewSearchView, SavedSearchesView, SavedSearchView

router = APIRouter(prefix="/api/v1/searches", responses=ERRORS | errors(409), tags=["saved searches"], dependencies=[READER])


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME), Field(description="What to call it.")]


class NewSearch(Search):
    """A search to keep, with its filters."""

    model_config = ConfigDict(extra="forbid")  # a filter by a wrong name would be none

    name: Name
    webhook_url: str = Field("", max_length=2_000, description="Post each new article to this address, signed; nothing: none.")


class Renaming(BaseModel):
    """Another name for a search."""

    model_config = ConfigDict(extra="forbid")

    name: Name


@router.get("")
def searches(request: Request) -> SavedSearchesView:
    """One's own saved searches, the oldest first."""
    return SavedSearchesView(searches=[view(search) for search in resources(request).store.searches(request.state.user.name)])


@router.post("", status_code=201)
def save(request: Request, asked: NewSearch) -> NewSearchView:
    """Keep a search. The secret that signs what its webhook gets is told only here."""
    return new_view(save_search(request, asked))


@router.get("/{search_id}")
def search(request: Request, search_id: str) -> SavedSearchView:
    """One of one's own saved searches."""
    return view(own_search(request, search_id))


@router.patch("/{search_id}")
def rename(request: Request, search_id: str, asked: Renaming) -> SavedSearchView:
    """Give a search another name. The addresses of its feeds stay, and what was found for it."""
    return view(rename_search(request, search_id, asked))


@router.post("/{search_id}/secrets/{secret}")
def rotate(request: Request, search_id: str, secret: Secret) -> NewSearchView:
    """Another address for a search's feeds, or another secret for its webhook, told only here; the old one ends at once."""
    renewed = renew_secret(request, search_id, secret)
    return new_view(renewed if secret is Secret.WEBHOOK else replace(renewed, webhook_secret=None))


@router.delete("/{search_id}", status_code=204)
def remove(request: Request, search_id: str) -> None:
    """Forget a search: its feeds end."""
    own_search(request, search_id)
    resources(request).store.remove_search(search_id, request.state.user.name)


@router.get("/{search_id}/alerts")
def found(request: Request, search_id: str) -> AlertsView:
    """What was found for a search since it was saved, the newest first: one alert a family."""
    alerts_of = resources(request).store.alerts(own_search(request, search_id).id)
    return AlertsView(alerts=[AlertView.of(alert) for alert in alerts_of])


def save_search(request: Request, asked: NewSearch) -> SavedSearch:
    """Raises QueryError, HTTPException 409 for one search too many, RequestValidationError for a webhook that must not or cannot be reached."""
    here, owner = resources(request), request.state.user.name
    if len(here.store.searches(owner)) >= MOST_SEARCHES:
        raise HTTPException(409, "too_many_searches")
    guard = Guard.from_config(here.config.net)
    try:
        return alerts.save_search(here.store, guard, asked.name, asked.q, asked.found(), owner=owner, webhook_url=asked.webhook_url)
    except FetchError as e:
        raise refusal("webhook_url", "unreachable") from e


def rename_search(request: Request, search_id: str, asked: Renaming) -> SavedSearch:
    """Raises HTTPException 404 for what is none of the user's searches."""
    renamed = alerts.rename_search(resources(request).store, own_search(request, search_id).id, asked.name)
    if renamed is None:
        raise HTTPException(404)
    return renamed


def renew_secret(request: Request, search_id: str, secret: Secret) -> SavedSearch:
    """Raises HTTPException 404 for what is none of the user's searches, and for the webhook of one that has none."""
    renewed = resources(request).store.renew_secret(own_search(request, search_id).id, secret)
    if renewed is None:
        raise HTTPException(404)
    return renewed


def own_search(request: Request, search_id: str) -> SavedSearch:
    """Raises HTTPException 404 for what is none of the user's searches."""
    saved = resources(request).store.search(search_id)
    if saved is None or saved.owner != request.state.user.name:
        raise HTTPException(404)
    return saved


def view(saved: SavedSearch) -> SavedSearchView:
    atom, json = saved.feed_paths
    return SavedSearchView(
        id=saved.id,
        name=saved.name,
        q=saved.query,
        filters=_in_address(saved.filters),
        created_at=saved.created_at,
        webhook_url=saved.webhook_url,
        page=f"/?{urlencode({'q': saved.query} | _in_address(saved.filters), doseq=True)}",
        atom=atom,
        json_feed=json,
    )


def new_view(saved: SavedSearch) -> NewSearchView:
    return NewSearchView(**view(saved).model_dump(), webhook_secret=saved.webhook_secret)


def _in_address(filters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: filters[field] for name, field in FILTERS.items() if field in filters}
