"""Both engines rank alike: on real articles and headlines they show nearly the same first page."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product
from pathlib import Path

from engine_samples import article, put
from es_server import Server
from shared_data import shared

from newsspider.config import EngineConfig
from newsspider.engines.elasticsearch import ElasticsearchEngine
from newsspider.engines.embedded import EmbeddedEngine
from newsspider.items import StoredArticle
from newsspider.search import Match, parse_query
from newsspider.search.parse import MAX_LENGTH

ARTICLES, QUERIES, OVERLAP = 1500, 100, 0.95


def articles() -> Iterator[StoredArticle]:
    with gzip.open(shared("ir", "news.docs.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for number, line in enumerate(islice(lines, ARTICLES)):
            found = json.loads(line)
            yield article(number + 1, found["title"], found["text"])


def test_the_first_pages_of_both_engines_overlap(elasticsearch: Server, es_prefix: str, tmp_path: Path) -> None:
    engines = (EmbeddedEngine.open(tmp_path), ElasticsearchEngine.open(EngineConfig(url=elasticsearch.url, index=es_prefix)))
    everything = list(articles())
    for engine in engines:
        for at in range(0, ARTICLES, 500):
            put(engine, *everything[at : at + 500])
    lines = shared("ir", "news.titles.queries.tsv").read_text(encoding="utf-8").splitlines()[:QUERIES]
    shares = []
    for line, match in product(lines, (Match.ANY, Match.AUTO)):
        query = replace(parse_query(line.split("\t")[1].replace('"', " ")[:MAX_LENGTH]), match=match)
        one, other = (engine.search(query) for engine in engines)
        assert (one.total, one.notice) == (other.total, other.notice), line
        first, second = ({hit.id for hit in results.hits} for results in (one, other))
        if first:
            shares.append(len(first & second) / len(first))
    assert sum(shares) / len(shares) >= OVERLAP
    engines[1].close()
