"""Suggestions while typing, and corrections of what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise, takewhile
from typing import NamedTuple

from rapidfuzz.distance import OSA

from newsspider.search.expression import Field, Keyword, Label, Node, Phrase, Prefix, Text, Word
from newsspider.search.fields import field_named
from newsspider.search.pieces import Kind, cut
from newsspider.text import analyse, clean_text

COMPLETED = (Text.TITLE, Label.TAG)  # the fields that suggestions are taken from: an index has the beginnings of their words
SHORTEST = 3  # letters; a shorter word is near to too many


def beginnings(text: str, field: Field) -> tuple[Node, ...]:
    """What a field must have for the text to go on as it: every word but the last, and the beginning of that one; nothing for no word."""
    words = [token.exact for token in analyse(text)]
    if not words:
        return ()
    return (*(Phrase((word,), field) for word in words[:-1]), Prefix(words[-1], field))


def goes_on(text: str, candidate: str) -> bool:
    """Whether one candidate has all words of the text, the last perhaps unfinished."""
    words = [token.exact for token in analyse(text)]
    have = [token.exact for token in analyse(candidate)]
    return bool(words) and set(words[:-1]) <= set(have) and any(word.startswith(words[-1]) for word in have)


def most_distance(word: str) -> int:
    """How many letters may be wrong in a word: one of up to five, two of more (as Elasticsearch's fuzziness AUTO)."""
    return 1 if len(word) <= 5 else 2


class Near(NamedTuple):
    """A word near to another one, and its form in a text."""

    distance: int
    word: Word
    form: str


def near_words(word: str, texts: Iterable[str]) -> list[Near]:
    """The words of the texts that differ from a folded word by a few letters (optimal string alignment distance), nearest first."""
    most = most_distance(word)
    forms = {Word(token.exact, token.stem): text[token.start : token.end] for text in texts for token in analyse(text) if token.stem}
    distances = (Near(OSA.distance(word, other.exact, score_cutoff=most), other, form) for other, form in forms.items())
    return sorted((near for near in distances if 0 < near.distance <= most), key=lambda near: (near.distance, near.word.exact))


def by_source_name(text: str, titles: Mapping[str, str]) -> str | None:
    """A search that asks for sources by words of their titles, as people call them, with their names, by which they are found; None where
    it does not. `titles` are by name."""
    named = text = clean_text(text)
    pieces = cut(text)
    words_of = {name: {token.exact for token in analyse(title)} for name, title in titles.items()}
    for at, (field, value) in reversed(list(enumerate(pairwise(pieces)))):
        if field.kind is not Kind.FIELD or field_named(field.text[:-1]) is not Keyword.SOURCE or value.text.lower() in titles:
            continue
        called: list[str] = []
        last, words = value, set[str]()
        for piece in takewhile(lambda piece: piece.kind is Kind.OPERAND, pieces[at + 1 :]):  # not everybody quotes a title of several words
            words |= {token.exact for token in analyse(piece.text)}
            if not words or not (having := [name for name, its in words_of.items() if words <= its]):
                break
            called, last = having, piece
        if called:
            named = named[: value.at] + called[0] + named[last.at + len(last.text) + 2 * last.quoted :]
    return named if named != text else None


def corrected(text: str, corrections: Mapping[str, str]) -> str:
    """The text with the words replaced whose folded form is a key."""
    for token in reversed(analyse(text)):
        if better := corrections.get(token.exact):
            text = text[: token.start] + better + text[token.end :]
    return text
