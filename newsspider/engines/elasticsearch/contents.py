"""What a concrete index holds, for comparison with the store. Needs the right to read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from elasticsearch import Elasticsearch

from newsspider.engines.elasticsearch.connection import reported
from newsspider.engines.elasticsearch.documents import document
from newsspider.items import StoredArticle

PAGE = 1000  # ids in one answer
KEEP = "2m"  # between two of them
AT_DELIVERY = "indexed_at"  # the one field that is not the article's

Contents = tuple[int, dict[str, Any]]  # version and fields


def ids(client: Elasticsearch, url: str, index: str) -> Iterator[str]:
    """All of them, as they were when this was begun."""
    with reported(url):
        view = client.open_point_in_time(index=index, keep_alive=KEEP)["id"]
    try:
        after = None
        while True:
            with reported(url):
                answer = client.search(
                    pit={"id": view, "keep_alive": KEEP},
                    sort=["_shard_doc"],
                    search_after=after,
                    size=PAGE,
                    source=False,
                    track_total_hits=False,
                )
            if not (found := answer["hits"]["hits"]):
                return
            yield from (hit["_id"] for hit in found)
            view, after = answer["pit_id"], found[-1]["sort"]
    finally:
        with reported(url):
            client.close_point_in_time(id=view)


def held(client: Elasticsearch, url: str, index: str, wanted: Sequence[str]) -> dict[str, Contents]:
    """Version and fields of each of the articles that is there, by id. Raises EngineError."""
    with reported(url):
        answers = client.mget(index=index, ids=wanted)["docs"] if wanted else ()
    return {found["_id"]: (found["_version"], _comparable(found["_source"])) for found in answers if found.get("found")}


def kept(article: StoredArticle) -> Contents:
    """Raises ValueError when the text is not Unicode: such an article is in no index."""
    return article.change_no, _comparable(json.loads(document(article)))


def _comparable(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != AT_DELIVERY}
