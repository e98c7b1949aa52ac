"""The concrete indices behind the aliases: their names, template, creation and promotion.

    ns-articles-20250122t101500000000-0f1e2d3c4b5a-1-9c8b7a6d    a concrete index: when it was made, analysis id, version of the mapping, chance
    ns-articles                                            the alias that is searched
    ns-articles-write                                      the alias that says which one changes go to

A concrete index has its name for ever and a name is never given twice, so the name is its id. All that must be known of one stands in its name:
with the privileges of indexing or searching alone nothing else can be read.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib import resources
from typing import Any, Self
from uuid import uuid4

from elasticsearch import AuthorizationException, Elasticsearch

from newsspider import clock
from newsspider.config import EngineConfig
from newsspider.engines.elasticsearch.analysis import complete
from newsspider.engines.elasticsearch.connection import cause, explain, reported
from newsspider.engines.protocol import IndexInfo
from newsspider.errors import AnalysisMismatch, EngineError
from newsspider.text import analysis_id

SCHEMA_VERSION = 2  # raise it with every change to what fields there are, how they are indexed, or what they hold
NOBODY = "newsspider-asks-where-this-would-go"  # an _id that no article has
_QUOTED = re.compile(r"\[([^\[\]]+)\]")
_NAME = re.compile(r"(?P<alias>.+)-(?P<created>\d{8}t\d{12})-(?P<analysis>[0-9a-f]+)-(?P<schema>\d+)-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Concrete:
    """One concrete index, as its name describes it."""

    name: str
    alias: str
    created: datetime
    analysis_id: str
    schema: int

    @classmethod
    @lru_cache  # asked at every search
    def named(cls, name: str) -> Self | None:
        """None for an index that is not ours."""
        if not (match := _NAME.fullmatch(name)):
            return None
        created = datetime.strptime(match["created"], "%Y%m%dt%H%M%S%f").replace(tzinfo=UTC)
        return cls(name, match["alias"], created, match["analysis"], int(match["schema"]))

    @property
    def is_of_this_version(self) -> bool:
        return (self.analysis_id, self.schema) == (analysis_id(), SCHEMA_VERSION)

    def require_analysis(self) -> None:
        """Raises AnalysisMismatch when the index holds other tokens or fields than this version makes."""
        if not self.is_of_this_version:
            raise AnalysisMismatch(
                f"{self.name}: the index was built by another version of the text analysis; run `newsspider index rebuild`"
            )


def mapping(config: EngineConfig | None = None) -> dict[str, Any]:
    """mapping.json with the analysis's word lists and what is configured: settings and mappings of every new concrete index."""
    whole: dict[str, Any] = json.loads(resources.files(__package__).joinpath("mapping.json").read_text(encoding="utf-8"))
    complete(whole["settings"]["index"]["analysis"])
    whole["mappings"]["_meta"] = {"analysis_id": analysis_id(), "schema": SCHEMA_VERSION}
    if config:
        index = whole["settings"]["index"]
        index |= {"number_of_shards": config.shards, "refresh_interval": _refreshing(config)}
        if config.replicas is not None:
            del index["auto_expand_replicas"]
            index["number_of_replicas"] = config.replicas
    return whole


def _refreshing(config: EngineConfig) -> str:
    return f"{config.refresh * 1000:.0f}ms"


