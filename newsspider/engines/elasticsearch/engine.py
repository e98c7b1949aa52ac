"""The engine of Elasticsearch: applying changes to one concrete index, and searching the one behind the alias."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any, Self

from elasticsearch import AuthorizationException, Elasticsearch

from newsspider.config import EngineConfig
from newsspider.engines.elasticsearch.bulk import deliver
from newsspider.engines.elasticsearch.compiler import NEWEST, compile_query
from newsspider.engines.elasticsearch.connection import connect, reported
from newsspider.engines.elasticsearch.indices import NOBODY, Concrete, Indices
from newsspider.engines.protocol import IndexInfo
from newsspider.engines.shown import hit
from newsspider.items import Change, Delivered
from newsspider.search import Query, Results, relaxing


class ElasticsearchEngine:
    """See `engines.protocol.Engine`. Opening it asks the server nothing: a search needs no right to write, nor the other way round. Threads
    may share an engine."""

    def __init__(self, client: Elasticsearch, url: str, alias: str, timeout: float, concrete: Concrete | None = None) -> None:
        self._client = client
        self._url = url
        self._timeout = timeout
        self._indices = Indices(client, url, alias)
        self._written = concrete
        self._searched = concrete.name if concrete else alias
        self._resolving = threading.Lock()

    @classmethod
    def open(cls, config: EngineConfig) -> Self:
        """The engine at config.url. Raises ConfigError."""
        client, url = connect(config)
        return cls(client, url, config.index, config.timeout)

    @property
    def index_id(self) -> str:
        """Raises EngineUnavailable as long as the server has not been reached, EngineError when the alias leads nowhere."""
        return self._concrete().name

    @property
    def analysis_id(self) -> str:
        return self._concrete().analysis_id

    def apply(self, changes: Sequence[Change]) -> list[Delivered]:
        concrete = self._concrete()
        concrete.require_analysis()
        return deliver(self._client, self._url, concrete.name, changes)

    def refresh(self) -> None:
        name = self.index_id
        with reported(self._url):
            try:
                self._client.indices.refresh(index=name)
            except AuthorizationException:
                # The right to index has the right to wait for the next refresh, which is every second.
                self._client.bulk(operations=[{"delete": {"_index": name, "_id": NOBODY}}], refresh="wait_for")

    def count(self) -> int:
        name = self.index_id
        with reported(self._url):
            return int(self._client.count(index=name)["count"])

    def search(self, query: Query) -> Results:
        began = perf_counter()
        with reported(self._url):
            results = relaxing(query, lambda required: self._search(query, required))
        return replace(results, took=perf_counter() - began)

    def indexes(self) -> list[IndexInfo]:
        return self._indices.infos()

    def create(self) -> Self:
        return self._of(self._indices.create())

    def at(self, index_id: str) -> Self:
        return self._of(self._indices.find(index_id))

    def promote(self) -> None:
        self._indices.promote(self.index_id)

    def drop(self, index_id: str) -> None:
        self._indices.drop(index_id)

    def close(self) -> None:
        self._client.close()

    def _of(self, concrete: Concrete) -> Self:
        return type(self)(self._client, self._url, self._indices.alias, self._timeout, concrete)

    def _concrete(self) -> Concrete:
        with self._resolving:
            if self._written is None:
                self._written = self._indices.current()
            return self._written

    def _search(self, query: Query, required: int) -> Results:
        answer = self._client.search(
            index=self._searched,
            query=compile_query(query, required),
            sort=NEWEST if query.by_date else None,
            from_=query.offset,
            size=query.limit,
            track_total_hits=True,
            timeout=f"{self._timeout * 1000:.0f}ms",
            allow_partial_search_results=False,  # an answer of some shards only would look like all there is
        )
        found: list[dict[str, Any]] = answer["hits"]["hits"]
        self._require_analysis(found)
        hits = (hit(one["_source"], 0.0 if query.by_date else one["_score"], query.marks) for one in found)
        return Results(answer["hits"]["total"]["value"], tuple(hits), took=0.0)

    def _require_analysis(self, found: list[dict[str, Any]]) -> None:
        """Raises AnalysisMismatch when what was searched holds other tokens; where nothing was found, that may be why."""
        looked_at = found or self._client.search(index=self._searched, size=1, source=False)["hits"]["hits"]
        for name in {one["_index"] for one in looked_at}:
            if concrete := Concrete.named(name):
                concrete.require_analysis()
