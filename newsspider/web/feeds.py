"""Feeds of saved searches and of notices: open to whoever has the secret address, for feed readers sign in nowhere."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from newsspider import alerts, clock
from newsspider.config import Config
from newsspider.store import Notice, SavedSearch
from newsspider.web.access import IN_TURN, OPEN
from newsspider.web.api import resources
from newsspider.web.token import load_token
from newsspider.wording.languages import LANGUAGES
from newsspider.wording.notices import announced

router = APIRouter(include_in_schema=False)
FORMS = {
    "atom": (alerts.atom_feed, "application/atom+xml; charset=utf-8"),
    "json": (alerts.json_feed, "application/feed+json; charset=utf-8"),
}


def notices_path(config: Config) -> str:
    """Where the feed of notices is; another access token of the owner gives it another address."""
    key = hmac.digest(load_token(config).value.encode(), b"newsspider notices", "sha256").hex()
    return f"/feeds/notices.atom?key={key}"


@router.get("/feeds/notices.atom", dependencies=[OPEN])
def notices(request: Request, key: str = "") -> Response:
    here = resources(request)
    if not hmac.compare_digest(notices_path(here.config).encode(), f"/feeds/notices.atom?key={key}".encode("utf-8", "replace")):
        raise HTTPException(404)
    found = here.store.notices()
    updated = max((notice.last_at for notice in found), default=clock.now())
    language = LANGUAGES.get(request.query_params.get("lang", ""), LANGUAGES[here.config.language])

    def say(notice: Notice, ended: bool) -> tuple[str, str]:
        return announced(language, notice, here.titles.get(notice.source, notice.source), ended=ended)

    return Response(alerts.notices_feed("newsspider", str(request.url), found, updated, say), media_type=FORMS["atom"][1])


def _opened(request: Request, search_id: str, form: str, key: str = "") -> SavedSearch:
    """The search whose feed this is. Raises HTTPException 404 without its secret, and 429 for one that is read oftener than one may search."""
    search = resources(request).store.search(search_id)
    if search is None or not search.opens_with(key) or form not in FORMS:
        raise HTTPException(404)
    if wait := request.app.state.limits["searches"].take(f"feed {search.id}"):
        raise HTTPException(429, headers={"Retry-After": str(wait)})
    return search


OPENED = Depends(_opened)


@router.get("/feeds/{search_id}.{form}", dependencies=[OPEN, OPENED, IN_TURN])
def feed(request: Request, search: Annotated[SavedSearch, OPENED], form: str) -> Response:
    write, media_type = FORMS[form]
    results = alerts.feed(resources(request).store, resources(request).engine, search)
    updated = max((hit.first_seen_at for hit in results.hits), default=search.created_at)
    return Response(write(search.name, str(request.url), results, updated), media_type=media_type)
