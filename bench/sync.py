"""Documents a second from the store into Elasticsearch, against three ways of sending prepared documents to the same server; memory of a rebuild.

    NEWSSPIDER_ENGINE_URL=http://127.0.0.1:9200 python bench/sync.py [--articles 20000] [--rounds 3] [--rebuild 100000]

Made-up Arabic articles lie in a store. In each round every contestant, in another order each time, fills an empty index of its own with the same
mapping: (a) newsspider's `sync`, which reads the store, makes the documents and keeps a checkpoint; with documents made beforehand, (b)
elasticsearch-py's parallel_bulk as it is, (c) bulks of 500 that block, as scrapy-elasticsearch sends them, and (d) as news-please's
ElasticsearchStorage does, for each article a search for an earlier version by its address and an index request, with an _id that the server gives.
Printed: the median over the rounds, and ratios. Then `newsspider index rebuild` of a larger store, with its peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch, helpers
from rich.console import Console
from rich.progress import track
from rich.table import Table

from newsspider import indexing
from newsspider.config import Config, EngineConfig, IndexConfig, load_config
from newsspider.engines import Engine, open_engine
from newsspider.engines.elasticsearch.documents import document
from newsspider.items import Article, ArticleKeys
from newsspider.store import Owner, Store
from newsspider.urls import url_key

WORDS = (
    "قالت الحكومة إن الوزارة أعلنت اليوم خطة جديدة لدعم القطاع الزراعي في المحافظات وأضاف المتحدث أن المشروع سيبدأ خلال الشهر المقبل بتمويل من "
    "البنك المركزي وشدد على أهمية التعاون بين المؤسسات العامة والخاصة من أجل تحسين الخدمات ورفع مستوى المعيشة وأشار التقرير إلى ارتفاع الأسعار "
    "في الأسواق المحلية وتراجع الإنتاج بسبب الجفاف بينما يرى خبراء الاقتصاد أن الحل يكمن في تنويع مصادر الدخل وتشجيع الاستثمار"
).split()
PREFIX = "newsspider-bench"
ONE_BY_ONE = 2000  # articles of the slowest contestant
SENT_AT_ONCE = 500
WARMING = 1  # rounds that are not counted: a server compiles its code while it runs


def article(number: int) -> Article:
    rng = random.Random(number)
    words = [f"{rng.choice(WORDS)}{rng.randrange(400) or ''}" if rng.random() < 0.1 else rng.choice(WORDS) for _ in range(330)]
    paragraphs = [" ".join(words[at : at + 55]) for at in range(10, 330, 55)]
    url = f"https://bench.example/news/{number}"
    return Article(
        url=url,
        source="bench",
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        title=f"{' '.join(words[:9])} {number}",
        body="\n\n".join(paragraphs),
        timezone="Asia/Damascus",
        language="ar",
        keys=ArticleKeys((url_key(url),), f"{number:032x}", 0),
    )


def fill(store: Store, count: int) -> None:
    for number in track(range(store.count(), count), "storing articles", transient=True, disable=not sys.stderr.isatty()):
        store.record(article(number))


def prepared(store: Store, most: int) -> list[dict[str, Any]]:
    return [json.loads(document(change.article)) for change in store.changes(0, most) if change.article]


def by_sync(store: Store, engine: Engine, config: IndexConfig) -> int:
    report = indexing.sync(store, engine, Owner.current(), config)
    if report.pending or report.dead:
        sys.exit(f"sync: {report}")
    return report.indexed


def actions(index: str, documents: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    return ({"_index": index, "_id": one["id"], "_source": one} for one in documents)


def by_parallel_bulk(client: Elasticsearch, index: str, documents: list[dict[str, Any]]) -> int:
    return sum(ok for ok, _ in helpers.parallel_bulk(client, actions(index, documents)))


def by_blocking_bulks(client: Elasticsearch, index: str, documents: list[dict[str, Any]]) -> int:
    done = 0
    for start in range(0, len(documents), SENT_AT_ONCE):
        done += helpers.bulk(client, list(actions(index, documents[start : start + SENT_AT_ONCE])))[0]
    return done


def one_by_one(client: Elasticsearch, index: str, documents: list[dict[str, Any]]) -> int:
    for one in documents[:ONE_BY_ONE]:
        client.search(index=index, query={"match": {"address": one["address"]}})
        client.index(index=index, document=one)
    return min(ONE_BY_ONE, len(documents))


def rate(work: Callable[[], int]) -> float:
    began = time.perf_counter()
    done = work()
    return done / (time.perf_counter() - began)


def compare(config: Config, store: Store, rounds: int) -> dict[str, list[float]]:
    engine = open_engine(config)
    client = Elasticsearch(config.engine.url, request_timeout=60)
    documents = prepared(store, store.count())
    rates: dict[str, list[float]] = {}
    for number in range(WARMING + rounds):
        contestants: dict[str, Callable[[Engine], int]] = {
            "newsspider sync": lambda target: by_sync(store, target, config.index),
            "parallel_bulk": lambda target: by_parallel_bulk(client, target.index_id, documents),
            "blocking bulks of 500": lambda target: by_blocking_bulks(client, target.index_id, documents),
            "search + index each": lambda target: one_by_one(client, target.index_id, documents),
        }
        for name, work in random.sample(list(contestants.items()), len(contestants)):
            target = engine.create()
            target.promote()  # so that it is refreshed as one that is searched
            measured = rate(lambda work=work, target=target: work(target))  # type: ignore[misc]
            store.forget_index(target.index_id)
            client.indices.delete(index=target.index_id)
            if number >= WARMING:
                rates.setdefault(name, []).append(measured)
    return rates


def rebuild(config: Config, folder: Path, count: int) -> tuple[float, float]:
    """Articles a second and peak MiB of `newsspider index rebuild` in a process of its own."""
    environment = os.environ | {
        "NEWSSPIDER_DATA_FOLDER": str(folder),
        "NEWSSPIDER_ENGINE_URL": config.engine.url,
        "NEWSSPIDER_ENGINE_INDEX": config.engine.index,
    }
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "newsspider", "index", "rebuild", "--drop"], env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"index rebuild failed with status {status}")
    return count / (time.perf_counter() - began), usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rebuild", type=int, default=100_000, help="0: no rebuild")
    parser.add_argument("--data", type=Path, help="keep the stores here, for another run")
    given = parser.parse_args()
    url = load_config().engine.url
    if not url:
        sys.exit("set NEWSSPIDER_ENGINE_URL to the address of an Elasticsearch without security; `make elasticsearch` starts one")
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.data or Path(temporary)
        for name in ("small", "large"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        small = Config(data_folder=folder / "small", engine=EngineConfig(url=url, index=PREFIX, timeout=60))
        with Store.open(small.store_url) as store:
            fill(store, given.articles)
            rates = compare(small, store, given.rounds)
        medians = {name: statistics.median(values) for name, values in rates.items()}
        table = Table("contestant", "documents/s", "spread", "newsspider is", title=f"{given.articles} articles, {given.rounds} rounds")
        for name, values in sorted(rates.items(), key=lambda item: -medians[item[0]]):
            times = f"{medians['newsspider sync'] / medians[name]:.2f} ×"
            table.add_row(name, f"{medians[name]:.0f}", f"{min(values):.0f}–{max(values):.0f}", times)
        Console().print(table)
        if given.rebuild:
            large = Config(data_folder=folder / "large", engine=EngineConfig(url=url, index=f"{PREFIX}-large"))
            with Store.open(large.store_url) as store:
                fill(store, given.rebuild)
            speed, memory = rebuild(large, folder / "large", given.rebuild)
            Console().print(f"rebuild of {given.rebuild} articles: {speed:.0f} articles/s, peak memory {memory:.0f} MiB")
        engine = open_engine(small)
        for index in Elasticsearch(url).indices.get_alias(index=f"{PREFIX}*"):
            Elasticsearch(url).indices.delete(index=index)
        engine.close()


if __name__ == "__main__":
    main()
