"""Typed queries to Elasticsearch's: the same clauses, of the same tokens, as the embedded engine's.

Each term of the query asks for its stem in title or body; `minimum_should_match` over the terms decides what is a hit. 4-grams of the words
are `should` clauses beside that, one a gram: they rank and never add a hit, as recency does. Filters and exclusions do not score.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from newsspider import clock
from newsspider.search import Facet, Query
from newsspider.search.expression import (
    Address,
    And,
    Days,
    Field,
    Keyword,
    Label,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Text,
    Value,
    Word,
    alternatives,
)
from newsspider.search.suggestions import COMPLETED
from newsspider.search.weights import GRAMS, RECENCY, SYNONYM, weights
from newsspider.text import EDGE, grams

Clause = dict[str, Any]
FIELDS: dict[Text | Label | Keyword | Facet, str] = {
    **{field: str(field) for field in (*Text, *Keyword, *Facet, Label.SECTION)},
    Label.TAG: "tags",
    Label.AUTHOR: "authors",
    Facet.TAG: "tags",
    Facet.AUTHOR: "authors",
    Keyword.FAMILY: "family_id",
}


def compile_query(query: Query, required: int) -> Clause:
    """The query of which hits match at least `required` terms, every required part and filter, and no exclusion."""
    clauses = {
        "must": [*_terms(query, required), *map(_node, query.required)],
        "filter": _filters(query),
        "must_not": [_node(node) for node in query.excluded],
        "should": [] if query.by_date else [*_grams(query), *_recency(query)],
    }
    return {"bool": {occur: those for occur, those in clauses.items() if those}}


def _terms(query: Query, required: int) -> list[Clause]:
    words = [_word(word) for word in query.terms]
    return [{"bool": {"should": words, "minimum_should_match": required}}] if words else []


def _grams(query: Query) -> list[Clause]:
    every = dict.fromkeys((gram, word.field) for word in query.ranking_words for gram in grams(word.exact))
    return [_term(f"{text}.grams", gram, GRAMS * weight) for gram, field in every for text, weight in weights(field).items()]


def _recency(query: Query) -> list[Clause]:
    today = clock.now().date()
    return [_constant(_days(today - timedelta(days), None), score) for days, score in RECENCY.items() if query.recency]


def _filters(query: Query) -> list[Clause]:
    filters: list[Clause] = [{"terms": {FIELDS[field]: list(values)}} for field, values in query.filters.items()]
    if query.ids is not None:
        filters.append({"terms": {"id": list(query.ids)}})
    if query.day_from or query.day_to:
        filters.append(_days(query.day_from, query.day_to))
    return filters


def _node(node: Node) -> Clause:
    match node:
        case Word():
            return _word(node)
        case Phrase():
            return _phrase(node)
        case Prefix():
            return _in_fields(node.field, lambda field, weight: _constant(_beginning(field, node.start), weight))
        case Value():
            return _constant(_term(FIELDS[node.field], node.value), 0.0)
        case Address():
            return _constant({"prefix": {"address": node.start}}, 0.0)
        case Days():
            return _constant(_days(node.first, node.last), 0.0)
        case And():
            return {"bool": {"must": [_node(part) for part in node.parts]}}
        case Or():
            return {"bool": {"should": [_node(part) for part in node.parts]}}
        case Not():
            return {"bool": {"must_not": [_node(node.part)]}}


def _word(word: Word, share: float = 1.0) -> Clause:
    level, token = ("", word.stem) if word.stem else (".exact", word.exact)
    itself = [_term(text + level, token, share * weight) for text, weight in weights(word.field).items()]
    others = alternatives(word) if share == 1.0 else ()
    return _either([*itself, *(_word(other, SYNONYM) if isinstance(other, Word) else _phrase(other, SYNONYM) for other in others)])


def _phrase(phrase: Phrase, share: float = 1.0) -> Clause:
    return _in_fields(phrase.field, lambda field, weight: _side_by_side(f"{FIELDS[field]}.exact", phrase.words, share * weight))


def _side_by_side(field: str, words: tuple[str, ...], weight: float) -> Clause:
    tokens = {"query": " ".join(words), "analyzer": "whitespace"}  # the words are tokens already
    return {"match_phrase": {field: {**tokens, "boost": weight}}}


def _beginning(field: Field, start: str) -> Clause:
    if field in COMPLETED and len(start) <= EDGE:
        return _term(f"{FIELDS[field]}.edges", start)
    return {"prefix": {f"{FIELDS[field]}.exact": start}}


def _in_fields(field: Field | None, clause: Callable[[Field, float], Clause]) -> Clause:
    if isinstance(field, Label):
        return _constant(clause(field, 1.0), 1.0)
    return _either(clause(text, weight) for text, weight in weights(field).items())


def _days(first: date | None, last: date | None) -> Clause:
    bounds = {bound: day.isoformat() for bound, day in (("gte", first), ("lte", last)) if day}
    return {"range": {"published_day": bounds}} if bounds else {"exists": {"field": "published_day"}}


def _term(field: str, token: str, weight: float = 1.0) -> Clause:
    return {"term": {field: {"value": token, "boost": weight}}}


def _constant(clause: Clause, score: float) -> Clause:
    return {"constant_score": {"filter": clause, "boost": score}}


def _either(clauses: Iterable[Clause]) -> Clause:
    return {"bool": {"should": list(clauses)}}
