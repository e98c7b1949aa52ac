"""How well both engines rank: nDCG@10, MRR@10 and recall@100 on questions and headlines, beside Elasticsearch as it comes.

    python bench/relevance.py [--match any|auto|most|all] [--word-lists FOLDER]

Needs the retrieval data that tests/shared_data.py points to, and an Elasticsearch as tests/es_server.py finds it. A corpus' text is the body of
an article without title. "arabic" is Elasticsearch with its built-in `arabic` analyzer and a plain `match`; there as here a hit needs any of a
query's words. Then: how many names share their stem with other words of the news (tests/name_collisions.py).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from time import perf_counter

from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk
from rich.console import Console
from rich.table import Table

from newsspider.config import EngineConfig
from newsspider.engines.elasticsearch import ElasticsearchEngine
from newsspider.engines.embedded import EmbeddedEngine
from newsspider.items import Change, StoredArticle
from newsspider.search import Match, Query, Word
from newsspider.search.matching import required
from newsspider.text import analyse
from newsspider.text.stem import light_stem, stem
from newsspider.text.wordlists import use_word_lists

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from es_server import own_names, start
from name_collisions import collisions, names_in, news_words, occurrences
from shared_data import shared

CORPORA = {"news": ("news.titles",), "qa": ("qa.xquad", "qa.mlqa", "qa.aaqad")}
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
DEPTH = 100
BATCH = 500
Ranking = Callable[[str], list[str]]  # a query's text to the ids of at most DEPTH documents


def documents(corpus: str) -> list[tuple[str, str]]:
    with gzip.open(shared("ir", f"{corpus}.docs.jsonl.gz"), "rt", encoding="utf-8") as lines:
        return [(document["id"], document["text"]) for document in map(json.loads, lines)]


def queries(name: str) -> list[tuple[str, set[str]]]:
    """Each query's text and the ids of what answers it."""
    relevant: dict[str, set[str]] = {}
    for query, document, _ in _rows(f"{name}.qrels.tsv"):
        relevant.setdefault(query, set()).add(document)
    return [(text, relevant[query]) for query, text in _rows(f"{name}.queries.tsv")]


def _rows(file: str) -> list[list[str]]:
    with shared("ir", file).open(encoding="utf-8") as lines:
        return list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def newsspider(engine: ElasticsearchEngine | EmbeddedEngine, corpus: str, match: Match) -> Ranking:
    found = documents(corpus)
    for at in range(0, len(found), BATCH):
        engine.apply(
            [Change(number, one, _article(number, one, text)) for number, (one, text) in enumerate(found[at : at + BATCH], at + 1)]
        )
    engine.refresh()

    def rank(text: str) -> list[str]:
        query = Query(words=tuple(Word(token.exact, token.stem) for token in analyse(text)), limit=DEPTH)
        # Not engine.search: highlighting a hundred hits would be most of the time.
        return [fields["id"] for fields, _ in engine._view().page(query, required(match, len(query.terms))).found]

    return rank


def _article(number: int, one: str, text: str) -> StoredArticle:
    times = {"first_seen_at": EPOCH, "fetched_at": EPOCH, "updated_at": EPOCH}
    return StoredArticle(one, number, 1, one, f"https://example.org/{one}", "bench", "", text, "UTC", **times)


def builtin(client: Elasticsearch, index: str, corpus: str) -> Ranking:
    client.indices.create(
        index=index, mappings={"properties": {"text": {"type": "text", "analyzer": "arabic"}}}, settings={"number_of_shards": 1}
    )
    bulk(client, ({"_index": index, "_id": one, "text": text} for one, text in documents(corpus)), refresh=True)

    def rank(text: str) -> list[str]:
        answer = client.search(index=index, query={"match": {"text": text}}, size=DEPTH, source=False)
        return [hit["_id"] for hit in answer["hits"]["hits"]]

    return rank


def measure(rank: Ranking, name: str) -> tuple[float, float, float, float]:
    """nDCG@10, MRR@10, recall@100, and milliseconds a query."""
    figures = []
    began = perf_counter()
    for text, relevant in queries(name):
        found = [document in relevant for document in rank(text)]
        gain = sum(1 / math.log2(place + 2) for place, hit in enumerate(found[:10]) if hit)
        ideal = sum(1 / math.log2(place + 2) for place in range(min(len(relevant), 10)))
        first = next((1 / (place + 1) for place, hit in enumerate(found[:10]) if hit), 0.0)
        figures.append((gain / ideal, first, sum(found) / len(relevant)))
    took = (perf_counter() - began) * 1000 / len(figures)
    ndcg, mrr, recall = (mean(column) for column in zip(*figures, strict=True))
    return ndcg, mrr, recall, took


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--match", type=Match, choices=list(Match), default=Match.ANY)
    parser.add_argument(
        "--word-lists", type=Path, help="judge these lists, as `newsspider index lists` writes them; without synonyms: an empty one"
    )
    given = parser.parse_args()
    match = given.match
    use_word_lists(given.word_lists)
    console = Console(width=120)
    table = Table("set", "ranking", "nDCG@10", "MRR@10", "recall@100", "ms a query", "nDCG against arabic")
    gains: dict[str, list[float]] = {}
    server = start()
    for corpus, names in CORPORA.items():
        with tempfile.TemporaryDirectory() as folder, own_names(server) as prefix, Elasticsearch(server.url, request_timeout=60) as client:
            engine = ElasticsearchEngine.open(EngineConfig(url=server.url, index=prefix, timeout=60, search_timeout=60))
            with closing(engine):
                rankings = {
                    "arabic": builtin(client, f"{prefix}-builtin", corpus),
                    "Elasticsearch": newsspider(engine, corpus, match),
                    "embedded": newsspider(EmbeddedEngine.open(Path(folder) / "index"), corpus, match),
                }
                for name in names:
                    measured = {label: measure(rank, name) for label, rank in rankings.items()}
                    for label, figures in measured.items():
                        gain = figures[0] / measured["arabic"][0] - 1
                        gains.setdefault(label, []).append(gain)
                        table.add_row(name, label, *(f"{figure:.3f}" for figure in figures[:3]), f"{figures[3]:.1f}", f"{gain:+.1%}")
    server.stop()
    console.print(table)
    for label in ("Elasticsearch", "embedded"):
        console.print(f"{label}: mean gain in nDCG@10 over arabic {mean(gains[label]):+.1%}")
    counts = news_words()
    present = names_in(counts)
    for label, rule in (("arabic", light_stem), ("newsspider", stem)):
        found = collisions(present, counts, rule)
        console.print(
            f"{label}: {len(found)} of {len(present)} names share their stem, with {occurrences(found, counts):,} occurrences of other words"
        )


if __name__ == "__main__":
    main()
