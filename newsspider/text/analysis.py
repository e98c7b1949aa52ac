"""The one Arabic analysis: text to words at four levels, as both engines index and search it.

Exact: the folded word, all words. Stem: `newsspider.text.stem`, without stop words. Grams: `grams(exact)` of the words that have a stem.
Autocomplete: `edges(exact)`, all words, for titles and tags.
`newsspider.engines.elasticsearch` has the same as a chain of stock Elasticsearch filters.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple, TypeVar

from newsspider.text.fold import fold
from newsspider.text.stem import stem
from newsspider.text.wordlists import ANALYSED, of_the_lists, word_list
from newsspider.text.words import LONGEST, words

VERSION = 1  # of the rules in this package; raise it with every change that gives other tokens
GRAM = 4
EDGE = 12
JOINED = re.compile(r"[._:](?<=[ء-غف-ي]{2}.)(?=[ء-غف-ي]{2})")  # two sentences without a space, or the words of a hashtag
_MEMO = 1 << 15  # pieces of text between spaces that are remembered, and as many of before: 30 MiB of news
T = TypeVar("T")


class Token(NamedTuple):
    """One word of a text: `position` counts words from 0, `start` and `end` are offsets into the text, `exact` is the folded word, `stem` None for
    stop words."""

    position: int
    start: int
    end: int
    exact: str
    stem: str | None


_token = partial(tuple.__new__, Token)  # a third faster than Token(…)


def analyse(text: str) -> list[Token]:
    """The words of a text. Never raises; words that fold to nothing (only tatweel) are left out."""
    tokens: list[Token] = []
    offset = 0
    # White space ends every word, so each piece between spaces can be looked up by itself: news repeats its words.
    for piece in text.replace("\n", " ").split(" "):
        if piece:
            for start, end, exact, stemmed in analyse_piece(piece):
                tokens.append(_token((len(tokens), offset + start, offset + end, exact, stemmed)))
        offset += len(piece) + 1
    return tokens


class _Memo(dict[str, T]):
    """What was worked out of pieces of text. Half as slow to look into as `lru_cache`, for it keeps no order: when it is full, what is looked at
    again before it is full once more stays."""

    def __init__(self, work: Callable[[str], T]) -> None:
        self._work = work
        self._before: dict[str, T] = {}

    def __missing__(self, piece: str) -> T:
        worked_out = self._before.pop(piece, None)
        if worked_out is None:
            worked_out = self._work(piece)
        if len(piece) <= LONGEST:
            if len(self) >= _MEMO:
                self._before = self.copy()
                self.clear()
            self[piece] = worked_out
        return worked_out

    def cache_clear(self) -> None:
        self.clear()
        self._before = {}


def _analyse_word(word: str) -> tuple[str, str | None]:
    exact = fold(word)
    return exact, stem(exact)


def _analyse_piece(piece: str) -> tuple[tuple[int, int, str, str | None], ...]:
    found = [(start, end, *_analyse_word(word)) for word, start, end in words(piece if piece.isalpha() else JOINED.sub(" ", piece))]
    return tuple([word for word in found if word[2]])


# The words of what stands between two spaces: start, end, exact and stem, as in a Token.
analyse_piece = of_the_lists(_Memo(_analyse_piece)).__getitem__


def grams(exact: str) -> list[str]:
    """The overlapping runs of four letters of `_word_`, of `_x__` for a word of one letter."""
    padded = f"_{exact}_".ljust(GRAM, "_")
    return [padded[at : at + GRAM] for at in range(len(padded) - GRAM + 1)]


def edges(exact: str) -> list[str]:
    """The beginnings of a word, up to EDGE letters of it."""
    return [exact[:end] for end in range(1, min(len(exact), EDGE) + 1)]


def levels(text: str) -> dict[str, list[tuple[int, str]]]:
    """The tokens of a text at each level that indexes know, with the position of their word."""
    tokens = analyse(text)
    return {
        "exact": [(token.position, token.exact) for token in tokens],
        "stem": [(token.position, token.stem) for token in tokens if token.stem],
        "grams": [(token.position, gram) for token in tokens if token.stem for gram in grams(token.exact)],
        "autocomplete": [(token.position, edge) for token in tokens for edge in edges(token.exact)],
    }


@of_the_lists
@cache
def analysis_id() -> str:
    """What an index was built with: equal ids, equal tokens."""
    lists = "\0".join(word_list(file) for file in ANALYSED)
    return hashlib.sha256(f"{VERSION}\0{lists}".encode()).hexdigest()[:12]
