"""Everything that ever happened to one address, in the order of time, and where it stands now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newsspider.items import StoredArticle
from newsspider.store import IndexState, Store, Waiting

DETAILS = {
    "visited": "{outcome}, {reason} (run {run})",
    "visiting": "to be visited by run {run}",
    "found": "under {url}",
    "stored": "article {article} of {source}, «{title}»",
    "dated": "version {version}, published {published} to the {precision}: {reason}",
    "undated": "version {version}, no date: {reason}",
    "revised": "version {version}, «{title}», was superseded",
    "indexed": "change {change} in {index}",
    "refused": "by {index}: {error}",
    "alerted": "saved search {search!r} of {owner}",
    "deleted": "from index {index}",
    "gone": "the site has it no more",
}
"""What each kind of event says; every language of the web has the same."""


@dataclass(slots=True, frozen=True)
class Event:
    """`kind` is one of DETAILS, `facts` what stands in it."""

    at: datetime
    kind: str
    facts: Mapping[str, Any]

    @property
    def what(self) -> str:
        """One word of: visited, found, stored, revised, indexed, refused, alerted, deleted, gone."""
        return {"visiting": "visited", "dated": "stored", "undated": "stored"}.get(self.kind, self.kind)

    @property
    def detail(self) -> str:
        return DETAILS[self.kind].format(**self.facts)


@dataclass(slots=True, frozen=True)
class Trace:
    """`article` is None for an address without one, `article_id` is then still that of one that was deleted."""

    url: str
    events: tuple[Event, ...]
    waiting: Waiting | None
    article_id: str | None
    article: StoredArticle | None
    addresses: tuple[str, ...]
    indexes: tuple[IndexState, ...]
    forgotten: bool

    @property
    def known(self) -> bool:
        return bool(self.events or self.waiting or self.article_id or self.forgotten)


def trace(store: Store, url: str) -> Trace:
    """Raises ValueError for what is no web address, StoreError."""
    visits, waiting, article_id = store.visits(url), store.waiting_row(url), store.article_id_at(url)
    events = [
        _event(visit.ended_at or visit.began_at, "visited", outcome=visit.outcome, reason=visit.reason, run=visit.run_id)
        if visit.outcome
        else _event(visit.began_at, "visiting", run=visit.run_id)
        for visit in visits
    ]
    article = store.article(article_id) if article_id else None
    addresses = store.addresses(article_id) if article_id else []
    indexes = store.index_states(article_id) if article_id else []
    events += [_event(address.first_seen_at, "found", url=address.url) for address in addresses]
    if article:
        events += _of_article(store, article)
    elif article_id and (change := store.change(article_id)):
        events += [_event(state.delivered_at, "deleted", index=state.index_id) for state in indexes if state.delivered_at and change]
    return Trace(
        url=url,
        events=tuple(sorted(events, key=lambda event: event.at)),
        waiting=waiting,
        article_id=article_id,
        article=article,
        addresses=tuple(address.url for address in addresses),
        indexes=tuple(indexes),
        forgotten=store.is_forgotten(url),
    )


def _of_article(store: Store, article: StoredArticle) -> list[Event]:
    publication, at = article.publication, article.publication.published_at
    decided = {"published": at.isoformat(), "precision": publication.precision} if at else {}
    events = [
        _event(revision.superseded_at, "revised", version=revision.article.revision, title=revision.article.title)
        for revision in store.revisions(article.id)
    ]
    events.append(_event(article.first_seen_at, "stored", article=article.id, source=article.source, title=article.title))
    kind = "dated" if at else "undated"
    events.append(_event(article.updated_at, kind, version=article.revision, reason=publication.reason, **decided))
    for state in store.index_states(article.id):
        if state.delivered_at and not state.refused:
            events.append(_event(state.delivered_at, "indexed", change=article.change_no, index=state.index_id))
        elif state.refused and state.delivered_at:
            events.append(_event(state.delivered_at, "refused", index=state.index_id, error=state.refused))
    events += [_event(told.at, "alerted", search=told.search, owner=told.owner) for told in store.told_of(article.id)]
    if article.gone_at:
        events.append(_event(article.gone_at, "gone"))
    return events


def _event(at: datetime, kind: str, **facts: Any) -> Event:
    return Event(at, kind, facts)
