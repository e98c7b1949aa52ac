"""Typed queries to tantivy's.

Each term of the query asks for its stem in title or body; `minimum_number_should_match` over the terms decides what is a hit. 4-grams of the
words are `should` clauses beside that, one a gram: they rank and never add a hit, as recency does. Filters and exclusions do not score.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta

import tantivy
from tantivy import Occur
from tantivy import Query as Clause

from newsspider import clock
from newsspider.search import Query
from newsspider.search.expression import Address, And, Days, Field, Label, Node, Not, Or, Phrase, Prefix, Value, Word, alternatives
from newsspider.search.suggestions import COMPLETED
from newsspider.search.weights import GRAMS, RECENCY, SYNONYM, weights
from newsspider.text import EDGE, grams


def compile_query(query: Query, required: int, schema: tantivy.Schema, *, ranked: bool = False) -> Clause:
    """The tantivy query of which hits match at least `required` terms, every required part and filter, and no exclusion. What only ranks is in it
    where hits are `ranked`: it takes its time even where nobody asks for scores."""
    compiler = Compiler(schema)
    musts = [*compiler.terms(query, required), *map(compiler.node, query.required)]
    clauses = [(Occur.Must, clause) for clause in musts or [_silent(Clause.all_query())]]
    clauses += [(Occur.Must, _silent(clause)) for clause in compiler.filters(query)]
    clauses += [(Occur.MustNot, compiler.node(node)) for node in query.excluded]
    if ranked:
        clauses += [(Occur.Should, clause) for clause in compiler.grams(query)]
        clauses += [(Occur.Should, clause) for clause in compiler.recency(query)]
    return Clause.boolean_query(clauses)


FIRST_DAY, LAST_DAY = date(1678, 1, 1), date(2261, 12, 31)


class Compiler:
    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def terms(self, query: Query, required: int) -> list[Clause]:
        words = [(Occur.Should, self._word(word)) for word in query.terms]
        return [Clause.boolean_query(words, minimum_number_should_match=required)] if words else []

    def grams(self, query: Query) -> list[Clause]:
        every = dict.fromkeys((gram, word.field) for word in query.ranking_words for gram in grams(word.exact))
        return [
            Clause.boost_query(self._term(f"{text}_gram", gram, "freq"), GRAMS * weight)
            for gram, field in every
            for text, weight in weights(field).items()
        ]

    def recency(self, query: Query) -> list[Clause]:
        today = clock.now().date()
        steps = RECENCY.items() if query.recency else ()
        return [Clause.const_score_query(self._days(today - timedelta(days), None), score) for days, score in steps]

    def filters(self, query: Query) -> list[Clause]:
        filters = [Clause.term_set_query(self._schema, field, list(values)) for field, values in query.filters.items()]
        if query.ids is not None:
            filters.append(Clause.term_set_query(self._schema, "id", list(query.ids)))
        if query.day_from or query.day_to:
            filters.append(self._days(query.day_from, query.day_to))
        return filters

    def node(self, node: Node) -> Clause:
        match node:
            case Word():
                return self._word(node)
            case Phrase():
                return self._phrase(node)
            case Prefix():
                return self._prefix(node)
            case Value():
                return _silent(self._term(node.field, node.value, "basic"))
            case Address():
                return _silent(Clause.regex_query(self._schema, "address", f"{re.escape(node.start)}.*"))
            case Days():
                return _silent(self._days(node.first, node.last))
            case And():
                return Clause.boolean_query([(Occur.Must, self.node(part)) for part in node.parts])
            case Or():
                return Clause.boolean_query([(Occur.Should, self.node(part)) for part in node.parts])
            case Not():
                return Clause.boolean_query([(Occur.Must, _silent(Clause.all_query())), (Occur.MustNot, self.node(node.part))])

    def _word(self, word: Word, share: float = 1.0) -> Clause:
        level, token, option = ("stem", word.stem, "freq") if word.stem else ("exact", word.exact, "position")
        itself = [(self._term(f"{text}_{level}", token, option), share * weight) for text, weight in weights(word.field).items()]
        others = alternatives(word) if share == 1.0 else ()
        synonyms = (self._word(other, SYNONYM) if isinstance(other, Word) else self._phrase(other, SYNONYM) for other in others)
        return _either([*itself, *((clause, 1.0) for clause in synonyms)])

    def _phrase(self, phrase: Phrase, share: float = 1.0) -> Clause:
        return self._in_fields(phrase.field, lambda field: self._side_by_side(f"{field}_exact", phrase.words), share)

    def _side_by_side(self, field: str, words: tuple[str, ...]) -> Clause:
        return self._term(field, words[0], "position") if len(words) == 1 else Clause.phrase_query(self._schema, field, list(words))

    def _prefix(self, prefix: Prefix) -> Clause:
        return self._in_fields(prefix.field, lambda field: self._beginning(field, prefix.start))

    def _beginning(self, field: Field, start: str) -> Clause:
        if field in COMPLETED and len(start) <= EDGE:
            clause = self._term(f"{field}_edge", start, "basic")
        else:
            clause = Clause.regex_query(self._schema, f"{field}_exact", f"{re.escape(start)}.*")
        return Clause.const_score_query(clause, 1.0)

    def _in_fields(self, field: Field | None, clause: Callable[[Field], Clause], share: float = 1.0) -> Clause:
        if isinstance(field, Label):
            return Clause.const_score_query(clause(field), 1.0)
        return _either((clause(text), share * weight) for text, weight in weights(field).items())

    def _days(self, first: date | None, last: date | None) -> Clause:
        if not (first or last):
            return Clause.exists_query("published_day")
        bounds = (_midnight(first), _midnight(last))
        return Clause.range_query(self._schema, "published_day", tantivy.FieldType.Date, *bounds)

    def _term(self, field: str, token: str, option: str) -> Clause:
        return Clause.term_query(self._schema, field, token, option)


def _either(clauses: Iterable[tuple[Clause, float]]) -> Clause:
    return Clause.boolean_query([(Occur.Should, Clause.boost_query(clause, weight)) for clause, weight in clauses])


def _silent(clause: Clause) -> Clause:
    return Clause.const_score_query(clause, 0.0)


def _midnight(day: date | None) -> datetime | None:
    """A bound that the index can compare with: it counts nanoseconds in 64 bits, so no article lies beyond these days."""
    return datetime.combine(min(max(day, FIRST_DAY), LAST_DAY), time(), UTC) if day else None
