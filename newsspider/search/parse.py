"""Reading what a user typed: words, "phrases" in quotation marks of any kind, and -exclusions of either."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from newsspider.errors import QueryError
from newsspider.search.expression import Phrase, Word
from newsspider.search.query import Query
from newsspider.text import analyse, clean_text

MAX_LENGTH = 256
MAX_TERMS = 32
_QUOTES = {'"': '"', "“": "”", "”": "“", "„": "“”", "«": "»", "»": "«"}  # each with what may close it
_PART = re.compile(rf"(?P<minus>(?<!\S)-)?(?:(?P<quote>[{''.join(_QUOTES)}])|[^\s{''.join(_QUOTES)}]+)")


class _Part(NamedTuple):
    words: tuple[Word, ...]
    excluded: bool
    quoted: bool


def parse_query(text: str) -> Query:
    """The query that a text asks for; filters, order and page are added with `dataclasses.replace`.

    Raises QueryError naming the place (counted from 1) of what cannot be read: a quotation mark that is not closed, a phrase without
    words, no word at all, too many letters or words. An empty text asks for every article.
    """
    text = clean_text(text)
    if len(text) > MAX_LENGTH:
        raise QueryError(f"the search is {len(text)} characters long; at most {MAX_LENGTH} can be searched for")
    parts = [part for part in _parts(text) if part.words]
    if text and not parts:
        raise QueryError(f"there is no word in {text!r} to search for")
    count = sum(len(part.words) for part in parts)
    if count > MAX_TERMS:
        raise QueryError(f"the search has {count} words; at most {MAX_TERMS} can be searched for")
    # Several words without a space (كوفيد-19) are excluded together only, else -كوفيد-19 would exclude every 19.
    return Query(
        words=tuple(word for part in parts if not part.excluded and not part.quoted for word in part.words),
        required=tuple(_phrase(part) for part in parts if not part.excluded and part.quoted),
        excluded=tuple(part.words[0] if len(part.words) == 1 and not part.quoted else _phrase(part) for part in parts if part.excluded),
    )


def _phrase(part: _Part) -> Phrase:
    return Phrase(tuple(word.exact for word in part.words))


def _parts(text: str) -> Iterator[_Part]:
    at = 0
    while match := _PART.search(text, at):
        at = match.end()
        content = match[0].removeprefix(match["minus"] or "")
        if match["quote"]:
            closing = re.search(f"[{_QUOTES[match['quote']]}]", text[at:])
            if not closing:
                raise QueryError(f"the quotation mark at character {at} is not closed")
            content = text[at : at + closing.start()]
            at += closing.end()
        words = tuple(Word(token.exact, token.stem) for token in analyse(content))
        if match["quote"] and not words:
            raise QueryError(f"the phrase at character {match.end()} has no words")
        yield _Part(words, excluded=match["minus"] is not None, quoted=match["quote"] is not None)
