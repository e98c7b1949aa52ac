"""What a search gives, the same from every engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from newsspider.items import Precision
from newsspider.search.query import Facet, Query
from newsspider.text.highlight import Segment


class Notice(StrEnum):
    """What a user should know of the results: hardly anything had as many of the words as asked for, so hits are shown that have fewer."""

    MOST_WORDS = "most_words"
    ANY_WORD = "any_word"


class Interval(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"  # from Monday (ISO 8601)
    MONTH = "month"


class Level(StrEnum):
    """How a word of the query is found in an article, from the most to the least alike."""

    PHRASE = "phrase"  # these words side by side
    EXACT = "exact"  # this form of the word
    PREFIX = "prefix"  # a word that begins so
    STEM = "stem"  # another form of the word
    SYNONYM = "synonym"  # another word for it
    GRAMS = "grams"  # a word that only shares pieces, which ranks and never makes a hit


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found. `title` and `snippet` are text in segments, to be escaped where they are shown. Dates as in StoredArticle.

    `family_size` counts the hits of the same family, this one included, where families are folded; else it is 1.
    """

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
    family_size: int = 1


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits; `total` counts all articles found, folded or not. `took` is in seconds.

    `cursor` leads to the next page; None after the last. `partial`: a part of the index did not answer in time, so there may be more.
    `folded`: each family is shown once. `did_you_mean` is for whoever asks the engine for it where nothing was found.
    """

    total: int
    hits: tuple[Hit, ...]
    took: float
    notice: Notice | None = None
    cursor: str | None = None
    partial: bool = False
    folded: bool = False
    did_you_mean: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many hits have a value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """How many hits were published in an interval that begins with `start`, on the clocks and calendars of their sources' zones."""

    start: datetime  # naive
    count: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """Hits over time without gaps, empty intervals included. `undated` counts the hits whose date is unknown, or for hours not known so exactly."""

    interval: Interval
    bars: tuple[Bar, ...]
    undated: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may be meant by what was typed so far: a tag with the number of its articles, or the title of one article."""

    text: str
    kind: Facet | None  # TAG, or None for a title
    count: int = 1
    article_id: str | None = None


@dataclass(frozen=True, slots=True)
class Matched:
    """A part of the query and the words of the article that it was found as, at the highest level it was found at in that field."""

    asked: str
    field: str
    level: Level
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Why an article is a hit, or is none (`hit` False)."""

    hit: bool
    score: float
    matched: tuple[Matched, ...]
    missing: tuple[str, ...]  # parts of the query that the article does not have


class SearchEngine(Protocol):
    """Anything that answers queries. Every method raises EngineError, EngineTimeout when it took too long, or AnalysisMismatch when the index
    was built by another analysis."""

    def search(self, query: Query) -> Results:
        """One page of hits. Raises QueryError for a cursor of another search, CursorExpired for one that leads nowhere any more."""
        ...

    def total(self, query: Query) -> int:
        """How many articles `search` finds."""
        ...

    def facets(self, query: Query, facets: Sequence[Facet], limit: int = 10) -> dict[Facet, tuple[Count, ...]]:
        """The most frequent values among all hits of the query, the most frequent first."""
        ...

    def histogram(self, query: Query, interval: Interval) -> Histogram:
        """All hits of the query by time. Raises QueryError when there would be more than MAX_BARS bars."""
        ...

    def similar(self, article_id: str, limit: int = 10) -> tuple[Hit, ...]:
        """The articles whose words are most like this one's, without its family. Empty for an unknown article."""
        ...

    def suggest(self, text: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Tags and titles that go on as `text` begins: all its words, the last one perhaps unfinished."""
        ...

    def did_you_mean(self, text: str) -> str | None:
        """What was typed, with words that no article has replaced by near ones that some have; None where there is nothing better."""
        ...

    def why(self, query: Query, article_id: str) -> Why | None:
        """Which parts of the query are in the article, and at which level. None for an unknown article."""
        ...

    def scan(self, query: Query) -> Iterator[Hit]:
        """Every hit, the newest first, unfolded and unmarked, from one state of the index."""
        ...
