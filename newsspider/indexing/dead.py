"""Dead letters, sent again: the present state of their articles, after whatever was at fault was mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from newsspider.engines import Engine
from newsspider.indexing.sync import SyncReport
from newsspider.items import Change, Delivery
from newsspider.store import Store

AT_ONCE = 100


def retry(store: Store, engine: Engine, article_ids: Sequence[str], *, progress: Callable[[int], None] = lambda done: None) -> SyncReport:
    """Apply these articles as they are now. What is indexed is a dead letter no more; `pending` counts those that could not be tried.

    Raises EngineError, and then the dead letters that were not reached are as before.
    """
    report = SyncReport()
    for start in range(0, len(article_ids), AT_ONCE):
        changes = [store.change(one) or Change(0, one, None) for one in article_ids[start : start + AT_ONCE]]
        for delivered in engine.apply(changes):
            if delivered.delivery is Delivery.INDEXED:
                store.unbury(engine.index_id, delivered.article_id)
                report.indexed += 1
            elif delivered.delivery is Delivery.DEAD:
                store.bury(engine.index_id, delivered)
                report.dead += 1
            else:
                report.pending += 1
                report.problem, report.kind = delivered.reason, delivered.error_type
        progress(start + len(changes))
    engine.refresh()
    return report
