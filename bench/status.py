"""How long operators wait for the overview of many sources, and Prometheus for its metrics.

    python bench/status.py [--sources 500] [--runs 20] [--articles 10] [--url postgresql+psycopg://…]

A made-up store: so many runs of each source over 30 days, each with so many new articles, as many unchanged ones, and a few that failed; everything is
delivered to an index. Printed: the seconds of `monitoring.look`, as `newsspider status` and its JSON call it, of the operators' page, and of /metrics.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert
from starlette.testclient import TestClient

from newsspider.config import Config, SourcesConfig, StoreConfig, WebConfig
from newsspider.engines import open_engine
from newsspider.monitoring import RUNS, look
from newsspider.sources import Source, load_sources
from newsspider.store import Store, schema
from newsspider.store.rows import micros
from newsspider.web import create_app

NOW = datetime.now(UTC)
DAYS = 30
ZONES = ("Asia/Damascus", "Africa/Cairo", "Asia/Dubai", "Africa/Casablanca", "Asia/Riyadh")
TIMES = 5
TOKEN = "a token for the benchmark"


def write_sources(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        name = f"s{number:04}"
        home = f"https://{name}.example/"
        (folder / f"{name}.toml").write_text(
            f'name = "{name}"\ntitle = "مصدر {number}"\nhomepage = "{home}"\ntimezone = "{ZONES[number % len(ZONES)]}"\nfeeds = ["{home}feed"]\n',
            encoding="utf-8",
        )


def fill(store: Store, sources: list[Source], runs: int, articles: int, index_id: str) -> int:
    """How many articles that made."""
    rng, change, rows = random.Random(1), 0, dict[str, list[dict[str, Any]]]()
    for back in range(runs, 0, -1):
        for of in sources:
            began = NOW - timedelta(days=back * DAYS / runs, minutes=rng.randrange(60))
            run_id = f"{of.name}-{back:02}"
            at = micros(began)
            run = {
                "id": run_id,
                "source": of.name,
                "state": "finished",
                "note": "",
                "host": "bench",
                "pid": 1,
                "started": "",
                "started_at": at,
            }
            rows.setdefault("runs", []).append(
                run | {"heartbeat_at": at, "ended_at": at + 60_000_000, "resumed": 0, "known": 30, "retries": 0}
            )
            for number in range(articles * 2 + 2):
                key, url = f"{run_id}/{number}", f"https://{of.name}.example/{back}/{number}"
                kind, outcome, reason = "article", "unchanged", "same_text"
                if number < articles:
                    outcome, reason = "new", "first_seen"
                    change += 1
                    rows.setdefault("changes", []).append({"article_id": key, "change_no": change, "deleted": False})
                    rows.setdefault("articles", []).append(article_row(key, url, of, at, change))
                elif number == 2 * articles:
                    kind, outcome, reason = "discovery", "new", "read"
                elif number > 2 * articles:
                    outcome, reason = "failed", "timeout"
                ended = {"run_id": run_id, "url_key": key, "url": url, "kind": kind, "outcome": outcome, "reason": reason, "at": at}
                rows.setdefault("ledger", []).append(ended | {"article_id": None, "fields": 15 if kind == "article" else None})
                if number not in range(articles, 2 * articles):  # those are earlier ones, seen again
                    rows.setdefault("frontier", []).append(frontier_row(key, url, of, run_id, outcome, at))
            rows.setdefault("deliveries", []).append({"index_id": index_id, "change_no": change, "at": at + 120_000_000})
    rows["schedules"] = [
        {"source": of.name, "run_id": f"{of.name}-01", "started_at": micros(NOW - timedelta(days=1)), "learned_interval": None}
        for of in sources
    ]
    rows["checkpoints"] = [{"index_id": index_id, "change_no": change, "at": micros(NOW), "problem": None}]
    with store._database.write() as tx:
        for name in ("runs", "ledger", "frontier", "changes", "articles", "deliveries", "schedules", "checkpoints"):
            tx.connection.execute(insert(schema.metadata.tables[name]), rows[name])
    return change


def article_row(key: str, url: str, of: Source, at: int, change: int) -> dict[str, Any]:
    texts = dict.fromkeys(("authors", "tags", "rejected", "evidence"), "[]") | {"title": "عنوان الخبر " + key, "body": "كلمات الخبر " * 150}
    row = {
        "id": key,
        "family_id": key,
        "source": of.name,
        "url": url,
        "first_seen_at": at,
        "revision": 1,
        "change_no": change,
        "confidence": 0.9,
    }
    dates = {"published_at": at - 1_800_000_000, "precision": "second", "published_day": "2026-01-01", "date_reason": "best"}
    return row | texts | dates | {"timezone": of.timezone, "content_hash": key, "fetched_at": at, "updated_at": at}


def frontier_row(key: str, url: str, of: Source, run_id: str, outcome: str, at: int) -> dict[str, Any]:
    next_try = at + 86_400_000_000 if outcome == "failed" else None
    visited = {"run_id": run_id, "state": "done", "attempts": 1, "outcome": outcome, "next_try": next_try, "read_at": at}
    return visited | {"url_key": key, "url": url, "source": of.name, "rank": 1, "depth": 0, "link": "{}"}


def seconds(call: Callable[[], object]) -> tuple[float, float]:
    """Median processor and clock time; the first call, which compiles the statements, does not count."""
    call()
    processor, clock = [], []
    for _ in range(TIMES):
        began = time.process_time(), time.perf_counter()
        call()
        processor.append(time.process_time() - began[0])
        clock.append(time.perf_counter() - began[1])
    return statistics.median(processor), statistics.median(clock)


def page(client: TestClient, path: str) -> None:
    client.get(path, headers={"Authorization": f"Bearer {TOKEN}"}).raise_for_status()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=500)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--articles", type=int, default=10)
    parser.add_argument("--url", default="", help="a new, empty store; by default an SQLite file in a temporary folder")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_sources(Path(folder, "sources"), given.sources)
        config = Config(
            data_folder=Path(folder, "data"),
            sources=SourcesConfig(folder=Path(folder, "sources"), builtin=False),
            web=WebConfig(token=TOKEN),
            store=StoreConfig(url=given.url),
        )
        sources = list(load_sources(config.sources).values())
        with Store.open(config.store_url) as store, TestClient(create_app(config), base_url="http://localhost") as client:
            engine = open_engine(config)
            stored = fill(store, sources, given.runs, given.articles, engine.index_id)
            if given.url:
                with store._database.outside_transactions() as raw:
                    raw.autocommit = True
                    raw.execute("VACUUM ANALYZE")  # as a server does by itself
            rows = {
                "status": seconds(lambda: look(store, engine, config, sources)),
                "status --json": seconds(lambda: look(store, engine, config, sources, runs=RUNS)),
                **{path: seconds(partial(page, client, path)) for path in ("/operations", "/metrics")},
            }
            engine.close()
        title = f"{given.sources} sources, {given.runs} runs of each, {stored} articles"
        table = Table("overview", "s processor", "s clock", title=title)
        for name, (processor, clock) in rows.items():
            table.add_row(name, f"{processor:.2f}", f"{clock:.2f}")
        Console().print(table)


if __name__ == "__main__":
    main()
