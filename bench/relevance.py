"""How well the embedded engine ranks: nDCG@10, MRR@10 and recall@100 on questions and headlines, beside light stemming alone.

    python bench/relevance.py [--match any|auto|most|all]

Needs the retrieval data that tests/shared_data.py points to. A corpus' text is the body of an article without title; a hit needs any of
a query's words. "light" is the same engine and BM25 over one field with Lucene's Arabic light stemmer, which Elasticsearch's built-in
`arabic` analyzer is.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from time import perf_counter

import tantivy
from rich.console import Console
from rich.table import Table

from newsspider.engines.embedded import EmbeddedEngine
from newsspider.engines.embedded.compiler import compile_query
from newsspider.engines.embedded.folder import IndexFolder
from newsspider.engines.embedded.reader import Reader
from newsspider.engines.embedded.schema import WORDS, open_index
from newsspider.items import Change, StoredArticle
from newsspider.search import Match, Query, Word
from newsspider.search.matching import required
from newsspider.text import analyse
from newsspider.text.stem import light_stem

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from shared_data import shared

CORPORA = {"news": ("news.titles",), "qa": ("qa.xquad", "qa.mlqa", "qa.aaqad")}
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
DEPTH = 100
Ranking = Callable[[str], list[str]]  # a query's text to the ids of at most DEPTH documents


def documents(corpus: str) -> Iterator[tuple[str, str]]:
    with gzip.open(shared("ir", f"{corpus}.docs.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            yield document["id"], document["text"]


def queries(name: str) -> list[tuple[str, set[str]]]:
    """Each query's text and the ids of what answers it."""
    relevant: dict[str, set[str]] = {}
    for query, document, _ in _rows(f"{name}.qrels.tsv"):
        relevant.setdefault(query, set()).add(document)
    return [(text, relevant[query]) for query, text in _rows(f"{name}.queries.tsv")]


def _rows(file: str) -> list[list[str]]:
    with shared("ir", file).open(encoding="utf-8") as lines:
        return list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def newsspider(corpus: str, folder: Path, match: Match) -> Ranking:
    engine = EmbeddedEngine.open(folder / "index")
    engine.apply([Change(number, one, _article(number, one, text)) for number, (one, text) in enumerate(documents(corpus), 1)])
    reader = Reader(IndexFolder(folder / "index").open_current())
    searcher = reader.searcher()

    def rank(text: str) -> list[str]:
        query = Query(words=tuple(Word(token.exact, token.stem) for token in analyse(text)))
        clause = compile_query(query, required(match, len(query.terms)), reader.index.schema)
        # Not engine.search: highlighting a hundred hits would be most of the time.
        return [json.loads(searcher.doc(address)["shown"][0])["id"] for _, address in searcher.search(clause, DEPTH).hits]

    return rank


def _article(number: int, one: str, text: str) -> StoredArticle:
    times = {"first_seen_at": EPOCH, "fetched_at": EPOCH, "updated_at": EPOCH}
    return StoredArticle(one, number, 1, one, f"https://example.org/{one}", "bench", "", text, "UTC", **times)


def light(corpus: str, folder: Path) -> Ranking:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("text", tokenizer_name=WORDS, index_option="freq")
    (folder / "light").mkdir()
    tantivy.Index(builder.build(), path=str(folder / "light"))
    index = open_index(folder / "light")
    writer = index.writer()
    for one, text in documents(corpus):
        writer.add_document(tantivy.Document(id=one, text=" ".join(_light(text))))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def rank(text: str) -> list[str]:
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(index.schema, "text", stem, "freq")) for stem in dict.fromkeys(_light(text))
        ]
        return [searcher.doc(address)["id"][0] for _, address in searcher.search(tantivy.Query.boolean_query(terms), DEPTH).hits]

    return rank


def _light(text: str) -> list[str]:
    return [light_stem(token.exact) for token in analyse(text) if token.stem]


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
    match = parser.parse_args().match
    table = Table("set", "ranking", "nDCG@10", "MRR@10", "recall@100", "ms a query", "nDCG against light")
    gains = []
    for corpus, names in CORPORA.items():
        with tempfile.TemporaryDirectory() as folder:
            ours, base = newsspider(corpus, Path(folder), match), light(corpus, Path(folder))
            for name in names:
                before, after = measure(base, name), measure(ours, name)
                gains.append(after[0] / before[0] - 1)
                for label, figures, gain in (("light", before, ""), ("newsspider", after, f"{gains[-1]:+.1%}")):
                    table.add_row(name, label, *(f"{figure:.3f}" for figure in figures[:3]), f"{figures[3]:.1f}", gain)
    Console(width=120).print(table)
    Console(width=120).print(f"mean gain in nDCG@10: {mean(gains):+.1%}")


if __name__ == "__main__":
    main()
