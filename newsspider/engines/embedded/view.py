"""One state of an embedded index, asked in typed queries: `engines.view.View` on a tantivy searcher."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import tantivy
from tantivy import Occur
from tantivy import Query as Clause

from newsspider.engines.embedded.compiler import compile_query
from newsspider.engines.embedded.folder import Concrete
from newsspider.engines.embedded.reader import Reader, reported
from newsspider.engines.view import Fields, Page, Total, counts, moment
from newsspider.errors import CursorExpired
from newsspider.search import Count, Facet, Interval, Query
from newsspider.search.cursor import Position
from newsspider.search.expression import Keyword
from newsspider.search.query import MAX_OFFSET

BATCH = 1000
SEGMENT_SIZE = 65_000  # values of a segment that are counted, so that no count is an estimate
TITLES = 50

Found = tuple[Any, tantivy.DocAddress]  # what it is sorted by, and where it lies


class EmbeddedView:
    """See `engines.view.View`."""

    def __init__(self, reader: Reader) -> None:
        self._concrete: Concrete = reader.concrete
        self._schema = reader.index.schema
        self._searcher = reader.searcher()

    def page(self, query: Query, required: int, position: Position | None = None) -> Page:
        if position and position.state != self._concrete.index_id:
            raise CursorExpired("the index was built anew since the first page; begin again with it")
        position = position or Position(offset=query.offset, folded=query.fold_families)
        with reported(self._concrete):
            clause = compile_query(query, required, self._schema, ranked=not query.by_date)
            if position.folded:
                return self._folded_page(query, required, clause, position)
            if query.by_date:
                return self._dated_page(clause, query.limit, position)
            total, found = self._search(clause, query.limit, position.offset)
            end = position.offset + len(found)
            return Page(total, [(self._fields(place), score) for score, place in found], self._at(offset=end) if end < total else None)

    def total(self, query: Query, required: int) -> Total:
        with reported(self._concrete):
            return Total(self._search(compile_query(query, required, self._schema), 1)[0])

    def facets(self, query: Query, required: int, facets: Sequence[Facet], limit: int) -> dict[Facet, tuple[Count, ...]]:
        counted = {facet: {"terms": {"field": facet, "size": limit, "segment_size": SEGMENT_SIZE}} for facet in facets}
        with reported(self._concrete):
            answer = self._searcher.aggregate(compile_query(query, required, self._schema), counted)
        return {facet: counts(answer[facet]["buckets"]) for facet in facets}

    def moments(self, query: Query, required: int, interval: Interval) -> dict[datetime, int]:
        field, step = ("published_hour", "1h") if interval is Interval.HOUR else ("published_day", "1d")
        histogram = {"date_histogram": {"field": field, "fixed_interval": step, "min_doc_count": 1}}
        with reported(self._concrete):
            answer = self._searcher.aggregate(compile_query(query, required, self._schema), {"moments": histogram})
        return {moment(bucket["key"]): bucket["doc_count"] for bucket in answer["moments"]["buckets"]}

    def everything(self, query: Query, required: int) -> Iterator[Fields]:
        clause = compile_query(query, required, self._schema)
        position: Position | None = Position()
        while position:
            with reported(self._concrete):
                page = self._dated_page(clause, BATCH, position)
            yield from (fields for fields, _ in page.found)
            position = page.following

    def frequencies(self, stems: Sequence[str]) -> tuple[int, dict[str, int]]:
        return self._searcher.num_docs, {stem: self._searcher.doc_freq("body_stem", stem) for stem in stems}

    def near_titles(self, word: str, distance: int) -> list[str]:
        fuzzy = Clause.fuzzy_term_query(self._schema, "title_exact", word, distance)
        with reported(self._concrete):
            return [self._fields(place)["title"] for _, place in self._search(fuzzy, TITLES)[1]]

    def _dated_page(self, clause: Clause, limit: int, position: Position) -> Page:
        """The newest first. What is sorted by has no ranges, so a page goes on among the articles of the last number, after the last one shown."""
        if position.newest is None:
            before = position.offset
            total, found = self._search(clause, limit, before, newest_first=True)
            left = total
        else:
            total = self._search(clause, 1)[0]
            older = Clause.range_query(self._schema, "newest", tantivy.FieldType.Unsigned, None, position.newest)
            clause = Clause.boolean_query([(Occur.Must, clause), (Occur.Must, older)])
            before, left, found = self._after(clause, limit, position)
        following = None
        if found and before + len(found) < left:
            numbers = self._numbers("newest", found)
            earlier = before if numbers[-1] == position.newest else 0
            following = self._at(offset=earlier + numbers.count(numbers[-1]), newest=numbers[-1], after=[found[-1][0]])
        return Page(total, [(self._fields(place), 0.0) for _, place in found], following)

    def _after(self, clause: Clause, limit: int, position: Position) -> tuple[int, int, list[Found]]:
        """The hits after the last one shown, how many stand before them, and how many there are. It stands where it did, unless others have come or
        gone since: then its place is looked for."""
        last = position.after[0] if position.after else ""
        left, found = self._search(clause, limit + 1, max(position.offset - 1, 0), newest_first=True)
        if found and found[0][0] == last:
            return position.offset, left, found[1:]

        def is_after(at: int) -> bool:
            return str(self._search(clause, 1, at, newest_first=True)[1][0][0]) < str(last)

        before = bisect_left(range(left), True, key=is_after)
        return before, left, self._search(clause, limit, before, newest_first=True)[1]

    def _folded_page(self, query: Query, required: int, clause: Clause, position: Position) -> Page:
        """Each family once, by its first hit; what is looked through grows until the page is full. By date, a page begins after what the last one
        shown was sorted by, so that articles that have come since push no family onto it a second time."""
        end, looked_at, total = position.offset + query.limit, 0, 1
        left: list[int] = []  # places, among all hits, of the first hits of families that no page has shown
        while looked_at < total and len(left) <= query.limit:
            looked_at = 4 * max(looked_at, end)
            total, found = self._search(clause, looked_at, newest_first=query.by_date)
            firsts: dict[int, int] = {}
            for at, family in enumerate(self._numbers("family_number", found)):
                firsts.setdefault(family, at)
            if query.by_date and position.after:
                left = [at for at in firsts.values() if found[at][0] < str(position.after[0])]
            else:
                left = list(firsts.values())[position.offset :]
        shown = left[: query.limit]
        following = None
        if len(left) > query.limit:
            last = found[shown[-1]]
            newest, after = (self._numbers("newest", [last])[0], [last[0]]) if query.by_date else (None, None)
            folded = end <= MAX_OFFSET
            following = self._at(offset=end if folded else shown[-1] + 1, folded=folded, newest=newest, after=after)
        hits = [(self._fields(found[at][1]), 0.0 if query.by_date else found[at][0]) for at in shown]
        return Page(total, hits, following, folded=True, sizes=self._sizes(query, required, [fields["family_id"] for fields, _ in hits]))

    def _sizes(self, query: Query, required: int, families: list[str]) -> dict[str, int]:
        """How many hits there are of each family that has more than one article."""
        several = [family for family in families if self._searcher.doc_freq(Keyword.FAMILY, family) > 1]
        if not several:
            return {}
        clause = compile_query(query, required, self._schema)
        members = Clause.boolean_query([(Occur.Must, clause), (Occur.Must, Clause.term_set_query(self._schema, Keyword.FAMILY, several))])
        counted = {"terms": {"field": Keyword.FAMILY, "size": len(several), "segment_size": SEGMENT_SIZE}}
        answer = self._searcher.aggregate(members, {"families": counted})
        return {bucket["key"]: bucket["doc_count"] for bucket in answer["families"]["buckets"]}

    def _search(self, clause: Clause, limit: int, offset: int = 0, *, newest_first: bool = False) -> tuple[int, list[Found]]:
        most = max(self._searcher.num_docs, 1)  # tantivy makes room for all that is asked for
        found = self._searcher.search(clause, min(limit, most), offset=min(offset, most), order_by_field="order" if newest_first else None)
        return found.count, found.hits  # type: ignore[attr-defined]  # missing in tantivy's stubs

    def _at(
        self, *, offset: int, folded: bool = False, newest: int | None = None, after: list[float | int | str] | None = None
    ) -> Position:
        return Position(offset=offset, folded=folded, newest=newest, after=after, state=self._concrete.index_id)

    def _numbers(self, field: str, found: list[Found]) -> list[int]:
        numbers = self._searcher.fast_field_values(field, [place for _, place in found])
        return [number for number in numbers if isinstance(number, int)]  # every document has one

    def _fields(self, place: tantivy.DocAddress) -> Fields:
        fields: Fields = json.loads(self._searcher.doc(place)["shown"][0])
        return fields
