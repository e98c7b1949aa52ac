"""Similar articles: the search for the words that tell an article from others, as Lucene's MoreLikeThis picks them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from newsspider.search.expression import Keyword, Value, Word
from newsspider.search.query import Match, Query
from newsspider.text import analyse

MOST_WORDS = 25
LOOKED_AT = 20_000  # characters of a body
RARE = 2  # articles; a stem that fewer have leads nowhere


def candidates(title: str, body: str) -> list[Word]:
    """The words of an article that have a stem, with repeats; the title's count twice."""
    tokens = [*analyse(title), *analyse(title), *analyse(body[:LOOKED_AT])]
    return [Word(token.exact, token.stem) for token in tokens if token.stem]


def similar_query(words: Sequence[Word], frequencies: Mapping[str, int], documents: int, family_id: str, limit: int) -> Query | None:
    """The search by the MOST_WORDS words of highest tf·idf, a hit having three in ten of them. `frequencies` are the numbers of articles with
    each stem, of `documents`. None where there is no word to search by."""
    first = {word.stem: word for word in reversed(words)}
    weights = {
        stem: count * math.log(documents / frequencies[stem])
        for stem, count in Counter(word.stem for word in words).items()
        if stem and frequencies.get(stem, 0) >= min(RARE, documents)
    }
    best = sorted(weights, key=lambda stem: (-weights[stem], stem))[:MOST_WORDS]
    if not best:
        return None
    return Query(
        words=tuple(first[stem] for stem in best),
        excluded=(Value(Keyword.FAMILY, family_id),),
        match=Match.ANY,
        grams=False,  # of so many words they would be most of the work
        fold_families=True,
        limit=limit,
    )
