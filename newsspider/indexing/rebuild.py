"""A new index from the store, while the old one is searched and crawls go on; interrupted anywhere, the next rebuild finishes it."""

from __future__ import annotations

from collections.abc import Callable

from newsspider.config import IndexConfig
from newsspider.engines import Engine
from newsspider.errors import EngineError
from newsspider.indexing.sync import SyncReport, sync
from newsspider.indexing.verify import again
from newsspider.store import Owner, Store
from newsspider.text.amounts import amount

SAMPLE = 1000  # articles compared whole before an index becomes current


def rebuild(
    store: Store,
    engine: Engine,
    owner: Owner,
    config: IndexConfig,
    *,
    progress: Callable[[SyncReport], None] = lambda report: None,
) -> Engine:
    """Fill a new concrete index from the store, compare the counts and a sample, and make it the current one; the old one is kept until it
    is dropped.

    Goes on with an index that an interrupted rebuild left behind. Raises EngineError when the index could not be filled or does not hold
    what the store does; the old index is then still the current one.
    """
    target = _unfinished(engine) or engine.create()
    report = sync(store, target, owner, config, progress=progress)
    if report.pending:
        raise EngineError(
            f"the new index is not complete: {amount(report.pending, 'change')} pending ({report.problem}); run `newsspider index rebuild` again"
        )
    _check(store, target)
    target.promote()
    sync(store, target, owner, config)  # what a crawl stored meanwhile
    return target


def _check(store: Store, target: Engine) -> None:
    """Raises EngineError when the index lacks articles, or holds one of a sample otherwise than the store."""
    checkpoint = store.checkpoint(target.index_id)
    indexed, dead, stored = target.count(), len(store.dead(target.index_id)), store.stored(checkpoint)
    if indexed + dead < stored:
        raise EngineError(
            f"of {amount(stored, 'article')} in the store the new index holds {indexed}, and {dead} as dead letters; it was not made current"
        )
    sample = store.sample(checkpoint, SAMPLE)
    if drifts := again(store, target, sample):
        raise EngineError(
            f"of {amount(len(sample), 'article')} looked at, the new index lacks {len(drifts)} or holds them otherwise, such as {drifts[0].url}; "
            "it was not made current"
        )


def _unfinished(engine: Engine) -> Engine | None:
    """The newest index that was begun after the current one and holds what this version makes."""
    indexes = engine.indexes()
    current = next((index for index in indexes if index.current), None)  # None: it is damaged
    begun = (engine.at(index.index_id) for index in reversed(indexes) if not current or index.created > current.created)
    return next((target for target in begun if target.is_of_this_version), None)
