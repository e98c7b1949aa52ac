"""Dead letters, sent again: the present state of their articles, after whatever was at fault was mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from newsspider.engines import Engine
from newsspider.indexing.sync import SyncReport, delivering
from newsspider.items import Change, Delivery
from newsspider.store import Owner, Store

AT_ONCE = 100


def retry(
    store: Store, engine: Engine, owner: Owner, article_ids: Sequence[str], *, progress: Callable[[int], None] = lambda done: None
) -> SyncReport:
    """Apply these articles as they are now. What is indexed is a dead letter no more; `pending` counts those that could not be tried.

    Raises EngineError, also while another process delivers to the index, and then the dead letters that were not reached are as before.
    """
    report = SyncReport()
    with delivering(store, engine.index_id, owner) as keep:
        for start in range(0, len(article_ids), AT_ONCE):
            keep()
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
