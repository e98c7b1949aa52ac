"""The query: what a user asks, typed, the same for every engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from newsspider.errors import QueryError
from newsspider.text.highlight import Marks

MAX_LIMIT = 100
MAX_OFFSET = 10_000


class Match(StrEnum):
    """How many of the words a hit must have. AUTO: all of up to four, most of more, fewer when hardly anything is found."""

    AUTO = "auto"
    ALL = "all"
    MOST = "most"
    ANY = "any"


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Word:
    """A word as analysis left it; `stem` is None for a stop word."""

    exact: str
    stem: str | None = None


Phrase = tuple[str, ...]  # folded words that stand side by side, in this order


@dataclass(frozen=True, slots=True)
class Query:
    """What to find. Phrases are all required and exclusions all kept, whatever `match` says; without words and phrases every article is
    found that the filters let through. Days are days of publication in the source's zone, both included.

    Raises QueryError when a number or day is out of range.
    """

    words: tuple[Word, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    excluded_words: tuple[Word, ...] = ()
    excluded_phrases: tuple[Phrase, ...] = ()
    sources: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    day_from: date | None = None
    day_to: date | None = None
    sort: Sort = Sort.RELEVANCE
    match: Match = Match.AUTO
    limit: int = 10
    offset: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAX_LIMIT:
            raise QueryError(f"limit {self.limit}: must be from 1 to {MAX_LIMIT}")
        if not 0 <= self.offset <= MAX_OFFSET:
            raise QueryError(f"offset {self.offset}: must be from 0 to {MAX_OFFSET}; narrow the search by days or sources to see more")
        if self.day_from and self.day_to and self.day_from > self.day_to:
            raise QueryError(f"the first day, {self.day_from}, is after the last, {self.day_to}")

    @property
    def by_date(self) -> bool:
        """Whether the hits stand in the order of their dates: asked for, or nothing to rank by."""
        return self.sort is Sort.NEWEST or not (self.words or self.phrases)

    @property
    def terms(self) -> tuple[Word, ...]:
        """The words that decide what is a hit, each stem once: those with a stem, or all where there is none but stop words."""
        stemmed = {word.stem: word for word in reversed(self.words) if word.stem}
        if stemmed:
            return tuple(reversed(stemmed.values()))
        return tuple(dict.fromkeys(self.words))

    @property
    def marks(self) -> Marks:
        """What to mark in a hit."""
        stems = frozenset(word.stem for word in self.terms if word.stem)
        return Marks(stems, frozenset(word.exact for word in self.terms if not word.stem), self.phrases)
