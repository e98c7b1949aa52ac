"""A typed query cut into its pieces: operands, operators, fields and brackets, each with its place. What they mean together is `search.parse`'s."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from newsspider.search.fields import field_named
from newsspider.search.problems import BadQuery
from newsspider.text import fold

QUOTES = {'"': '"', "“": "”", "”": "“", "„": "“”", "«": "»", "»": "«"}  # each with what may close it
_RUN = re.compile(rf"[^\s(){''.join(QUOTES)}]+")
_IN_RANGE = re.compile(r"[^\s\]}]+")
_FIELD = re.compile(r"([^\W\d_]+):(?=\S)")
_COMPARISON = re.compile(r"[<>]=?")


class Kind(StrEnum):
    """Each but OPERAND and FIELD as Lucene's syntax writes it."""

    OPERAND = "operand"
    FIELD = "field"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    MINUS = "-"
    PLUS = "+"
    OPEN = "("
    CLOSE = ")"
    FROM = "["
    ABOVE = "{"
    TO = "TO"
    UP_TO = "]"
    BELOW = "}"
    COMPARISON = "<"


@dataclass(frozen=True, slots=True)
class Piece:
    """`at` counts from 0; `text` of an operand is without its quotation marks, of a field its own name."""

    kind: Kind
    at: int
    text: str
    quoted: bool = False
    in_range: bool = False


_OPERATORS = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT, "&&": Kind.AND, "||": Kind.OR}
_ARABIC_OPERATORS = {"و": (Kind.AND,), "أو": (Kind.OR,), "او": (Kind.OR,), "ليس": (Kind.NOT,), "وليس": (Kind.AND, Kind.NOT)}
_MAKE_CLEAR = {Kind.AND, Kind.OR, Kind.NOT, Kind.OPEN, Kind.FIELD}
_BEGINS = {Kind.OPERAND, Kind.FIELD, Kind.OPEN, Kind.MINUS, Kind.PLUS, Kind.NOT}


def cut(text: str) -> list[Piece]:
    """The pieces of a cleaned text. Raises BadQuery for a quotation mark that is not closed."""
    pieces = list(_pieces(text))
    return list(_with_arabic_operators(pieces)) if _MAKE_CLEAR & {piece.kind for piece in pieces} else pieces


def _pieces(text: str) -> Iterator[Piece]:
    at = 0
    field_before = False
    while at < len(text):
        if text[at].isspace():
            at += 1
            field_before = False
            continue
        found = list(_piece_at(text, at, field_before))
        last = found[-1]
        yield from found
        at = _end(text, last)
        field_before = last.kind is Kind.FIELD


def _piece_at(text: str, at: int, field_before: bool) -> Iterator[Piece]:
    """What begins here: one piece, a field after و, or all pieces of a range."""
    letter = text[at]
    if letter in QUOTES:
        yield _quoted(text, at)
    elif letter in "()":
        yield Piece(Kind(letter), at, letter)
    elif field_before and letter in "[{":
        yield from _range(text, at)
    elif field_before and (comparison := _COMPARISON.match(text, at)):
        yield Piece(Kind.COMPARISON, at, comparison[0])
    elif letter in "+-!" and _begins_a_part(text, at):
        yield Piece(Kind.PLUS if letter == "+" else Kind.MINUS, at, letter)
    elif (field := _FIELD.match(text, at)) and not field_before and field_named(field[1]):
        yield Piece(Kind.FIELD, at, field[0])
    elif field and at and letter == "و" and not field_before and field_named(field[1][1:]):  # وعنوان:, as و is written
        yield Piece(Kind.OPERAND, at, letter)
        yield Piece(Kind.FIELD, at + 1, field[0][1:])
    else:
        run = _RUN.match(text, at)
        assert run
        yield Piece(_OPERATORS.get(run[0], Kind.OPERAND), at, run[0])


def _begins_a_part(text: str, at: int) -> bool:
    """Whether a sign stands before a part, and not in or after a word, nor alone."""
    return (at == 0 or text[at - 1].isspace() or text[at - 1] in "(:") and at + 1 < len(text) and not text[at + 1].isspace()


def _quoted(text: str, at: int) -> Piece:
    closing = re.compile(f"[{QUOTES[text[at]]}]").search(text, at + 1)
    if not closing:
        raise BadQuery("quote_open", text, at + 1)
    return Piece(Kind.OPERAND, at, text[at + 1 : closing.start()], quoted=True)


def _range(text: str, at: int) -> Iterator[Piece]:
    yield Piece(Kind(text[at]), at, text[at])
    start, at = at, at + 1
    while at < len(text) and text[at] not in "]}":
        if text[at].isspace():
            at += 1
            continue
        bound = _IN_RANGE.match(text, at)
        assert bound
        kind = Kind.TO if fold(bound[0]) in ("to", "الي") else Kind.OPERAND
        yield Piece(kind, at, bound[0], in_range=True)
        at = bound.end()
    if at == len(text):
        raise BadQuery("range", text, start + 1)
    yield Piece(Kind(text[at]), at, text[at], in_range=True)


def _end(text: str, piece: Piece) -> int:
    return piece.at + len(piece.text) + 2 * piece.quoted


def _with_arabic_operators(pieces: list[Piece]) -> Iterator[Piece]:
    """Between two parts, و and its like are operators."""
    for number, piece in enumerate(pieces):
        between = 0 < number < len(pieces) - 1 and pieces[number - 1].kind in (Kind.OPERAND, Kind.CLOSE, Kind.UP_TO, Kind.BELOW)
        kinds = _ARABIC_OPERATORS.get(piece.text) if between and not piece.quoted and pieces[number + 1].kind in _BEGINS else None
        yield from (Piece(kind, piece.at, piece.text) for kind in kinds) if kinds else (piece,)
