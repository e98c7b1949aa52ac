"""What is new in each saved search: the search itself, asked of the articles that became searchable since it was last looked at.

The current index is complete up to its checkpoint, and a search remembers the change up to which it has been looked at. What lies between the two is
searched for in steps; each step's matches and the search's new place are stored in one transaction, so that nothing is missed or told twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from newsspider.alerts.searches import query_of
from newsspider.engines import Engine
from newsspider.errors import EngineError, QueryError
from newsspider.search import Hit, Match, Query, Segment
from newsspider.search.matching import ALL_UP_TO
from newsspider.search.query import MAX_LIMIT
from newsspider.store import Match as Found
from newsspider.store import SavedSearch, Store

STEP = MAX_LIMIT  # articles; so one page holds all that a step finds


def evaluate(store: Store, engine: Engine, going_on: Callable[[], None] = lambda: None) -> tuple[int, list[str]]:
    """Look at all that became searchable for every saved search: how many alerts that made, and which searches could not be read.

    `going_on` is called before each step, and may raise. Raises EngineError, AnalysisMismatch or StoreError; what was evaluated until then stays.
    """
    current_id = next((index.index_id for index in engine.indexes() if index.current), None)
    if current_id is None:
        return 0, []
    current = engine.at(current_id)
    upto = store.checkpoint(current.index_id)  # read before the refresh, which shows at least as much
    current.refresh()
    made, problems = 0, []
    for search in store.searches():
        try:
            query = strict(query_of(search))
        except QueryError as e:
            problems.append(f"saved search {search.name!r} of {search.owner}: {e}")
            continue
        made += _evaluate(store, current, search, query, upto, going_on)
    return made, problems


def _evaluate(store: Store, engine: Engine, search: SavedSearch, query: Query, upto: int, going_on: Callable[[], None]) -> int:
    made, after = 0, search.change_no
    while after < upto:
        going_on()
        changed = store.changed_ids(after, upto, STEP)
        results = engine.search(replace(query, ids=tuple(article_id for _, article_id in changed))) if changed else None
        if results and results.partial:
            raise EngineError(f"{search.name}: a part of the index did not answer in time; the next run asks again")
        after = changed[-1][0] if len(changed) == STEP else upto
        made += store.note_matches(search, [_found(search, hit) for hit in results.hits] if results else [], after)
    return made


def strict(query: Query) -> Query:
    """The query without the leniency of a search that finds hardly anything, for few new articles are always hardly anything."""
    match = query.match
    if match is Match.AUTO:
        match = Match.ALL if len(query.terms) <= ALL_UP_TO else Match.MOST
    return replace(query, match=match, limit=STEP)


def _found(search: SavedSearch, hit: Hit) -> Found:
    """The match and its message, in the shape that the Standard Webhooks specification recommends: type, timestamp, data."""
    body = {
        "type": "search.matched",
        "timestamp": hit.first_seen_at.isoformat(),
        "data": {
            "search": {"id": search.id, "name": search.name, "query": search.query},
            "article": {
                "id": hit.id,
                "url": hit.url,
                "source": hit.source,
                "title": _text(hit.title),
                "snippet": _text(hit.snippet),
                "published_at": hit.published_at and hit.published_at.isoformat(),
                "precision": hit.precision,
                "published_day": hit.published_day and hit.published_day.isoformat(),
                "first_seen_at": hit.first_seen_at.isoformat(),
                "section": hit.section,
                "authors": hit.authors,
                "tags": hit.tags,
                "family_id": hit.family_id,
            },
        },
    }
    return Found(hit.id, hit.family_id, json.dumps(body, ensure_ascii=False))


def _text(segments: tuple[Segment, ...]) -> str:
    return "".join(segment.text for segment in segments)
