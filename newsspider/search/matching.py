"""How many words of a query a hit must have, and when fewer will do. Every engine searches through `relaxing`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, Protocol, TypeVar

from newsspider.search.query import Match, Query
from newsspider.search.results import Notice

FEW = 3  # hits; below this a search is relaxed
ALL_UP_TO = 4  # words


def required(match: Match, words: int) -> int:
    """How many of `words` words a hit must have. MOST is Elasticsearch's minimum_should_match "2<-1 5<-2 8<70%": all of two, all but one of
    up to five, all but two of up to eight, 70 % of more."""
    if match is Match.ANY:
        return min(words, 1)
    if match is Match.ALL or words <= 2 or (match is Match.AUTO and words <= ALL_UP_TO):
        return words
    if words <= 5:
        return words - 1
    return words - 2 if words <= 8 else words * 7 // 10


class Counted(Protocol):
    """What a search found, for all that `relaxing` asks: how many."""

    @property
    def total(self) -> int: ...


Found = TypeVar("Found", bound=Counted)


class Settled(NamedTuple, Generic[Found]):
    """What a search found with so many words required, and what a user should know of it."""

    found: Found
    required: int
    notice: Notice | None = None


def relaxing(query: Query, search: Callable[[int], Found]) -> Settled[Found]:
    """What `search(required words)` finds; with AUTO what a looser search does, said in the notice, where the strict one finds hardly anything."""
    count = len(query.terms)
    strict = required(query.match, count)
    best = Settled(search(strict), strict)
    if query.match is not Match.AUTO:
        return best
    tried = strict
    for match, notice in ((Match.MOST, Notice.MOST_WORDS), (Match.ANY, Notice.ANY_WORD)):
        if best.found.total < FEW and required(match, count) < tried:
            tried = required(match, count)
            looser = search(tried)
            if looser.total > best.found.total:
                best = Settled(looser, tried, notice)
    return best
