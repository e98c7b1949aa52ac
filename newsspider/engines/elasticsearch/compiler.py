"""Typed queries to Elasticsearch's: the same clauses, of the same tokens, as the embedded engine's.

Each term of the query asks for its stem in title or body; `minimum_should_match` over the terms decides what is a hit. 4-grams of the words
are `should` clauses beside that, one a gram: they rank and never add a hit. Filters and exclusions do not score.
"""

from __future__ import annotations

from typing import Any

from newsspider.search import Query, Word
from newsspider.search.query import Phrase
from newsspider.search.weights import FIELDS, GRAMS
from newsspider.text import grams

Clause = dict[str, Any]
NEWEST: list[dict[str, Any]] = [{"published_at": {"order": "desc", "missing": "_last"}}, {"first_seen_at": "desc"}, {"id": "asc"}]


def compile_query(query: Query, required: int) -> Clause:
    """The query of which hits match at least `required` terms, every phrase and filter, and no exclusion."""
    clauses = {
        "must": [*_terms(query, required), *(_phrase(phrase) for phrase in query.phrases)],
        "filter": _filters(query),
        "must_not": [_word(word) for word in query.excluded_words] + [_phrase(phrase) for phrase in query.excluded_phrases],
        "should": [] if query.by_date else _grams(query),
    }
    return {"bool": {occur: those for occur, those in clauses.items() if those}}


def _terms(query: Query, required: int) -> list[Clause]:
    words = [_word(word) for word in query.terms]
    return [{"bool": {"should": words, "minimum_should_match": required}}] if words else []


def _word(word: Word) -> Clause:
    level, token = ("", word.stem) if word.stem else (".exact", word.exact)
    return _either({text: {"term": {text + level: {"value": token, "boost": weight}}} for text, weight in FIELDS.items()})


def _phrase(phrase: Phrase) -> Clause:
    words = {"query": " ".join(phrase), "analyzer": "whitespace"}  # the words are tokens already
    return _either({text: {"match_phrase": {f"{text}.exact": {**words, "boost": weight}}} for text, weight in FIELDS.items()})


def _either(clauses: dict[str, Clause]) -> Clause:
    return {"bool": {"should": list(clauses.values())}}


def _grams(query: Query) -> list[Clause]:
    every = dict.fromkeys(gram for word in query.words if word.stem for gram in grams(word.exact))
    return [{"term": {f"{text}.grams": {"value": gram, "boost": GRAMS * weight}}} for gram in every for text, weight in FIELDS.items()]


def _filters(query: Query) -> list[Clause]:
    named = {"source": query.sources, "section": query.sections}
    filters: list[Clause] = [{"terms": {field: list(values)}} for field, values in named.items() if values]
    days = {"gte": query.day_from, "lte": query.day_to}
    if bounds := {bound: day.isoformat() for bound, day in days.items() if day}:
        filters.append({"range": {"published_day": bounds}})
    return filters
