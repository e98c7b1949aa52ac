"""What a concrete index holds, for comparison with the store: what its hits show."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import tantivy

from newsspider.engines.embedded.reader import Reader, reported


def ids(reader: Reader) -> Iterator[str]:
    """See `engines.protocol.Engine.ids`. Raises EngineError."""
    searcher = reader.searcher()
    with reported(reader.concrete):
        found = searcher.search(tantivy.Query.all_query(), max(searcher.num_docs, 1), count=False)
        for _, address in found.hits:
            yield json.loads(searcher.doc(address)["shown"][0])["id"]


def held(reader: Reader, wanted: Sequence[str]) -> dict[str, Any]:
    """What hits show of each of the articles that is there, by id. Raises EngineError."""
    searcher = reader.searcher()
    with reported(reader.concrete):
        found = {one: searcher.search(tantivy.Query.term_query(reader.index.schema, "id", one), 1, count=False).hits for one in wanted}
        return {one: json.loads(searcher.doc(hits[0][1])["shown"][0]) for one, hits in found.items() if hits}
