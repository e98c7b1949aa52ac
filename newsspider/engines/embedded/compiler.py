"""Typed queries to tantivy's.

Each term of the query asks for its stem in title or body; `minimum_number_should_match` over the terms decides what is a hit. 4-grams of the
words are `should` clauses beside that, one a gram: they rank and never add a hit. Filters and exclusions do not score.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import tantivy
from tantivy import Occur
from tantivy import Query as Clause

from newsspider.search import Query, Word
from newsspider.search.query import Phrase
from newsspider.search.weights import FIELDS, GRAMS
from newsspider.text import grams


def compile_query(query: Query, required: int, schema: tantivy.Schema) -> Clause:
    """The tantivy query of which hits match at least `required` terms, every phrase and filter, and no exclusion."""
    musts = [*_terms(query, required, schema), *(_phrase(phrase, schema) for phrase in query.phrases)]
    filters = _filters(query, schema)
    excluded = [_word(word, schema) for word in query.excluded_words] + [_phrase(phrase, schema) for phrase in query.excluded_phrases]
    clauses = [(Occur.Must, clause) for clause in musts or [Clause.const_score_query(Clause.all_query(), 0.0)]]
    clauses += [(Occur.Must, Clause.const_score_query(clause, 0.0)) for clause in filters]
    clauses += [(Occur.MustNot, clause) for clause in excluded]
    if not query.by_date:
        clauses += [(Occur.Should, clause) for clause in _grams(query, schema)]
    return Clause.boolean_query(clauses)


def _terms(query: Query, required: int, schema: tantivy.Schema) -> list[Clause]:
    words = [(Occur.Should, _word(word, schema)) for word in query.terms]
    return [Clause.boolean_query(words, minimum_number_should_match=required)] if words else []


def _word(word: Word, schema: tantivy.Schema) -> Clause:
    level, token, option = ("stem", word.stem, "freq") if word.stem else ("exact", word.exact, "position")
    return _either({text: Clause.term_query(schema, f"{text}_{level}", token, option) for text in FIELDS})


def _phrase(phrase: Phrase, schema: tantivy.Schema) -> Clause:
    if len(phrase) == 1:
        return _either({text: Clause.term_query(schema, f"{text}_exact", phrase[0], "position") for text in FIELDS})
    return _either({text: Clause.phrase_query(schema, f"{text}_exact", list(phrase)) for text in FIELDS})


def _either(clauses: dict[str, Clause]) -> Clause:
    return Clause.boolean_query([(Occur.Should, Clause.boost_query(clause, FIELDS[text])) for text, clause in clauses.items()])


def _grams(query: Query, schema: tantivy.Schema) -> list[Clause]:
    every = dict.fromkeys(gram for word in query.words if word.stem for gram in grams(word.exact))
    return [
        Clause.boost_query(Clause.term_query(schema, f"{text}_gram", gram, "freq"), GRAMS * weight)
        for gram in every
        for text, weight in FIELDS.items()
    ]


def _filters(query: Query, schema: tantivy.Schema) -> list[Clause]:
    filters = []
    if query.sources:
        filters.append(Clause.term_set_query(schema, "source", list(query.sources)))
    if query.sections:
        filters.append(Clause.term_set_query(schema, "section", list(query.sections)))
    if query.day_from or query.day_to:
        bounds = (_midnight(query.day_from), _midnight(query.day_to))
        filters.append(Clause.range_query(schema, "published_day", tantivy.FieldType.Date, *bounds))
    return filters


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
