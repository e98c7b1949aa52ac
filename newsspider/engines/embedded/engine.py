"""The embedded engine: applying changes to one concrete index, and searching the current one."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Self

import tantivy

from newsspider.engines.embedded.compiler import compile_query
from newsspider.engines.embedded.folder import Concrete, IndexFolder
from newsspider.engines.embedded.reader import Reader, reported
from newsspider.engines.embedded.schema import document
from newsspider.engines.protocol import IndexInfo
from newsspider.engines.shown import hit
from newsspider.items import Change, Delivered, Delivery
from newsspider.search import Query, Results, relaxing

WRITER_BYTES = 64 << 20
WRITER_THREADS = 1


class EmbeddedEngine:
    """See `engines.protocol.Engine`. Any number of processes may search while one at a time applies changes; threads may share an engine."""

    def __init__(self, folder: IndexFolder, concrete: Concrete, *, follows: bool) -> None:
        self._folder = folder
        self._written = Reader(concrete)
        self._searched = self._written
        self._follows = follows  # searching goes over to another index when that is promoted
        self._writing = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """The engine of an index folder; an empty one where there was none. Raises EngineError when it is damaged."""
        folder = IndexFolder(path)
        return cls(folder, folder.open_current(), follows=True)

    @property
    def index_id(self) -> str:
        return self._written.concrete.index_id

    @property
    def analysis_id(self) -> str:
        return self._written.concrete.analysis_id

    def apply(self, changes: Sequence[Change]) -> list[Delivered]:
        self._written.require_analysis()
        with self._writing, reported(self._written.concrete):
            writer = self._written.index.writer(WRITER_BYTES, WRITER_THREADS)
            try:
                delivered = [_put(writer, change) for change in changes]
                writer.commit()
            finally:
                writer.wait_merging_threads()  # also gives the lock back
        return delivered

    def refresh(self) -> None:
        self._written.searcher()

    def count(self) -> int:
        return self._written.searcher().num_docs

    def search(self, query: Query) -> Results:
        began = perf_counter()
        reader = self._current()
        reader.require_analysis()
        searcher = reader.searcher()
        with reported(reader.concrete):
            results = relaxing(query, lambda required: _search(searcher, query, required, reader.index.schema))
        return replace(results, took=perf_counter() - began)

    def indexes(self) -> list[IndexInfo]:
        return self._folder.infos()

    def create(self) -> Self:
        return type(self)(self._folder, self._folder.create(), follows=False)

    def at(self, index_id: str) -> Self:
        return type(self)(self._folder, self._folder.find(index_id), follows=False)

    def promote(self) -> None:
        self._folder.promote(self._written.concrete)

    def drop(self, index_id: str) -> None:
        self._folder.drop(index_id)

    def close(self) -> None:
        """Nothing to do: no lock is held between two calls, and tantivy closes its files with the last searcher."""

    def _current(self) -> Reader:
        if self._follows and (name := self._folder.current_name()) != self._searched.concrete.path.name:
            self._searched = Reader(self._folder.read(name))
        return self._searched


def _put(writer: tantivy.IndexWriter, change: Change) -> Delivered:
    fields = None
    if change.article:
        try:
            fields = document(change.article)
        except (ValueError, OverflowError) as e:
            return Delivered(change.change_no, change.article_id, Delivery.DEAD, type(e).__name__, str(e))
    writer.delete_documents_by_term("id", change.article_id)
    if fields:
        writer.add_document(fields)
    return Delivered(change.change_no, change.article_id, Delivery.INDEXED)


def _search(searcher: tantivy.Searcher, query: Query, required: int, schema: tantivy.Schema) -> Results:
    order = "newest" if query.by_date else None
    found = searcher.search(compile_query(query, required, schema), query.limit, order_by_field=order, offset=query.offset)
    hits = (
        hit(json.loads(searcher.doc(address)["shown"][0]), 0.0 if query.by_date else score, query.marks) for score, address in found.hits
    )
    return Results(found.count, tuple(hits), took=0.0)  # type: ignore[attr-defined]  # missing in tantivy's stubs
