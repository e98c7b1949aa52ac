"""The embedded engine: applying changes to one concrete index, and searching the current one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import tantivy

from newsspider.engines.embedded import contents
from newsspider.engines.embedded.folder import Concrete, IndexFolder
from newsspider.engines.embedded.reader import Reader, reported
from newsspider.engines.embedded.schema import document
from newsspider.engines.embedded.view import EmbeddedView
from newsspider.engines.protocol import IndexInfo
from newsspider.engines.searching import Searching
from newsspider.engines.shown import shown
from newsspider.items import Change, Delivered, Delivery, StoredArticle
from newsspider.text import levels

WRITER_BYTES = 64 << 20
WRITER_THREADS = 1


class EmbeddedEngine(Searching):
    """See `engines.protocol.Engine`. Any number of processes may search while one at a time applies changes; threads may share an engine."""

    in_order = True

    def __init__(self, folder: IndexFolder, concrete: Concrete | None = None) -> None:
        self._folder = folder
        self._fixed = concrete  # None: writing goes to what is current at first use, searching to what is current at each
        self._written: Reader | None = None
        self._searched: Reader | None = None
        self._opening = threading.Lock()
        self._writing = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """The engine of an index folder. Damage is found when the index is used, so that a rebuild can always be begun."""
        return cls(IndexFolder(path))

    @property
    def index_id(self) -> str:
        return self._own().concrete.index_id

    @property
    def analysis_id(self) -> str:
        return self._own().concrete.analysis_id

    @property
    def is_of_this_version(self) -> bool:
        return self._own().concrete.is_of_this_version

    def apply(self, changes: Sequence[Change]) -> list[Delivered]:
        reader = self._own()
        if not changes or any(change.article for change in changes):  # what is to go may go from any index
            reader.require_analysis()
        with self._writing, reported(reader.concrete):
            writer = reader.index.writer(WRITER_BYTES, WRITER_THREADS)
            try:
                delivered = [_put(writer, change) for change in changes]
                writer.commit()
            finally:
                writer.wait_merging_threads()  # also gives the lock back
        return delivered

    def refresh(self) -> None:
        self._own().searcher()

    def count(self) -> int:
        return self._own().searcher().num_docs

    def _view(self) -> EmbeddedView:
        reader = self._current()
        reader.require_analysis()
        return EmbeddedView(reader)

    def tokens(self, text: str) -> dict[str, list[tuple[int, str]]]:
        return levels(text)

    def indexes(self) -> list[IndexInfo]:
        return self._folder.infos()

    def create(self) -> Self:
        return type(self)(self._folder, self._folder.create())

    def at(self, index_id: str) -> Self:
        return type(self)(self._folder, self._folder.find(index_id))

    def is_current(self) -> bool:
        own = self._own()  # first: where there has never been an index, this makes one
        return own.concrete.path.name == self._folder.current_name()

    def ids(self) -> Iterator[str]:
        return contents.ids(self._own())

    def held(self, ids: Sequence[str]) -> dict[str, Any]:
        return contents.held(self._own(), ids)

    def kept(self, article: StoredArticle) -> Any:
        return json.loads(json.dumps(shown(article)))

    def promote(self) -> None:
        self._folder.promote(self._own().concrete)

    def drop(self, index_id: str) -> None:
        self._folder.drop(index_id)

    def close(self) -> None:
        """Nothing to do: no lock is held between two calls, and tantivy closes its files with the last searcher."""

    def _own(self) -> Reader:
        with self._opening:
            if self._written is None:
                self._written = Reader(self._fixed or self._folder.open_current())
            return self._written

    def _current(self) -> Reader:
        own = self._own()
        if self._fixed:
            return own
        name = self._folder.current_name()
        reader = self._searched or own
        if name != reader.concrete.path.name:
            self._searched = reader = Reader(self._folder.read(name))
        return reader


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
