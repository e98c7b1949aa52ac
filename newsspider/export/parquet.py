"""Exports: Parquet, by pyarrow, the optional extra `parquet`."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from newsspider.errors import ConfigError
from newsspider.export.columns import COLUMNS
from newsspider.items import StoredArticle

MOST_ROWS, MOST_CHARACTERS = 10_000, 4_000_000
"""What becomes one group of rows, and so is held at a time: the fewer groups, the shorter the file's end, which is held until then."""


def as_parquet(articles: Iterable[StoredArticle]) -> Iterator[bytes]:
    """Typed columns: days, moments in UTC to the microsecond, lists of texts. Raises ConfigError when pyarrow is missing."""
    try:
        import pyarrow
        from pyarrow.parquet import ParquetWriter
    except ImportError as e:
        raise ConfigError(
            "Parquet needs pyarrow: pip install '.[parquet]' where newsspider was installed from (docs/operating.md), or export as csv or jsonl"
        ) from e
    kinds = {
        "text": pyarrow.string(), "texts": pyarrow.list_(pyarrow.string()), "day": pyarrow.date32(), "moment": pyarrow.timestamp("us", tz="UTC"),
        "whole": pyarrow.int64(), "share": pyarrow.float64(),
    }  # fmt: skip
    schema = pyarrow.schema([(column.name, kinds[column.kind]) for column in COLUMNS])

    def written() -> Iterator[bytes]:
        out = _Sink()
        with ParquetWriter(out, schema, compression="zstd") as writer:
            for batch in _batches(articles):
                columns = [[_storable(column.value(article)) for article in batch] for column in COLUMNS]
                writer.write_table(pyarrow.table(columns, schema=schema))
                yield out.drained()
        yield out.drained()

    return written()


def _batches(articles: Iterable[StoredArticle]) -> Iterator[list[StoredArticle]]:
    batch: list[StoredArticle] = []
    characters = 0
    for article in articles:
        batch.append(article)
        characters += len(article.body)
        if len(batch) == MOST_ROWS or characters >= MOST_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _storable(value: Any) -> Any:
    """Texts without halves of surrogate pairs, which Parquet's UTF-8 does not have."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return [_storable(one) for one in value] if isinstance(value, list) else value


class _Sink(io.RawIOBase):
    """A file that hands on what was written to it, so that a whole export is never held."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written += memoryview(data)
        return len(data)

    def drained(self) -> bytes:
        data = bytes(self._written)
        self._written.clear()
        return data
