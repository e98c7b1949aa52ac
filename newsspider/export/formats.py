"""Exports: the formats, each a function from articles to bytes that holds no more than a batch of them."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from newsspider.errors import ConfigError
from newsspider.export.columns import COLUMNS
from newsspider.export.record import article_as_json
from newsspider.items import StoredArticle

FORMULA_SIGNS = frozenset("=+-@＝＋－＠﹢﹣﹦﹫")
"""What a spreadsheet takes for the beginning of a formula, also in full and small width; tab and carriage return are spaces, passed over."""


class Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"

    @property
    def media_type(self) -> str:
        return {
            "csv": "text/csv; charset=utf-8; header=present",
            "jsonl": "application/jsonl",
            "parquet": "application/vnd.apache.parquet",
        }[self]

    @classmethod
    def of(cls, file: str) -> Format:
        """The format that a file's suffix names; JSON Lines for standard output. Raises ConfigError for any other."""
        suffix = Path(file).suffix.lstrip(".").lower()
        try:
            return cls.JSONL if file == "-" else cls({"ndjson": "jsonl"}.get(suffix, suffix))
        except ValueError as e:
            raise ConfigError(f"{file}: its suffix names no format; name it .{', .'.join(cls)} or use --format") from e


def encoded(articles: Iterable[StoredArticle], form: Format) -> Iterator[bytes]:
    """The articles in that format. Raises ConfigError at once when its library is not installed."""
    if form is Format.PARQUET:
        from newsspider.export.parquet import as_parquet

        return as_parquet(articles)
    return _as_csv(articles) if form is Format.CSV else _as_jsonl(articles)


def _as_jsonl(articles: Iterable[StoredArticle]) -> Iterator[bytes]:
    for article in articles:  # half a surrogate pair, which UTF-8 does not have, becomes its JSON escape
        yield (json.dumps(article_as_json(article), ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def _as_csv(articles: Iterable[StoredArticle]) -> Iterator[bytes]:
    """RFC 4180 with a byte order mark, without which Excel takes the text for another encoding's."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow([column.name for column in COLUMNS])
    yield b"\xef\xbb\xbf" + _drained(out)
    for article in articles:
        table.writerow([_cell(column.value(article)) for column in COLUMNS])
        yield _drained(out)


def _drained(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode("utf-8", "replace")


def _cell(value: Any) -> str:
    """Dates and times in ISO 8601, lists parted by semicolons, and an apostrophe before what a spreadsheet would calculate (CWE-1236)."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    text = "; ".join(value) if isinstance(value, list) else str(value)
    return "'" + text if _first_visible(text) in FORMULA_SIGNS or text[:1] in ("\t", "\r") else text


def _first_visible(text: str) -> str:
    """The first character that is neither a space nor an invisible sign such as U+202E."""
    return next((char for char in text if not char.isspace() and unicodedata.category(char) not in ("Cf", "Cc")), "")
