"""Everything that ever happened to one address, in the order of time, and where it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from newsspider.items import StoredArticle
from newsspider.store import IndexState, Store, Waiting


@dataclass(slots=True, frozen=True)
class Event:
    """`what` is one word of: visited, found, stored, revised, indexed, refused, alerted, deleted, gone."""

    at: datetime
    what: str
    detail: str


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
        Event(
            visit.ended_at or visit.began_at,
            "visited",
            f"{visit.outcome}, {visit.reason} (run {visit.run_id})" if visit.outcome else f"to be visited by run {visit.run_id}",
        )
        for visit in visits
    ]
    article = store.article(article_id) if article_id else None
    addresses = store.addresses(article_id) if article_id else []
    indexes = store.index_states(article_id) if article_id else []
    events += [Event(address.first_seen_at, "found", f"under {address.url}") for address in addresses]
    if article:
        events += _of_article(store, article)
    elif article_id and (change := store.change(article_id)):
        events += [
            Event(state.delivered_at, "deleted", f"from index {state.index_id}") for state in indexes if state.delivered_at and change
        ]
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
    published = article.publication
    decided = f"published {published.published_at.isoformat()} to the {published.precision}" if published.published_at else "no date"
    events = [
        Event(revision.superseded_at, "revised", f"version {revision.article.revision}, «{revision.article.title}», was superseded")
        for revision in store.revisions(article.id)
    ]
    events.append(Event(article.first_seen_at, "stored", f"article {article.id} of {article.source}, «{article.title}»"))
    events.append(Event(article.updated_at, "stored", f"version {article.revision}, {decided}: {published.reason}"))
    for state in store.index_states(article.id):
        if state.delivered_at and not state.refused:
            events.append(Event(state.delivered_at, "indexed", f"change {article.change_no} in {state.index_id}"))
        elif state.refused and state.delivered_at:
            events.append(Event(state.delivered_at, "refused", f"by {state.index_id}: {state.refused}"))
    events += [Event(told.at, "alerted", f"saved search {told.search!r} of {told.owner}") for told in store.told_of(article.id)]
    if article.gone_at:
        events.append(Event(article.gone_at, "gone", "the site has it no more"))
    return events
