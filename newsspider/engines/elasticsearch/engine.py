"""The engine of Elasticsearch: applying changes to one concrete index, and searching the one behind the alias."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any, Self

from elasticsearch import AuthorizationException, Elasticsearch

from newsspider.config import EngineConfig
from newsspider.engines.elasticsearch import contents
from newsspider.engines.elasticsearch.bulk import deliver
from newsspider.engines.elasticsearch.connection import connect, reported
from newsspider.engines.elasticsearch.indices import NOBODY, Concrete, Indices
from newsspider.engines.elasticsearch.view import ElasticsearchView
from newsspider.engines.protocol import IndexInfo
from newsspider.engines.searching import Searching
from newsspider.items import Change, Delivered, StoredArticle
from newsspider.text import levels


class ElasticsearchEngine(Searching):
    """See `engines.protocol.Engine`. Opening it asks the server nothing: a search needs no right to write, nor the other way round. Threads
    may share an engine."""

    in_order = False  # the server keeps what has the higher change number

    def __init__(self, client: Elasticsearch, url: str, config: EngineConfig, concrete: Concrete | None = None) -> None:
        self._client = client
        self._url = url
        self._config = config
        self._indices = Indices(client, url, config)
        self._written = concrete
        searched, seconds = concrete.name if concrete else config.index, config.search_timeout
        self._searched = ElasticsearchView(client.options(request_timeout=seconds), url, searched, seconds)
        self._resolving = threading.Lock()

    @classmethod
    def open(cls, config: EngineConfig) -> Self:
        """The engine at config.url. Raises ConfigError."""
        client, url = connect(config)
        return cls(client, url, config)

    @property
    def index_id(self) -> str:
        """Raises EngineUnavailable as long as the server has not been reached, EngineError when the alias leads nowhere."""
        return self._concrete().name

    @property
    def analysis_id(self) -> str:
        return self._concrete().analysis_id

    @property
    def is_of_this_version(self) -> bool:
        return self._concrete().is_of_this_version

    def apply(self, changes: Sequence[Change]) -> list[Delivered]:
        concrete = self._concrete()
        if not changes or any(change.article for change in changes):  # what is to go may go from any index
            concrete.require_analysis()
        return deliver(self._client, self._url, concrete.name, changes)

    def refresh(self) -> None:
        name = self.index_id
        with reported(self._url):
            try:
                self._client.indices.refresh(index=name)
            except AuthorizationException:
                # The right to index has the right to wait for the next refresh.
                patient = self._client.options(request_timeout=self._config.timeout + self._config.refresh)
                patient.bulk(operations=[{"delete": {"_index": name, "_id": NOBODY}}], refresh="wait_for")

    def count(self) -> int:
        name = self.index_id
        with reported(self._url):
            return int(self._client.count(index=name)["count"])

    def _view(self) -> ElasticsearchView:
        return self._searched

    def tokens(self, text: str) -> dict[str, list[tuple[int, str]]]:
        found = {}
        for level in levels(""):
            with reported(self._url):
                answer = self._client.indices.analyze(index=self.index_id, analyzer=level, text=text)
            found[level] = [(token["position"], token["token"]) for token in answer["tokens"]]
        return found

    def indexes(self) -> list[IndexInfo]:
        return self._indices.infos()

    def create(self) -> Self:
        return self._of(self._indices.create())

    def at(self, index_id: str) -> Self:
        return self._of(self._indices.find(index_id))

    def is_current(self) -> bool:
        name = self.index_id
        return name == self._indices.current().name

    def ids(self) -> Iterator[str]:
        return contents.ids(self._client, self._url, self.index_id)

    def held(self, ids: Sequence[str]) -> dict[str, Any]:
        return contents.held(self._client, self._url, self.index_id, ids)

    def kept(self, article: StoredArticle) -> Any:
        return contents.kept(article)

    def promote(self) -> None:
        self._indices.promote(self.index_id)

    def drop(self, index_id: str) -> None:
        self._indices.drop(index_id)

    def close(self) -> None:
        self._client.close()

    def _of(self, concrete: Concrete) -> Self:
        return type(self)(self._client, self._url, self._config, concrete)

    def _concrete(self) -> Concrete:
        with self._resolving:
            if self._written is None:
                self._written = self._indices.current()
            return self._written
