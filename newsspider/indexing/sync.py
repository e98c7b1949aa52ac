"""One delivery: everything after the checkpoint, oldest first, batch by batch, under the index's lease."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import takewhile

from newsspider.config import IndexConfig
from newsspider.engines import Engine
from newsspider.errors import AnalysisMismatch, EngineError, EngineUnavailable
from newsspider.items import Change, Delivered, Delivery
from newsspider.store import Owner, Store

_delivering = threading.Lock()  # the lease is the process's; its threads take turns

LEASE_SECONDS = 60.0  # one whose owner died is free after this long at most
RENEWED_AFTER = 10.0  # seconds: each renewal is a write, synced to disk
AT_ONCE = 3  # batches: while an engine has two under way, the next is made ready
# Documents in a batch where two are under way: the smaller they are, the sooner the second begins, and both end together.
SIDE_BY_SIDE = 200
READ_AT_ONCE = 100  # changes: an article may have a megabyte of text


@dataclass(slots=True)
class SyncReport:
    """What a delivery did: documents indexed and dead, and how many changes still wait, with the reason.

    `kind` is the reason's type: of a reason that lasts, the text may change with every try.
    """

    indexed: int = 0
    dead: int = 0
    pending: int = 0
    problem: str = ""
    kind: str = ""

    def __iadd__(self, other: SyncReport) -> SyncReport:
        self.indexed += other.indexed
        self.dead += other.dead
        self.pending, self.problem, self.kind = other.pending, other.problem, other.kind
        return self


class Taken(EngineUnavailable):
    """Another process has the index's lease."""


TAKEN = Taken.__name__  # the kind of problem that is none


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

    An engine that is away or refuses, or a lease that another process holds, is no error: the changes stay pending and the report says why,
    as does the store. Raises AnalysisMismatch when only a rebuild helps.
    """
    try:
        index_id = engine.index_id
    except EngineUnavailable as e:  # which index is written to cannot be known, nor what it has
        return SyncReport(pending=store.pending(0), problem=str(e), kind=type(e).__name__)
    report = SyncReport()
    try:
        with delivering(store, index_id, owner) as keep:
            _sync(store, engine, config, report, keep, progress, stopped)
    except AnalysisMismatch:
        raise
    except EngineError as e:
        report.problem, report.kind = str(e), type(e).__name__
    backlog = store.backlog(index_id)
    report.pending = backlog.pending
    if report.problem != backlog.problem and report.kind != TAKEN:
        store.set_problem(index_id, report.problem)
    return report


@contextmanager
def delivering(store: Store, index_id: str, owner: Owner) -> Iterator[Callable[[], None]]:
    """Holds the index's lease; what it gives is called all along and renews that in time. Both raise Taken."""
    name, due = f"index:{index_id}", 0.0

    def keep() -> None:
        nonlocal due
        if time.monotonic() < due:
            return
        if not store.take_lease(name, owner, LEASE_SECONDS):
            raise Taken("another process is delivering to this index")
        due = time.monotonic() + RENEWED_AFTER

    with _delivering:
        try:
            keep()
            yield keep
        finally:
            store.drop_lease(name, owner)


def _sync(
    store: Store, engine: Engine, config: IndexConfig, report: SyncReport,
    keep: Callable[[], None], progress: Callable[[SyncReport], None], stopped: Callable[[], bool],
) -> None:  # fmt: skip
    index_id = engine.index_id
    buried = {letter.article_id for letter in store.dead(index_id)}
    with closing(_applied(engine, _batches(store, engine, config, keep, stopped), keep)) as applied:
        for delivered in applied:
            if not _settle(store, index_id, delivered, buried, report):
                return
            progress(report)
    engine.refresh()


def _batches(
    store: Store, engine: Engine, config: IndexConfig, keep: Callable[[], None], stopped: Callable[[], bool]
) -> Iterator[list[Change]]:
    """The changes after the checkpoint in order, in runs of at most so many and so many bytes of text (UTF-8; a single larger one goes alone)."""
    after, size = store.checkpoint(engine.index_id), 0
    most = config.batch_documents if engine.in_order else min(config.batch_documents, SIDE_BY_SIDE)
    batch: list[Change] = []
    while not stopped() and (changes := store.changes(after, min(READ_AT_ONCE, most))):
        keep()
        for change in changes:
            weight = len(change.article.body.encode("utf-8", "replace")) + 2_000 if change.article else 100
            if batch and (size + weight > config.batch_bytes or len(batch) == most):
                yield batch
                batch, size = [], 0
            batch.append(change)
            size += weight
        after = changes[-1].change_no
    if batch:
        yield batch


def _applied(engine: Engine, batches: Iterator[list[Change]], keep: Callable[[], None]) -> Generator[list[Delivered]]:
    """What became of each batch, in order; those after it are under way meanwhile, or made ready."""
    under_way: deque[Future[list[Delivered]]] = deque()
    with ThreadPoolExecutor(1 if engine.in_order else AT_ONCE, "deliver") as pool:
        for batch in batches:
            under_way.append(pool.submit(engine.apply, batch))
            if len(under_way) == AT_ONCE:
                yield _awaited(under_way.popleft(), keep)
        while under_way:
            yield _awaited(under_way.popleft(), keep)


def _awaited(future: Future[list[Delivered]], keep: Callable[[], None]) -> list[Delivered]:
    while not wait([future], LEASE_SECONDS / 3).done:
        keep()
    return future.result()


def _settle(store: Store, index_id: str, delivered: Sequence[Delivered], buried: set[str], report: SyncReport) -> bool:
    """Move the checkpoint over what is indexed or dead; False when a change stayed pending, behind which it must not pass."""
    settled = list(takewhile(lambda one: one.delivery is not Delivery.PENDING, delivered))
    for one in settled:
        if one.delivery is Delivery.DEAD:
            store.bury(index_id, one)
            report.dead += 1
        else:
            report.indexed += 1
            if one.article_id in buried:
                store.unbury(index_id, one.article_id)
    if settled:
        store.set_checkpoint(index_id, settled[-1].change_no)
    if len(settled) < len(delivered):
        pending = delivered[len(settled)]
        report.problem, report.kind = pending.reason, pending.error_type
        return False
    return True
