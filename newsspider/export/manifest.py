"""Exports: the manifest, which says what was asked, when, of which index, and what the file must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from newsspider import __version__
from newsspider.export.formats import Format


@dataclass(frozen=True, slots=True)
class Asked:
    """What an export was made from: the query as asked and, for one by search, the engine and its index; `change_no` is the store's newest."""

    query: Mapping[str, Any] = field(default_factory=dict)
    engine: str | None = None
    index_id: str | None = None
    analysis_id: str | None = None
    change_no: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """`complete` is False when there was more than `limit`; `sha256` and `bytes` are of the whole file."""

    asked: Asked
    format: Format
    began_at: datetime
    ended_at: datetime
    articles: int
    bytes: int
    sha256: str
    limit: int | None = None
    complete: bool = True

    def as_json(self) -> dict[str, Any]:
        return {
            "newsspider": __version__,
            **asdict(self.asked),
            "format": self.format.value,
            "began_at": self.began_at.isoformat(),
            "ended_at": self.ended_at.isoformat(),
            "articles": self.articles,
            "limit": self.limit,
            "complete": self.complete,
            "bytes": self.bytes,
            "sha256": self.sha256,
        }
