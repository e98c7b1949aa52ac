"""The parts a query is made of: what a word, a phrase, a field or a group of them asks of an article. The same for every engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from newsspider.text.synonyms import synonyms


class Text(StrEnum):
    """Running text, searched by stem, by exact word and by 4-grams."""

    TITLE = "title"
    BODY = "body"
    SUMMARY = "summary"


class Label(StrEnum):
    """Short texts, searched by exact word, counted as a whole."""

    SECTION = "section"
    TAG = "tag"
    AUTHOR = "author"


class Keyword(StrEnum):
    """Names that are equal or not."""

    SOURCE = "source"
    COUNTRY = "country"
    LANGUAGE = "language"
    FAMILY = "family"


Field = Text | Label


@dataclass(frozen=True, slots=True)
class Word:
    """A word as analysis left it, in any form; `stem` is None for a stop word. Without a field: in title or body."""

    exact: str
    stem: str | None = None
    field: Text | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Folded words that stand side by side, in this order and form; of one word: that form of it."""

    words: tuple[str, ...]
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any word whose folded form begins so."""

    start: str
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A source, country, language or family, as `fields.keyword_value` gives it."""

    field: Keyword
    value: str


@dataclass(frozen=True, slots=True)
class Address:
    """An article's address that begins so; in the form of `urls.url_key`'s text, without scheme."""

    start: str


@dataclass(frozen=True, slots=True)
class Days:
    """Days of publication in the source's zone, both included; None is open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


Leaf = Word | Phrase | Prefix | Value | Address | Days
Node = Leaf | And | Or | Not


def alternatives(word: Word) -> tuple[Word | Phrase, ...]:
    """The synonyms of a word, in its field: words in any form, groups of words as they stand."""
    return tuple(
        Word(tokens[0].exact, tokens[0].stem, word.field)
        if len(tokens) == 1
        else Phrase(tuple(token.exact for token in tokens), word.field)
        for tokens in (synonyms(word.stem) if word.stem else ())
    )


def wanted(nodes: tuple[Node, ...]) -> Iterator[Leaf]:
    """All that is no group and is not excluded, in order."""
    for node in nodes:
        if isinstance(node, And | Or):
            yield from wanted(node.parts)
        elif not isinstance(node, Not):
            yield node
