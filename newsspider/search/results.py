"""What a search gives, the same from every engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from newsspider.items import Precision
from newsspider.search.query import Query
from newsspider.text.highlight import Segment


class Notice(StrEnum):
    """What a user should know of the results: hardly anything had as many of the words as asked for, so hits are shown that have fewer."""

    MOST_WORDS = "most_words"
    ANY_WORD = "any_word"


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found. `title` and `snippet` are text in segments, to be escaped where they are shown. Dates as in StoredArticle."""

    id: str
    url: str
    source: str
    title: tuple[Segment, ...]
    snippet: tuple[Segment, ...]
    score: float
    family_id: str
    first_seen_at: datetime
    published_at: datetime | None = None
    precision: Precision | None = None
    published_day: date | None = None
    country: str | None = None
    language: str | None = None
    section: str | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    image_url: str | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits; `total` counts all. `took` is in seconds."""

    total: int
    hits: tuple[Hit, ...]
    took: float
    notice: Notice | None = None


class SearchEngine(Protocol):
    """Anything that answers queries."""

    def search(self, query: Query) -> Results:
        """The hits of a query. Raises EngineError, or AnalysisMismatch when the index was built by another analysis."""
        ...
