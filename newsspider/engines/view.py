"""What an engine must be able to do for `engines.searching` to answer everything else: one state of one index, asked in typed queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from newsspider.search import Count, Facet, Interval, Query
from newsspider.search.cursor import Position

Fields = Mapping[str, Any]  # what `engines.shown.shown` keeps of an article


@dataclass(frozen=True, slots=True)
class Page:
    """A page of articles with their scores, in order. `following` is where the next one begins; None after the last.
    `sizes` counts the hits of each folded family."""

    total: int
    found: Sequence[tuple[Fields, float]]
    following: Position | None = None
    partial: bool = False
    folded: bool = False
    sizes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Total:
    """What a View found, where nothing of it is shown."""

    total: int


class View(Protocol):
    """`required` is how many of the query's terms a hit must have."""

    def page(self, query: Query, required: int, position: Position | None = None) -> Page:
        """The page that begins at the query's offset, or at the position. Raises CursorExpired when there is no such position any more."""
        ...

    def total(self, query: Query, required: int) -> Total:
        """How many hits there are."""
        ...

    def facets(self, query: Query, required: int, facets: Sequence[Facet], limit: int) -> dict[Facet, tuple[Count, ...]]:
        """The `limit` most frequent values of each facet among all hits."""
        ...

    def moments(self, query: Query, required: int, interval: Interval) -> dict[datetime, int]:
        """How many hits there are for each day, or hour for Interval.HOUR, in their source's zone; naive."""
        ...

    def everything(self, query: Query, required: int) -> Iterator[Fields]:
        """All hits, the newest first."""
        ...

    def frequencies(self, stems: Sequence[str]) -> tuple[int, dict[str, int]]:
        """The number of articles, and of those that have each stem in their body."""
        ...

    def near_titles(self, word: str, distance: int) -> list[str]:
        """Some titles that have a word at most `distance` letters from a folded one."""
        ...


def counts(buckets: Iterable[Mapping[str, Any]]) -> tuple[Count, ...]:
    """The buckets of a terms aggregation."""
    found = [Count(bucket["key"], bucket["doc_count"]) for bucket in buckets]
    return tuple(sorted(found, key=lambda one: (-one.count, one.value)))


def moment(key: float) -> datetime:
    """The beginning of a date histogram's bucket, naive."""
    return datetime.fromtimestamp(key / 1000, UTC).replace(tzinfo=None)
