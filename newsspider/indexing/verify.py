"""Whether an index holds what the store says it should, article by article, and how it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from newsspider.config import IndexConfig
from newsspider.engines import Engine
from newsspider.indexing.sync import SyncReport, sync
from newsspider.items import Change, Delivered, Delivery, StoredArticle
from newsspider.store import Owner, Store

PAGE = 100  # articles compared at once
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Drift:
    """An article of which the index holds nothing (missing), something else than the store's state (stale), or one that the store does not
    have (orphaned)."""

    article_id: str
    kind: str
    url: str | None


def verify(store: Store, engine: Engine, *, progress: Callable[[int], None] = lambda done: None) -> list[Drift]:
    """Compare the whole of both. What is pending or a dead letter is known to be lacking and is no drift.

    A difference counts only if it is still there when both are looked at again, so deliveries may go on meanwhile. `progress` is called with
    the number of articles compared. Raises EngineError.
    """
    engine.refresh()
    suspects: list[str] = []
    done = 0
    for page in _pages(store.articles(), PAGE):
        suspects += [drift.article_id for drift in compare(store, engine, page)]
        progress(done := done + len(page))
    for ids in _pages(engine.ids(), PAGE):
        known = store.existing(ids)
        suspects += [one for one in ids if one not in known]
    return again(store, engine, suspects)


def again(store: Store, engine: Engine, article_ids: Iterable[str]) -> list[Drift]:
    """Which of these articles differ now."""
    found: list[Drift] = []
    for page in _pages(iter(article_ids), PAGE):
        changes = {one: store.change(one) for one in page}
        present = [change.article for change in changes.values() if change and change.article]
        gone = [one for one, change in changes.items() if not change or not change.article]
        found += compare(store, engine, present)
        found += [Drift(one, "orphaned", None) for one in engine.held(gone) if not _is_pending(store, engine, changes[one])]
    return found


def compare(store: Store, engine: Engine, articles: Sequence[StoredArticle]) -> list[Drift]:
    """Which of these articles the index does not hold as they are, though it should."""
    held = engine.held([article.id for article in articles])
    differing = [article for article in articles if article.id not in held or held[article.id] != _kept(engine, article)]
    if not differing:
        return []
    checkpoint = store.checkpoint(engine.index_id)
    dead = {letter.article_id for letter in store.dead(engine.index_id)}
    return [
        Drift(article.id, "stale" if article.id in held else "missing", article.url)
        for article in differing
        if article.change_no <= checkpoint and article.id not in dead
    ]


def fix(store: Store, engine: Engine, owner: Owner, config: IndexConfig, drifts: Sequence[Drift]) -> tuple[list[Drift], SyncReport]:
    """Deliver what is missing or stale anew, and delete what is orphaned; what differs still, and what became of the delivery."""
    known = [drift.article_id for drift in drifts if store.change(drift.article_id)]
    strangers = {drift.article_id for drift in drifts}.difference(known)
    refused: list[Delivered] = []
    for page in _pages(iter(strangers), PAGE):
        deleted = engine.apply([Change(store.last_change(), one, None) for one in page])
        refused += [one for one in deleted if one.delivery is not Delivery.INDEXED]
    store.renew(known)
    report = sync(store, engine, owner, config)
    if refused and not report.problem:
        report.problem, report.kind = refused[0].reason, refused[0].error_type
    return again(store, engine, [drift.article_id for drift in drifts]), report


def _is_pending(store: Store, engine: Engine, change: Change | None) -> bool:
    return change is not None and change.change_no > store.checkpoint(engine.index_id)


def _kept(engine: Engine, article: StoredArticle) -> object:
    try:
        return engine.kept(article)
    except ValueError:
        return None  # a text that no index takes


def _pages(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while page := list(islice(items, size)):
        yield page
