"""What is behind an alias of Elasticsearch, asked in typed queries: `engines.view.View` on its search API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from newsspider.engines.elasticsearch.compiler import FIELDS, Clause, compile_query
from newsspider.engines.elasticsearch.connection import reported, root_causes
from newsspider.engines.elasticsearch.indices import Concrete
from newsspider.engines.view import Fields, Page, Total, counts, moment
from newsspider.errors import CursorExpired, NewsspiderError
from newsspider.search import Count, Facet, Interval, Query
from newsspider.search.cursor import Position
from newsspider.search.query import MAX_OFFSET

BATCH = 1000
KEPT = "2m"  # how long the state that a cursor leads through is kept after its last page
OWN_SHARE = 0.6  # of a search's time that the server may take, to leave time for an answer that says it was too little
SHARD_SIZE = 1000  # values that each shard counts, so that what many shards add up is right
TITLES = 50
GONE = {"search_context_missing_exception", "no_shard_available_action_exception", "index_not_found_exception"}
NEWEST: list[Clause] = [{"order": "desc"}]
BEST: list[Any] = ["_score", {"order": "desc"}]
FOLDED: Clause = {"field": "family_id", "inner_hits": {"name": "family", "size": 0}}


class ElasticsearchView:
    """See `engines.view.View`. `index` is an alias or a concrete index; `timeout`, which the client has, too, is in seconds."""

    def __init__(self, client: Elasticsearch, url: str, index: str, timeout: float) -> None:
        self._client = client
        self._url = url
        self._index = index
        self._timeout = timeout

    def page(self, query: Query, required: int, position: Position | None = None) -> Page:
        """The second page opens the point in time that all later ones are of."""
        position = position or Position(offset=query.offset, folded=query.fold_families)
        if position.folded and position.after:
            return self._following_families(query, required, position)
        asked: dict[str, Any] = {
            "query": compile_query(query, required),
            "sort": NEWEST if query.by_date else BEST,
            "size": query.limit,
            "track_total_hits": True,
        }
        if position.folded:
            asked["collapse"] = FOLDED
        if position.after:
            answer = self._search(**asked, pit=position.state or self._point_in_time(), search_after=position.after)
        else:
            answer = self._search(**asked, from_=min(position.offset, MAX_OFFSET))
        hits = answer["hits"]["hits"]
        following = None
        total, end = answer["hits"]["total"]["value"], position.offset + query.limit
        if len(hits) == query.limit and (position.after or end < total):
            folded = position.folded and end <= MAX_OFFSET
            after = hits[-1]["sort"] if query.by_date or not folded else None
            following = Position(offset=end, folded=folded, after=after, state=answer.get("pit_id", ""))
        found = [(one["_source"], 0.0 if query.by_date else one["_score"]) for one in hits]
        return Page(total, found, following, _is_partial(answer), position.folded, _sizes(hits) if position.folded else {})

    def _following_families(self, query: Query, required: int, position: Position) -> Page:
        """The families of which no hit comes before what the last one shown was sorted by, so that articles that have come since push none
        onto a page a second time. (`search_after` does not go with `collapse`, and an offset counts what has come.)"""
        compiled = compile_query(query, required)
        hits: list[Mapping[str, Any]] = []
        after: Any = position.after and str(position.after[0])
        partial, left = False, True
        while left and len(hits) <= query.limit:
            older = _narrowed(compiled, {"range": {"order": {"lt": after}}})
            answer = self._search(query=older, sort=NEWEST, size=query.limit + 1, collapse=FOLDED, track_total_hits=False)
            found = answer["hits"]["hits"]
            shown = self._families_since(compiled, after, [one["_source"]["family_id"] for one in found]) if found else set()
            hits += [one for one in found if one["_source"]["family_id"] not in shown]
            partial = partial or _is_partial(answer)
            if left := len(found) > query.limit:
                after = found[-1]["sort"][0]
        end, page = position.offset + query.limit, hits[: query.limit]
        following = Position(offset=end, folded=end <= MAX_OFFSET, after=page[-1]["sort"]) if len(hits) > query.limit else None
        return Page(self.total(query, required).total, [(one["_source"], 0.0) for one in page], following, partial, True, _sizes(page))

    def _families_since(self, compiled: Clause, order: str, families: list[str]) -> set[str]:
        """Those of the families that have a hit which is sorted by `order` or greater."""
        newer = _narrowed(compiled, {"range": {"order": {"gte": order}}}, {"terms": {"family_id": families}})
        counted = {"families": {"terms": {"field": "family_id", "size": len(families)}}}
        answer = self._search(query=newer, size=1, source=False, track_total_hits=False, aggregations=counted)
        return {bucket["key"] for bucket in answer["aggregations"]["families"]["buckets"]}

    def total(self, query: Query, required: int) -> Total:
        answer = self._search(query=compile_query(query, required), size=1, source=False, track_total_hits=True)
        return Total(answer["hits"]["total"]["value"])

    def facets(self, query: Query, required: int, facets: Sequence[Facet], limit: int) -> dict[Facet, tuple[Count, ...]]:
        counted = {str(facet): {"terms": {"field": FIELDS[facet], "size": limit, "shard_size": max(limit, SHARD_SIZE)}} for facet in facets}
        answer = self._search(query=compile_query(query, required), size=1, source=False, track_total_hits=False, aggregations=counted)
        return {facet: counts(answer["aggregations"][facet]["buckets"]) for facet in facets}

    def moments(self, query: Query, required: int, interval: Interval) -> dict[datetime, int]:
        field, step = ("published_hour", "1h") if interval is Interval.HOUR else ("published_day", "1d")
        histogram = {"date_histogram": {"field": field, "fixed_interval": step, "min_doc_count": 1}}
        answer = self._search(
            query=compile_query(query, required), size=1, source=False, track_total_hits=False, aggregations={"moments": histogram}
        )
        return {moment(bucket["key"]): bucket["doc_count"] for bucket in answer["aggregations"]["moments"]["buckets"]}

    def everything(self, query: Query, required: int) -> Iterator[Fields]:
        asked = {"query": compile_query(query, required), "sort": NEWEST, "size": BATCH, "track_total_hits": False}
        pit = self._point_in_time()
        after: list[Any] | None = None
        try:
            while True:
                # Of an export nothing may be missing without a word.
                answer = self._search(pit=pit, search_after=after, partial=False, **asked)
                pit = answer["pit_id"]
                hits = answer["hits"]["hits"]
                yield from (one["_source"] for one in hits)
                if len(hits) < BATCH:
                    return
                after = hits[-1]["sort"]
        finally:
            with suppress(NewsspiderError), reported(self._url):  # it ends by itself
                self._client.close_point_in_time(id=pit)

    def frequencies(self, stems: Sequence[str]) -> tuple[int, dict[str, int]]:
        with reported(self._url):
            answer = self._client.termvectors(
                index=self._index,
                doc={"body": " ".join(stems)},
                per_field_analyzer={"body": "whitespace"},
                fields=["body"],
                term_statistics=True,
                positions=False,
                offsets=False,
                payloads=False,
            )
        body = answer["term_vectors"].get("body", {"terms": {}, "field_statistics": {"doc_count": 0}})
        return body["field_statistics"]["doc_count"], {stem: about.get("doc_freq", 0) for stem, about in body["terms"].items()}

    def near_titles(self, word: str, distance: int) -> list[str]:
        fuzzy = {"fuzzy": {"title.exact": {"value": word, "fuzziness": distance}}}
        answer = self._search(query=fuzzy, size=TITLES, source=["title"], track_total_hits=False)
        return [one["_source"]["title"] for one in answer["hits"]["hits"]]

    def _point_in_time(self) -> str:
        with reported(self._url):
            return str(self._client.open_point_in_time(index=self._index, keep_alive=KEPT)["id"])

    def _search(self, *, pit: str | None = None, partial: bool = True, **asked: Any) -> Mapping[str, Any]:
        """An answer of the index, or of a point in time. Raises CursorExpired when that is gone."""
        where: dict[str, Any] = {"pit": {"id": pit, "keep_alive": KEPT}} if pit else {"index": self._index}
        with reported(self._url):
            try:
                answer = self._client.search(
                    **where, **asked, timeout=f"{OWN_SHARE * self._timeout * 1000:.0f}ms", allow_partial_search_results=partial
                )
            except ApiError as e:
                # Our own requests are never malformed; what stood in a cursor may be.
                if pit and (e.meta.status in (400, 404) or root_causes(e.body) & GONE):
                    raise CursorExpired(
                        "the search was too long ago, or the index was built anew since; begin again with the first page"
                    ) from e
                if not pit and e.meta.status == 400:  # an index of another version may have no such fields
                    self._require_analysis(())
                raise
        self._require_analysis(answer["hits"]["hits"])
        return answer.body  # type: ignore[no-any-return]

    def _require_analysis(self, found: Iterable[Mapping[str, Any]]) -> None:
        """Raises AnalysisMismatch when what was searched holds other tokens; where nothing was found, that may be why."""
        if not found:
            with reported(self._url):
                found = self._client.search(index=self._index, size=1, source=False)["hits"]["hits"]
        for name in {one["_index"] for one in found}:
            if concrete := Concrete.named(name):
                concrete.require_analysis()


def _narrowed(clause: Clause, *filters: Clause) -> Clause:
    return {"bool": {"must": [clause], "filter": list(filters)}}


def _is_partial(answer: Mapping[str, Any]) -> bool:
    return bool(answer["timed_out"] or answer["_shards"]["failed"])


def _sizes(hits: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many hits there are of each folded family."""
    return {one["_source"]["family_id"]: one["inner_hits"]["family"]["hits"]["total"]["value"] for one in hits}