class Indices:
    """The concrete indices of one alias. Every change to what is searched is one request."""

    def __init__(self, client: Elasticsearch, url: str, config: EngineConfig) -> None:
        self._client = client
        self._url = url
        self._config = config
        self.alias = config.index
        self.write_alias = f"{self.alias}-write"

    def current(self) -> Concrete:
        """The one that changes go to; an empty one, searched from now on, where there has never been any.

        Raises EngineUnavailable, or EngineError when the alias does not lead to an index of ours.
        """
        return self._written() or self._first()

    def _written(self) -> Concrete | None:
        # Only a write tells without further privileges: the answer to a delete of nothing names the index behind the alias.
        with reported(self._url):
            try:
                answer = self._client.bulk(operations=[{"delete": {"_index": self.write_alias, "_id": NOBODY}}])
            except AuthorizationException:
                if concrete := self._searched():  # one who may only read
                    return concrete
                raise
        result = answer["items"][0]["delete"]
        kind, reason = cause(result)
        for name in (result["_index"], *_QUOTED.findall(reason)):  # an index that is closed or blocked is named by the reason
            if concrete := Concrete.named(name):
                return concrete
        if kind == "index_not_found_exception":
            return None
        problem = explain(result["status"], kind, reason) if kind else f"it leads to {result['_index']}, which is no index of newsspider"
        raise EngineError(f"{self._url}: the alias {self.write_alias} cannot be used ({problem})")

    def _searched(self) -> Concrete | None:
        """What the alias leads to, as reading tells it; None without the right to read."""
        try:
            return next((concrete for name in self._behind_alias() if (concrete := Concrete.named(name))), None)
        except AuthorizationException:
            return None

    def _behind_alias(self) -> list[str]:
        return list(self._client.field_caps(index=self.alias, fields="id")["indices"])

    def _first(self) -> Concrete:
        if others := self.all():
            names = ", ".join(one.name for one in others)
            raise EngineError(
                f"{self._url}: the alias {self.write_alias} is missing, though there is {names}; run `newsspider index rebuild`"
            )
        try:
            return self.create({self.alias: {}, self.write_alias: {"is_write_index": True}})
        except EngineError:
            if concrete := self._written():  # another process was first
                return concrete
            raise

    def create(self, aliases: dict[str, Any] | None = None) -> Concrete:
        """A new, empty concrete index. One that no alias leads to is to be filled: until it is promoted it is refreshed only when asked to be, for
        that is much of a server's work."""
        created = clock.now()
        name = f"{self.alias}-{created:%Y%m%dt%H%M%S%f}-{analysis_id()}-{SCHEMA_VERSION}-{uuid4().hex[:8]}"
        with reported(self._url):
            self._client.indices.put_index_template(
                name=self.alias,
                index_patterns=[f"{self.alias}-20*"],
                template=mapping(self._config),
                version=SCHEMA_VERSION,
                allow_auto_create=False,
                priority=500 + len(self.alias),  # of ns-articles and ns-articles-2025 the longer one is meant
            )
            self._client.indices.create(index=name, aliases=aliases or {}, settings=None if aliases else {"refresh_interval": "-1"})
        return self.find(name)

    def all(self) -> list[Concrete]:
        """Every concrete index, the oldest first; for one who may only read, the one that is searched."""
        return [concrete for concrete, _ in self._with_aliases()]

    def infos(self) -> list[IndexInfo]:
        return [IndexInfo(one.name, one.analysis_id, one.created, self.alias in aliases) for one, aliases in self._with_aliases()]

    def find(self, name: str) -> Concrete:
        """What a name says, whether or not the server has the index. Raises EngineError for one that is not of this alias."""
        concrete = Concrete.named(name)
        if not concrete or concrete.alias != self.alias:
            raise EngineError(f"{self._url}: {name} is no index of {self.alias}")
        return concrete

    def promote(self, name: str) -> None:
        """Lead both aliases to it, in one step, and refresh it from now on."""
        with reported(self._url):
            self._client.indices.put_settings(index=name, settings={"refresh_interval": _refreshing(self._config)})
            self._client.indices.update_aliases(
                actions=[
                    {"remove": {"index": f"{self.alias}-*", "aliases": [self.alias, self.write_alias], "must_exist": False}},
                    {"add": {"index": name, "alias": self.alias}},
                    {"add": {"index": name, "alias": self.write_alias, "is_write_index": True}},
                ]
            )

    def drop(self, name: str) -> None:
        """Delete it. Raises EngineError for the one that is searched."""
        concrete = self.find(name)
        if any(index.index_id == name and index.current for index in self.infos()):
            raise EngineError(f"index {name} is the one that is searched; promote another before dropping it")
        with reported(self._url):
            self._client.indices.delete(index=concrete.name)

    def _with_aliases(self) -> list[tuple[Concrete, set[str]]]:
        with reported(self._url):
            try:
                found = {name: set(about["aliases"]) for name, about in self._client.indices.get_alias(index=f"{self.alias}-*").items()}
            except AuthorizationException:
                found = {name: {self.alias} for name in self._behind_alias()}
        named = ((Concrete.named(name), aliases) for name, aliases in found.items())
        ours = [(concrete, aliases) for concrete, aliases in named if concrete and concrete.alias == self.alias]
        return sorted(ours, key=lambda one: one[0].name)
