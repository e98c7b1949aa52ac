"""Saved searches: keeping one that can be evaluated, and what it asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from newsspider.engines import Engine
from newsspider.engines.shown import hit, shown
from newsspider.errors import FetchError, QueryError
from newsspider.net import Guard
from newsspider.search import LISTS, Match, Query, Results, Sort, parse_query
from newsspider.store import SavedSearch, Store
from newsspider.urls import DEFAULT_PORTS

DAYS = ("day_from", "day_to")
MAX_NAME = 100  # characters
ENTRIES = 50  # of a feed


def save_search(
    store: Store, guard: Guard, name: str, text: str, query: Query, *, owner: str, webhook_url: str | None = None
) -> SavedSearch:
    """Keep the search for `text` with the filters of `query`.

    Raises QueryError for a text that is no search and a name that is none, AddressBlocked or FetchError for a webhook that must not or cannot be
    reached, StoreError when the owner has too many.
    """
    name = _name(name)
    parse_query(text)
    if webhook_url:
        require_reachable(guard, webhook_url)
    return store.save_search(name, text, filters_of(query), owner=owner, webhook_url=webhook_url or None)


def rename_search(store: Store, search_id: str, name: str) -> SavedSearch | None:
    """The search by another name; None where there is no such search. Raises QueryError for a name that is none."""
    return store.rename_search(search_id, _name(name))


def _name(text: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= MAX_NAME:
        raise QueryError(f"a saved search needs a name of 1 to {MAX_NAME} characters")
    return name


def require_reachable(guard: Guard, url: str) -> None:
    """Raises AddressBlocked when the guard refuses the host of `url`, FetchError when that is no web address or its host cannot be found."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as e:
        raise FetchError(f"{url}: is no web address ({e})") from e
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.username is not None:
        raise FetchError(f"{url}: a webhook is an address that begins with https:// or http://, without a user name in it")
    try:
        guard.resolve(parts.hostname, port or DEFAULT_PORTS[parts.scheme])
    except OSError as e:
        raise FetchError(f"{url}: its host cannot be found ({e})") from e


def filters_of(query: Query) -> dict[str, Any]:
    """The filters of a query as JSON has them; without those that let everything through."""
    lists = {name: list(values) for name in LISTS.values() if (values := getattr(query, name))}
    days = {name: day.isoformat() for name in DAYS if (day := getattr(query, name))}
    return lists | days | ({"match": query.match.value} if query.match is not Match.AUTO else {})


def query_of(search: SavedSearch) -> Query:
    """What the search asks for, the newest first. Raises QueryError when this version cannot read it."""
    filters = search.filters
    values: dict[str, Any] = {name: tuple(filters[name]) for name in LISTS.values() if name in filters}
    values |= {name: date.fromisoformat(filters[name]) for name in DAYS if name in filters}
    return parse_query(search.query, **values, match=Match(filters.get("match", Match.AUTO)), sort=Sort.NEWEST)


def feed(store: Store, engine: Engine, search: SavedSearch) -> Results:
    """What its feeds show: what was found last, then the newest articles that it finds by now, each family once.

    Raises EngineError, or QueryError as `query_of`.
    """
    query = query_of(search)
    told = [hit(shown(alert.article), 0.0, query.marks) for alert in store.alerts(search.id, ENTRIES)]
    found = engine.search(replace(query, limit=ENTRIES)).hits if len(told) < ENTRIES else ()
    first = {entry.family_id: entry for entry in reversed((*told, *found))}
    entries = [entry for entry in (*told, *found) if first[entry.family_id] is entry]
    return Results(len(entries), tuple(entries[:ENTRIES]), took=0.0)
