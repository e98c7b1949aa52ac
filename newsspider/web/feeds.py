"""Feeds of saved searches: open to whoever has the secret address, for feed readers sign in nowhere."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response

from newsspider import alerts
from newsspider.web.access import OPEN
from newsspider.web.api import resources

router = APIRouter(include_in_schema=False)
FORMS = {
    "atom": (alerts.atom_feed, "application/atom+xml; charset=utf-8"),
    "json": (alerts.json_feed, "application/feed+json; charset=utf-8"),
}


@router.get("/feeds/{search_id}.{form}", dependencies=[OPEN])
def feed(request: Request, search_id: str, form: str, key: str = "") -> Response:
    search = resources(request).store.search(search_id)
    if search is None or not search.opens_with(key) or form not in FORMS:
        raise HTTPException(404)
    write, media_type = FORMS[form]
    results = alerts.feed(resources(request).store, resources(request).engine, search)
    updated = max((hit.first_seen_at for hit in results.hits), default=search.created_at)
    return Response(write(search.name, str(request.url), results, updated), media_type=media_type)
