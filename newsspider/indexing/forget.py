"""A takedown, everywhere: store, archive, every index. Exports are read from the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newsspider import archive
from newsspider.engines import Engine
from newsspider.errors import EngineError
from newsspider.items import Change, Delivery
from newsspider.store import Store

AT_ONCE = 500  # deletions in one delivery


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many articles and archived pages were removed; `problem` is why an index may still have some, empty when none has."""

    articles: int
    pages: int
    problem: str


def forget(store: Store, engine: Engine, archived: Path, asked: str) -> Forgotten:
    """Remove an address, or a domain and the hosts below it, and keep it out; `archived` is the archive's folder. Interrupted, do it again.

    Raises ValueError for what is neither, ArchiveError when pages could not be removed. An index that is away is no error: its deletions are
    in the change feed.
    """
    before = store.last_change()
    deletions = store.forget(asked)  # those of earlier takedowns too
    pages = archive.forget(archived, [capture.url for capture in archive.captures(archived) if store.is_forgotten(capture.url)])
    return Forgotten(sum(deletion.change_no > before for deletion in deletions), pages, _delete(engine, deletions))


def _delete(engine: Engine, deletions: Sequence[Change]) -> str:
    """Delete from every index, also from old ones that are kept; what went wrong."""
    try:
        for index in engine.indexes():
            if problem := _delete_from(engine.at(index.index_id), deletions):
                return problem
    except EngineError as e:
        return str(e)
    return ""


def _delete_from(engine: Engine, deletions: Sequence[Change]) -> str:
    for start in range(0, len(deletions), AT_ONCE):
        for delivered in engine.apply(deletions[start : start + AT_ONCE]):
            if delivered.delivery is not Delivery.INDEXED:
                return delivered.reason
    engine.refresh()
    return ""
