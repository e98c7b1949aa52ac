"""How many words of a query a hit must have, and when fewer will do. Every engine searches through `relaxing`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from newsspider.search.query import Match, Query
from newsspider.search.results import Notice, Results

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


def relaxing(query: Query, search: Callable[[int], Results]) -> Results:
    """The results of `search(required words)`; with AUTO, of a looser search, said in the notice, where the strict one finds hardly anything."""
    count = len(query.terms)
    best = search(required(query.match, count))
    if query.match is not Match.AUTO:
        return best
    tried = required(Match.AUTO, count)
    for match, notice in ((Match.MOST, Notice.MOST_WORDS), (Match.ANY, Notice.ANY_WORD)):
        if best.total < FEW and required(match, count) < tried:
            tried = required(match, count)
            looser = search(tried)
            if looser.total > best.total:
                best = replace(looser, notice=notice)
    return best
