"""The query: what a user asks, typed, the same for every engine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from newsspider.errors import QueryError
from newsspider.search.expression import Label, Leaf, Node, Phrase, Prefix, Word, alternatives, wanted
from newsspider.search.problems import BadQuery
from newsspider.text.highlight import Marks

MAX_LIMIT = 100
MAX_OFFSET = 10_000
MAX_IDS = 10_000
_NO_PAGE = {"limit": 1, "offset": 0, "cursor": None}  # what of a query says which of its hits to show


class Match(StrEnum):
    """How many of the words a hit must have. AUTO: all of up to four, most of more, fewer when hardly anything is found."""

    AUTO = "auto"
    ALL = "all"
    MOST = "most"
    ANY = "any"


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"


class Facet(StrEnum):
    """What hits can be counted by."""

    SOURCE = "source"
    SECTION = "section"
    TAG = "tag"
    AUTHOR = "author"
    COUNTRY = "country"
    LANGUAGE = "language"


LISTS = {
    Facet.SOURCE: "sources",
    Facet.SECTION: "sections",
    Facet.COUNTRY: "countries",
    Facet.LANGUAGE: "languages",
    Facet.TAG: "tags",
    Facet.AUTHOR: "authors",
}
FILTERS = LISTS | {"from": "day_from", "to": "day_to", "match": "match"}
"""All that a search is narrowed by beside its text, in the order in which it is shown: the name that people give it in addresses, options and
forms, and the field of the Query. Of those in LISTS there may be several values, by which hits can be counted."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to find. `required` parts must all hold and no `excluded` one may, whatever `match` says of the words; without words and required
    parts every article is found that the filters let through. Filters of several values want one of them. Days are days of publication in the
    source's zone, both included. `ids` lets only these articles through.

    With `fold_families` a page shows each family once, by its best hit, within the first MAX_OFFSET. `recency` ranks newer articles somewhat higher;
    without `grams` words like those asked for do not help to rank.
    Pages go by `offset` up to MAX_OFFSET, or by the `cursor` of the page before without end.

    Raises QueryError when a number or day is out of range.
    """

    words: tuple[Word, ...] = ()
    required: tuple[Node, ...] = ()
    excluded: tuple[Node, ...] = ()
    sources: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    ids: tuple[str, ...] | None = None
    day_from: date | None = None
    day_to: date | None = None
    sort: Sort = Sort.RELEVANCE
    match: Match = Match.AUTO
    fold_families: bool = False
    recency: bool = False
    grams: bool = True
    limit: int = 10
    offset: int = 0
    cursor: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAX_LIMIT:
            raise BadQuery("limit", count=self.limit, most=MAX_LIMIT)
        if not 0 <= self.offset <= MAX_OFFSET:
            raise BadQuery("offset", count=self.offset, most=MAX_OFFSET)
        if self.offset and self.cursor:
            raise BadQuery("offset_and_cursor")
        if self.day_from and self.day_to and self.day_from > self.day_to:
            raise BadQuery("days_reversed", first=self.day_from, last=self.day_to)
        if self.ids is not None and len(self.ids) > MAX_IDS:
            raise QueryError(f"{len(self.ids)} ids: at most {MAX_IDS} can be asked for at once")

    @property
    def filters(self) -> dict[Facet, tuple[str, ...]]:
        """The values of which an article must have one, of each field that is limited to some."""
        return {facet: values for facet, name in LISTS.items() if (values := getattr(self, name))}

    @property
    def by_date(self) -> bool:
        """Whether the hits stand in the order of their dates: asked for, or nothing to rank by."""
        texts = (part for part in self._wanted() if isinstance(part, Word | Phrase | Prefix) and not isinstance(part.field, Label))
        return self.sort is Sort.NEWEST or not any(texts)

    @property
    def terms(self) -> tuple[Word, ...]:
        """The words that decide what is a hit, each stem once: those with a stem, or all where there is none but stop words."""
        stemmed = {word.stem: word for word in reversed(self.words) if word.stem}
        if stemmed:
            return tuple(reversed(stemmed.values()))
        return tuple(dict.fromkeys(self.words))

    @property
    def ranking_words(self) -> tuple[Word, ...]:
        """The words whose 4-grams help to rank, wherever in the query they stand."""
        return tuple(dict.fromkeys(part for part in self._wanted() if isinstance(part, Word) and part.stem)) if self.grams else ()

    @property
    def marks(self) -> Marks:
        """What to mark in a hit."""
        asked = [part for part in self._wanted() if not isinstance(part, Word) or part not in self.words or part in self.terms]
        parts = [*asked, *(other for part in asked if isinstance(part, Word) for other in alternatives(part))]
        words = [part for part in parts if isinstance(part, Word)]
        texts = [part for part in parts if isinstance(part, Phrase | Prefix) and not isinstance(part.field, Label)]
        return Marks(
            stems=frozenset(word.stem for word in words if word.stem),
            exact=frozenset(word.exact for word in words if not word.stem),
            phrases=tuple(part.words for part in texts if isinstance(part, Phrase)),
            prefixes=tuple(part.start for part in texts if isinstance(part, Prefix)),
        )

    @property
    def fingerprint(self) -> str:
        """Equal for queries that have the same hits in the same order: a cursor belongs to one."""
        asked = [_NO_PAGE.get(field.name, getattr(self, field.name)) for field in fields(self)]
        return hashlib.sha256(repr(asked).encode("utf-8", "backslashreplace")).hexdigest()[:16]

    def _wanted(self) -> Iterator[Leaf]:
        yield from self.words
        yield from wanted(self.required)
