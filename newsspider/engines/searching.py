"""Searching, the same in every engine: each answer is put together from what a `View` of the index gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import perf_counter

from newsspider.engines.shown import hit
from newsspider.engines.view import Fields, Page, Total, View
from newsspider.search import (
    Count,
    Facet,
    Histogram,
    Hit,
    Interval,
    Query,
    Results,
    Sort,
    Suggestion,
    Why,
    Word,
    charts,
    parse_query,
    relaxing,
)
from newsspider.search.cursor import Cursor, read_cursor
from newsspider.search.expression import Field, Label, Text
from newsspider.search.matching import Settled
from newsspider.search.query import Match
from newsspider.search.similar import candidates, similar_query
from newsspider.search.suggestions import SHORTEST, beginnings, corrected, goes_on, most_distance, near_words
from newsspider.search.why import why
from newsspider.text.highlight import Marks

TAGS_LOOKED_AT = 100  # of the articles with such tags, to find the tags that are meant
SIMILAR_SHARE = 0.3  # of its words that an article must have to be similar


class Searching(ABC):
    """`search.SearchEngine` on top of a View."""

    @abstractmethod
    def _view(self) -> View:
        """The newest state of the index that is searched. Raises AnalysisMismatch when it was built by another analysis."""

    def search(self, query: Query) -> Results:
        began = perf_counter()
        view = self._view()
        if cursor := read_cursor(query):
            settled = Settled(view.page(query, cursor.required, cursor.position), cursor.required, cursor.notice)
        else:
            settled = relaxing(query, lambda required: view.page(query, required))
        page = settled.found
        return Results(
            page.total,
            tuple(_hits(query, page)),
            took=perf_counter() - began,
            notice=settled.notice,
            cursor=_cursor(query, settled),
            partial=page.partial,
            folded=page.folded,
        )

    def total(self, query: Query) -> int:
        return self._settled(query)[1].found.total

    def facets(self, query: Query, facets: Sequence[Facet], limit: int = 10) -> dict[Facet, tuple[Count, ...]]:
        view, settled = self._settled(query)
        return view.facets(query, settled.required, facets, limit)

    def histogram(self, query: Query, interval: Interval) -> Histogram:
        view, settled = self._settled(query)
        days = view.moments(query, settled.required, Interval.DAY)
        if interval is not Interval.HOUR:
            return charts.histogram(days, interval, query, settled.found.total)
        charts.require_hours(days)
        return charts.histogram(view.moments(query, settled.required, interval), interval, query, settled.found.total)

    def similar(self, article_id: str, limit: int = 10) -> tuple[Hit, ...]:
        view = self._view()
        fields = _article(view, article_id)
        words = candidates(fields["title"], fields["body"]) if fields else []
        documents, frequencies = view.frequencies(list(dict.fromkeys(word.stem for word in words if word.stem)))
        query = similar_query(words, frequencies, documents, fields["family_id"], limit) if fields else None
        if not query:
            return ()
        return tuple(_hits(query, view.page(query, max(1, int(SIMILAR_SHARE * len(query.terms))))))

    def suggest(self, text: str, limit: int = 8) -> tuple[Suggestion, ...]:
        view = self._view()
        asked = beginnings(text, Label.TAG)
        if not asked:
            return ()
        counts = view.facets(Query(required=asked), 0, (Facet.TAG,), TAGS_LOOKED_AT)[Facet.TAG]
        tags = [Suggestion(one.value, Facet.TAG, one.count) for one in counts if goes_on(text, one.value)][: limit // 2]
        titles = Query(required=beginnings(text, Text.TITLE), sort=Sort.NEWEST, fold_families=True, limit=limit)
        found = [Suggestion(fields["title"], None, article_id=fields["id"]) for fields, _ in view.page(titles, 0).found]
        return (*tags, *{suggestion.text: suggestion for suggestion in reversed(found)}.values())[:limit]

    def did_you_mean(self, text: str) -> str | None:
        view = self._view()
        query = parse_query(text)
        unknown = [word for word in query.ranking_words if len(word.exact) >= SHORTEST and not _total(view, word)]
        corrections = {word.exact: form for word in unknown if (form := _correction(view, word))}
        return corrected(text, corrections) if corrections else None

    def why(self, query: Query, article_id: str) -> Why | None:
        view, settled = self._settled(query)
        if not (fields := _article(view, article_id)):
            return None
        only = replace(query, ids=(article_id,), sort=Sort.RELEVANCE, fold_families=False, offset=0, cursor=None, limit=1)
        found = view.page(only, settled.required).found
        texts: dict[Field, Sequence[str]] = {
            Text.TITLE: [fields["title"]],
            Text.BODY: [fields["body"]],
            Text.SUMMARY: [fields.get("summary") or ""],
            Label.SECTION: [fields.get("section") or ""],
            Label.TAG: fields.get("tags") or [],
            Label.AUTHOR: fields.get("authors") or [],
        }
        return Why(bool(found), found[0][1] if found else 0.0, *why(query, texts))

    def scan(self, query: Query) -> Iterator[Hit]:
        view, settled = self._settled(query)
        for fields in view.everything(query, settled.required):
            yield hit(fields, 0.0, Marks())

    def _settled(self, query: Query) -> tuple[View, Settled[Total]]:
        view = self._view()
        return view, relaxing(query, lambda required: view.total(query, required))


def _cursor(query: Query, settled: Settled[Page]) -> str | None:
    if not (following := settled.found.following):
        return None
    return Cursor(query=query.fingerprint, required=settled.required, notice=settled.notice, position=following).encode()


def _hits(query: Query, page: Page) -> Iterator[Hit]:
    marks = query.marks
    for fields, score in page.found:
        yield hit(fields, score, marks, page.sizes.get(fields["family_id"], 1))


def _article(view: View, article_id: str) -> Fields | None:
    found = view.page(Query(ids=(article_id,), limit=1), 0).found
    return found[0][0] if found else None


def _total(view: View, word: Word) -> int:
    return view.total(Query(words=(word,), match=Match.ALL), 1).total


def _correction(view: View, word: Word) -> str | None:
    """The form of the nearest word that articles have, of several the most frequent."""
    near = near_words(word.exact, view.near_titles(word.exact, most_distance(word.exact)))
    best = [one for one in near if one.distance == near[0].distance]
    return max(best, key=lambda one: (_total(view, one.word), one.form)).form if best else None
