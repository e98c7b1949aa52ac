"""Reading what a user typed: Lucene's syntax with Arabic words for it, through luqum. docs/searching.md says what may be typed.

The pieces of the text are given to luqum by number, so that it sees operators, fields and brackets and nothing of the words.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from luqum import tree
from luqum.exceptions import ParseError
from luqum.thread import parse as parse_lucene

from newsspider.search.expression import Address, And, Days, Keyword, Label, Node, Not, Or, Phrase, Prefix, Text, Value, Word
from newsspider.search.fields import Named, Special, address_start, field_named, filter_values, keyword_value, period
from newsspider.search.pieces import Kind, Piece, cut
from newsspider.search.problems import BadQuery
from newsspider.search.query import LISTS, Query
from newsspider.search.repair import nearest
from newsspider.text import Token, analyse, clean_text

MAX_LENGTH = 256
MAX_TERMS = 32
MAX_DEPTH = 10
SHORTEST_PREFIX = 2  # letters
_AT = re.compile(r"at position (\d+)")
_JOINED_TO_THE_NEXT = {Kind.FIELD, Kind.MINUS, Kind.PLUS, Kind.COMPARISON}
_REGEX = re.compile(r"/.+/")
_FUZZY = re.compile(r".+[~^][\d.]*")
_ONLY_WORDS = re.compile(r"[\u0621-\u063A\u0641-\u064A]+(?: [\u0621-\u063A\u0641-\u064A]+)*")  # what most people type
_WILDCARD = re.compile(r".*\*.+|.*\w\?\w.*|\*")


def parse_query(text: str, **asked: Any) -> Query:
    """The query that a text asks for, with what else is asked of a Query: filters, order, page. Countries and languages
    may be named as in the text; of a filter that may have several values, None is none, too.

    Raises BadQuery naming the place of what cannot be read, with the nearest query that can. An empty text asks for every article.
    """
    asked |= {field: filter_values(name, asked[field]) for name, field in LISTS.items() if field in asked}
    if _ONLY_WORDS.fullmatch(text) and len(text) <= MAX_LENGTH and len(words := _words(text)) <= MAX_TERMS:
        return Query(words=words, **asked)  # as it would be read below, in a third of the time
    text = clean_text(text)
    try:
        query = _parse(text)
    except BadQuery as e:
        raise e.suggesting(nearest(text[: 4 * MAX_LENGTH], e, _parse, MAX_LENGTH, MAX_TERMS)) from None
    return replace(query, **asked)


def _words(text: str) -> tuple[Word, ...]:
    return tuple([Word(token.exact, token.stem) for token in analyse(text)])


def _parse(text: str) -> Query:
    if len(text) > MAX_LENGTH:
        raise BadQuery("too_long", text, count=len(text), most=MAX_LENGTH)
    pieces, count = [], 0
    for piece in cut(text):
        words = len(analyse(piece.text)) if piece.kind is Kind.OPERAND else 0
        count += words
        if piece.kind is not Kind.OPERAND or piece.quoted or piece.in_range or words or _is_pattern(piece.text):
            pieces.append(piece)
    if text and not pieces:
        raise BadQuery("no_word", text, part=text)
    query = _Reader(text, pieces).query() if pieces else Query()
    if count > MAX_TERMS:
        raise BadQuery("too_many_words", text, count=count, most=MAX_TERMS)
    return query


def _is_pattern(text: str) -> bool:
    return bool(_WILDCARD.fullmatch(text) or _REGEX.fullmatch(text))


class _Reader:
    def __init__(self, text: str, pieces: Sequence[Piece]) -> None:
        self._text = text
        self._pieces = pieces
        self._words: list[Word] = []
        self._required: list[Node] = []
        self._excluded: list[Node] = []

    def query(self) -> Query:
        if all(piece.kind is Kind.OPERAND for piece in self._pieces):  # words alone need no grammar, which takes half the time
            for piece in self._pieces:
                self._loose(piece)
        else:
            self._require_pairs()
            self._top(self._tree())
        return Query(words=tuple(self._words), required=tuple(self._required), excluded=tuple(self._excluded))

    def _require_pairs(self) -> None:
        """Raises BadQuery for parentheses without their counterpart, or too deep in others."""
        opened: list[Piece] = []
        for piece in self._pieces:
            if piece.kind is Kind.OPEN:
                opened.append(piece)
            elif piece.kind is Kind.CLOSE and not opened:
                raise self._bad("parenthesis_closed", piece)
            elif piece.kind is Kind.CLOSE:
                opened.pop()
            if len(opened) > MAX_DEPTH:
                raise BadQuery("too_deep", self._text, piece.at + 1, piece.text, most=MAX_DEPTH)
        if opened:
            raise self._bad("parenthesis_open", opened[-1])

    def _tree(self) -> tree.Item:
        written = ""
        starts: list[int] = []
        for number, piece in enumerate(self._pieces):
            starts.append(len(written))
            written += _as_lucene(number, piece) + ("" if piece.kind in _JOINED_TO_THE_NEXT else " ")
        try:
            return parse_lucene(written)
        except ParseError as e:
            at = _AT.search(str(e))
            raise self._unexpected(bisect(starts, int(at[1])) - 1 if at else None) from e

    def _unexpected(self, number: int | None) -> BadQuery:
        """What is wrong where luqum did not expect a piece, or (None) the end."""
        piece = self._pieces[-1 if number is None else number]
        before = self._pieces[number - 1] if number else None
        if number is None:
            return self._bad("end", piece)
        if piece.in_range or (before and before.in_range):
            return self._bad("range", piece)
        if piece.kind is Kind.CLOSE and before:
            return self._bad("parenthesis_empty" if before.kind is Kind.OPEN else "end", before)
        return self._bad("operand", piece)

    def _top(self, item: tree.Item) -> None:
        """What stands at the top is loose: words of which some may be missing, required and excluded parts."""
        inner = item.children[0] if isinstance(item, tree.Group) else item
        if isinstance(inner, tree.UnknownOperation):
            for child in inner.children:
                self._top(child)
        elif isinstance(inner, tree.AndOperation) and inner is item:
            for child in inner.children:
                self._demand(child)
        elif isinstance(inner, tree.Word):
            self._loose(self._piece(inner))
        else:
            self._demand(item)

    def _loose(self, piece: Piece) -> None:
        if special := self._special(piece, None):
            self._required.append(special)
        else:
            self._words += _words(piece.text)

    def _demand(self, item: tree.Item) -> None:
        if isinstance(item, tree.Not | tree.Prohibit):
            self._excluded.append(self._node(item.children[0]))
        else:
            self._required.append(self._node(item))

    def _node(self, item: tree.Item, field: Named | None = None) -> Node:
        match item:
            case tree.Word():
                return self._operand(self._piece(item), field)
            case tree.SearchField():
                if field:
                    raise self._bad("field_twice", self._first(item))
                return self._node(item.expr, field_named(item.name))
            case tree.Range() | tree.From() | tree.To():
                return self._days(item, field)
            case tree.Not() | tree.Prohibit():
                return Not(self._node(item.children[0], field))
            case tree.OrOperation():
                return Or(tuple(self._node(child, field) for child in item.children))
            case tree.UnknownOperation() | tree.AndOperation():
                return And(tuple(self._node(child, field) for child in item.children))
            case _:  # groups and +
                return self._node(item.children[0], field)

    def _operand(self, piece: Piece, field: Named | None) -> Node:
        if field is Special.PUBLISHED:
            return self._period(piece)
        if field is Special.URL:
            if start := address_start(piece.text.removesuffix("*")):
                return Address(start)
            raise self._bad("address", piece)
        if isinstance(field, Keyword):
            value = keyword_value(field, piece.text)
            if value is None:
                raise self._bad(field, piece)
            return Value(field, value)
        if special := self._special(piece, field):
            return special
        tokens = analyse(piece.text)
        if isinstance(field, Label) or len(tokens) > 1:  # كوفيد-19 is not every article with a 19
            return Phrase(_exact(tokens), field)
        return Word(tokens[0].exact, tokens[0].stem, field)

    def _special(self, piece: Piece, field: Text | Label | None) -> Node | None:
        """A phrase, a word as typed or a beginning; None for words in any form. Raises BadQuery for what cannot be searched for."""
        if piece.quoted:
            if not (tokens := analyse(piece.text)):
                raise self._bad("phrase_empty", piece)
            return Phrase(_exact(tokens), field)
        if _REGEX.fullmatch(piece.text):
            raise self._bad("regex", piece)
        if _FUZZY.fullmatch(piece.text):
            raise self._bad("fuzzy", piece)
        if _WILDCARD.fullmatch(piece.text):
            raise self._bad("wildcard", piece)
        if piece.text.startswith("="):
            return Phrase(_exact(analyse(piece.text)), field)
        if not piece.text.endswith("*"):
            return None
        *whole, start = _exact(analyse(piece.text))
        if len(start) < SHORTEST_PREFIX:
            raise self._bad("wildcard", piece)
        prefix = Prefix(start, field)
        return And((*(Phrase((word,), field) for word in whole), prefix)) if whole else prefix

    def _period(self, piece: Piece) -> Days:
        if days := period(piece.text):
            return days
        raise self._bad("day", piece)

    def _days(self, item: tree.Item, field: Named | None) -> Days:
        if field is not Special.PUBLISHED:
            raise self._bad("range_field", self._first(item))
        first = last = None
        if isinstance(item, tree.Range):
            first = self._bound(item.low, item.include_low, lower=True)
            last = self._bound(item.high, item.include_high, lower=False)
        elif isinstance(item, tree.From):
            first = self._bound(item.a, item.include, lower=True)
        else:
            last = self._bound(item.a, item.include, lower=False)
        if first and last and first > last:
            raise self._bad("days", self._first(item))
        return Days(first, last)

    def _bound(self, item: tree.Item, included: bool, *, lower: bool) -> date | None:
        piece = self._piece(item)
        if piece.text == "*":
            return None
        days = self._period(piece)
        assert days.first
        assert days.last
        if included:
            return days.first if lower else days.last
        try:
            return days.last + timedelta(1) if lower else days.first - timedelta(1)
        except OverflowError as e:  # of the year 1, or 9999
            raise self._bad("day", piece) from e

    def _piece(self, word: tree.Word) -> Piece:
        return self._pieces[int(word.value[1:])]

    def _first(self, item: tree.Item) -> Piece:
        """The first operand within."""
        return self._piece(item) if isinstance(item, tree.Word) else self._first(item.children[0])

    def _bad(self, code: str, piece: Piece) -> BadQuery:
        return BadQuery(code, self._text, piece.at + 1, piece.text)


def _as_lucene(number: int, piece: Piece) -> str:
    if piece.kind is Kind.FIELD:
        return f"{field_named(piece.text[:-1])}:"
    return f"x{number}" if piece.kind is Kind.OPERAND else piece.text if piece.kind is Kind.COMPARISON else piece.kind


def _exact(tokens: Iterable[Token]) -> tuple[str, ...]:
    return tuple(token.exact for token in tokens)
