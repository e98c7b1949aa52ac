"""How fast and large an index of 100,000 articles is: indexing, search by kind of query (p50, p99), size on disk with and without 4-grams.

    python bench/search.py embedded|elasticsearch [ARTICLES] [--index NAME]

Needs the news corpus that tests/shared_data.py points to, and an Elasticsearch as tests/es_server.py finds it. Articles are made from the corpus by
variation: the title of one with the sentences of two, dealt out over sources, sections, tags and three years. On Elasticsearch, "raw" is the same
request sent by elasticsearch-py alone, in turn with ours, whose hits have nothing marked; "raw, marked" has the server mark what matched, as ours
do; "match on grams" asks for a word's 4-grams as one Synonym query in the place of one
clause a gram. `--index` keeps what was filled on Elasticsearch under that name, and searches it again the next time (NEWSSPIDER_TEST_ES_URL).
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from elasticsearch import Elasticsearch
from rich.console import Console
from rich.table import Table

from newsspider.config import EngineConfig
from newsspider.engines.elasticsearch import ElasticsearchEngine
from newsspider.engines.elasticsearch.compiler import compile_query
from newsspider.engines.elasticsearch.view import BEST, NEWEST
from newsspider.engines.embedded import EmbeddedEngine, schema
from newsspider.items import Change, Precision, Publication, StoredArticle
from newsspider.search import Facet, Interval, Match, Query, Sort, parse_query
from newsspider.search.matching import required
from newsspider.search.weights import GRAMS, weights
from newsspider.text import analyse
from newsspider.text.highlight import LENGTH

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from es_server import own_names, start
from shared_data import shared

ARTICLES = 100_000
BATCH = 500
QUERIES = 200  # of each kind
FIRST_DAY = date(2023, 1, 1)
MARKED = {  # what of a hit ours marks: its title, and the stretch of its body that has most of the query
    "require_field_match": False,
    "fields": {"title": {"number_of_fragments": 0}, "body": {"fragment_size": LENGTH, "number_of_fragments": 1}},
}
SECTIONS = ("سياسة", "اقتصاد", "رياضة", "ثقافة", "علوم", "صحة", "محليات", "دولي")
console = Console(width=160)
Engine = ElasticsearchEngine | EmbeddedEngine


def corpus() -> list[dict[str, str]]:
    with gzip.open(shared("ir", "news.docs.jsonl.gz"), "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def articles(count: int) -> Iterator[StoredArticle]:
    chance = random.Random(1)
    found = corpus()
    sentences = [[part for part in one["text"].split(".") if part.strip()] for one in found]
    for number in range(1, count + 1):
        first, second = chance.randrange(len(found)), chance.randrange(len(found))
        body = ".".join(part for own, other in ((first, 0.7), (second, 0.3)) for part in sentences[own] if chance.random() < other)
        day = FIRST_DAY + timedelta(chance.randrange(3 * 365))
        moment = datetime(day.year, day.month, day.day, chance.randrange(24), chance.randrange(60), tzinfo=UTC)
        yield StoredArticle(
            id=f"{number:032x}",
            change_no=number,
            revision=1,
            family_id=f"{number - number % 5 if number % 20 == 1 else number:032x}",
            url=f"https://news{number % 40}.example/{number}",
            source=f"news{number % 40}",
            title=found[first]["title"],
            body=body,
            timezone="UTC",
            first_seen_at=moment,
            fetched_at=moment,
            updated_at=moment,
            country=("EG", "SA", "LB", "MA")[number % 4],
            language="ar",
            section=SECTIONS[chance.randrange(len(SECTIONS))],
            tags=[f"وسم{chance.randrange(500)}" for _ in range(number % 4)],
            publication=Publication(moment, Precision.MINUTE, day, confidence=0.9),
        )


def fill(engine: Engine, count: int) -> float:
    """Articles indexed a second, making them not counted."""
    took = 0.0
    batch: list[Change] = []
    for article in articles(count):
        batch.append(Change(article.change_no, article.id, article))
        if len(batch) == BATCH or article.change_no == count:
            began = perf_counter()
            engine.apply(batch)
            took += perf_counter() - began
            batch = []
    began = perf_counter()
    engine.refresh()
    return count / (took + perf_counter() - began)


def kinds() -> dict[str, list[Query]]:
    """Searches by kind, of words that stand together in a headline."""
    chance = random.Random(2)
    tokens = ([one["title"][token.start : token.end] for token in analyse(one["title"]) if token.stem] for one in corpus())
    titles = [words for words in tokens if len(words) >= 5 and all(len(word) > 3 for word in words[1:5])]
    picked = [chance.choice(titles) for _ in range(QUERIES)]
    two = [" ".join(words[1:3]) for words in picked]
    texts = {
        "one word": [words[2] for words in picked],
        "two words": two,
        "two words, any": two,
        "headline, any": [" ".join(words)[:250] for words in picked],
        "phrase": [f'"{text}"' for text in two],
        "beginning": [words[2][:4] + "*" for words in picked],
        "either, in titles": [f"title:({words[1]} OR {words[2]}) -{words[4]}" for words in picked],
        "word, filtered": [words[2] for words in picked],
        "word, newest": [words[2] for words in picked],
        "word, families folded": [words[2] for words in picked],
    }
    changed: dict[str, dict[str, Any]] = {
        "two words, any": {"match": Match.ANY},
        "headline, any": {"match": Match.ANY},
        "word, filtered": {"sources": ("news1", "news2"), "day_from": FIRST_DAY + timedelta(300), "day_to": FIRST_DAY + timedelta(600)},
        "word, newest": {"sort": Sort.NEWEST},
        "word, families folded": {"fold_families": True},
    }
    # No search is made twice for want of hits, so that the raw request is the same one.
    return {
        kind: [replace(parse_query(text), **{"match": Match.ALL, **changed.get(kind, {})}) for text in those]
        for kind, those in texts.items()
    }


def timed(works: Sequence[Sequence[Callable[[], object]]]) -> list[tuple[float, float]]:
    """p50 and p99 in milliseconds for each contestant. The first round warms them up; then they take turns in beginning, for whoever comes after
    another one with the same search finds everything in the caches."""
    times: list[list[float]] = [[] for _ in works]
    for warm in (True, False):
        for number, turn in enumerate(zip(*works, strict=True)):
            for contestant in (*range(number % len(works), len(works)), *range(number % len(works))):
                began = perf_counter()
                turn[contestant]()
                if not warm:
                    times[contestant].append((perf_counter() - began) * 1000)
    return [(sorted(own)[len(own) // 2], sorted(own)[int(len(own) * 0.99)]) for own in times]


def embedded(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = EmbeddedEngine.open(Path(folder) / "index")
        rate = fill(engine, count)
        size = _size(Path(folder))
        table = Table("query", "p50 ms", "p99 ms", title=f"embedded, {count:,} articles")
        for kind, queries in kinds().items():
            table.add_row(kind, *_cells(*timed([[partial(engine.search, query) for query in queries]])))
        _counts(table, engine)
        console.print(table)
    with tempfile.TemporaryDirectory() as folder:
        schema._gram_text = lambda exact: ""
        without = fill(EmbeddedEngine.open(Path(folder) / "index"), count)
        smaller = _size(Path(folder))
    console.print(f"indexing: {rate:,.0f} articles a second, {without:,.0f} without 4-grams")
    console.print(f"size: {size / 1e6:,.0f} MB, {smaller / 1e6:,.0f} MB without 4-grams ({size / smaller - 1:+.0%})")


def elasticsearch(count: int, kept: str | None = None) -> None:
    server = start()
    with nullcontext(kept) if kept else own_names(server) as prefix, Elasticsearch(server.url, request_timeout=120) as client:
        engine = ElasticsearchEngine.open(EngineConfig(url=server.url, index=prefix, timeout=120, search_timeout=120))
        with closing(engine):
            if engine.count() != count:
                console.print(f"indexing: {fill(engine, count):,.0f} articles a second")
            index = engine.index_id
            client.options(request_timeout=600).indices.forcemerge(index=index, max_num_segments=5)
            table = Table(
                "query",
                "p50 ms",
                "p99 ms",
                "raw p50",
                "raw p99",
                "ours / raw, p50",
                "raw, marked p50",
                "p99",
                "ours / marked, p50",
                "match on grams p50",
                "p99",
                title=f"Elasticsearch, {count:,} articles",
            )
            for kind, queries in kinds().items():
                ours = [partial(engine.search, query) for query in queries]
                raw = [partial(client.search, index=index, **_request(query)) for query in queries]
                marked = [partial(client.search, index=index, highlight=MARKED, **_request(query)) for query in queries]
                on_grams = [partial(client.search, index=index, **_request(query, _matching_grams(query))) for query in queries]
                mine, theirs, same, grams = timed([ours, raw, marked, on_grams])
                ratios = [f"{mine[0] / other[0]:.2f}" for other in (theirs, same)]
                table.add_row(kind, *_cells(mine, theirs), ratios[0], *_cells(same), ratios[1], *_cells(grams))
            _counts(table, engine)
            console.print(table)
            usage = client.options(request_timeout=600).indices.disk_usage(index=index, run_expensive_tasks=True)[index]
            size = usage["store_size_in_bytes"]
            grams_size = sum(about["total_in_bytes"] for field, about in usage["fields"].items() if field.endswith(".grams"))
    server.stop()
    console.print(
        f"size: {size / 1e6:,.0f} MB, {(size - grams_size) / 1e6:,.0f} MB without 4-grams ({size / (size - grams_size) - 1:+.0%})"
    )


def _request(query: Query, compiled: dict[str, Any] | None = None) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "query": compiled or compile_query(query, required(query.match, len(query.terms))),
        "sort": NEWEST if query.by_date else BEST,
        "size": query.limit,
        "track_total_hits": True,
    }
    return asked | ({"collapse": {"field": "family_id", "inner_hits": {"name": "family", "size": 0}}} if query.fold_families else {})


def _matching_grams(query: Query) -> dict[str, Any]:
    """The query with one `match` of all words on each field of grams, which Lucene makes a Synonym query a word of."""
    compiled = compile_query(query, required(query.match, len(query.terms)))
    if words := " ".join(word.exact for word in query.ranking_words if word.field is None):
        matches = [{"match": {f"{text}.grams": {"query": words, "boost": GRAMS * weight}}} for text, weight in weights(None).items()]
        compiled["bool"]["should"] = matches
    return compiled


def _counts(table: Table, engine: Engine) -> None:
    """What is counted over all hits of a search by two words, any of them."""
    queries = kinds()["two words, any"]
    facets = [partial(engine.facets, query, list(Facet)) for query in queries]
    histogram = [partial(engine.histogram, query, Interval.MONTH) for query in queries]
    suggest = [partial(engine.suggest, words[0].exact[:3]) for query in queries if (words := query.words)]
    similar = [partial(engine.similar, f"{number:032x}") for number in range(1, QUERIES + 1)]
    for label, works in (("all facets", facets), ("chart by month", histogram), ("suggestions", suggest), ("similar articles", similar)):
        table.add_row(label, *_cells(*timed([works])))


def _cells(*figures: tuple[float, float]) -> list[str]:
    return [f"{figure:.1f}" for pair in figures for figure in pair]


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engine", choices=("embedded", "elasticsearch"))
    parser.add_argument("articles", type=int, nargs="?", default=ARTICLES)
    parser.add_argument("--index", help="keep the index of Elasticsearch under this name, for another run")
    given = parser.parse_args()
    if given.engine == "embedded":
        embedded(given.articles)
    else:
        elasticsearch(given.articles, given.index)


if __name__ == "__main__":
    main()
