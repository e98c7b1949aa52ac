"""One delivery: everything after the checkpoint, batch by batch, under the index's lease."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from newsspider.config import IndexConfig
from newsspider.engines import Engine
from newsspider.errors import AnalysisMismatch, EngineError, EngineUnavailable
from newsspider.items import Change, Delivered, Delivery
from newsspider.store import Owner, Store

_delivering = threading.Lock()  # the lease is the process's; its threads take turns

LEASE_SECONDS = 60.0  # taken anew before every batch; one whose owner died is free after this long at most


@dataclass(slots=True)
class SyncReport:
    """What a delivery did: documents indexed and dead, and how many changes still wait, with the reason."""

    indexed: int = 0
    dead: int = 0
    pending: int = 0
    problem: str = ""

    def __iadd__(self, other: SyncReport) -> SyncReport:
        self.indexed += other.indexed
        self.dead += other.dead
        self.pending, self.problem = other.pending, other.problem
        return self


def sync(
    store: Store,
    engine: Engine,
    owner: Owner,
    config: IndexConfig,
    *,
    progress: Callable[[SyncReport], None] = lambda report: None,
    stopped: Callable[[], bool] = lambda: False,
) -> SyncReport:
    """Bring `engine` up to the store's last change and say how far that went.

    An engine that is away or refuses, or a lease that another process holds, is no error: the changes stay pending and the report says why.
    Raises AnalysisMismatch when only a rebuild helps.
    """
    try:
        index_id = engine.index_id
    except EngineUnavailable as e:  # which index is written to cannot be known, nor what it has
        return SyncReport(pending=store.pending(0), problem=str(e))
    with _delivering:
        report = _sync(store, engine, owner, config, progress, stopped)
    report.pending = store.pending(store.checkpoint(index_id))
    return report


def _sync(
    store: Store, engine: Engine, owner: Owner, config: IndexConfig, progress: Callable[[SyncReport], None], stopped: Callable[[], bool]
) -> SyncReport:
    report = SyncReport()
    lease = f"index:{engine.index_id}"
    try:
        while not stopped():
            if not store.take_lease(lease, owner, LEASE_SECONDS):
                report.problem = "another process is delivering to this index"
                break
            after = store.checkpoint(engine.index_id)
            changes = store.changes(after, config.batch_documents)
            if not changes:
                break
            for batch in _batches(changes, config.batch_bytes):
                if not _deliver(store, engine, batch, report):
                    return report
                progress(report)
        engine.refresh()
    except AnalysisMismatch:
        raise
    except EngineError as e:
        report.problem = str(e)
    finally:
        store.drop_lease(lease, owner)
    return report


def _deliver(store: Store, engine: Engine, batch: Sequence[Change], report: SyncReport) -> bool:
    """Apply one batch and move the checkpoint; False when a change stayed pending, behind which it must not pass."""
    for delivered in engine.apply(batch):
        if delivered.delivery is Delivery.PENDING:
            report.problem = delivered.reason
            return False
        _settle(store, engine.index_id, delivered, report)
    store.set_checkpoint(engine.index_id, batch[-1].change_no)
    return True


def _settle(store: Store, index_id: str, delivered: Delivered, report: SyncReport) -> None:
    if delivered.delivery is Delivery.DEAD:
        store.bury(index_id, delivered)
        report.dead += 1
    else:
        report.indexed += 1


def _batches(changes: Sequence[Change], most_bytes: int) -> Iterator[list[Change]]:
    """The changes in order, in runs of at most `most_bytes` of text (UTF-8; a single larger one goes alone)."""
    batch: list[Change] = []
    size = 0
    for change in changes:
        weight = len(change.article.body.encode("utf-8", "replace")) + 2_000 if change.article else 100
        if batch and size + weight > most_bytes:
            yield batch
            batch, size = [], 0
        batch.append(change)
        size += weight
    if batch:
        yield batch
