"""What a fleet did: figures, and checks of which each must be 0. The sites' own logs are the judge of politeness, the store of everything else."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from fleet_sites import CRAWL_DELAY, RETRY_AFTER, NewsSite
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from newsspider.clock import now as clock_now
from newsspider.store import Store
from newsspider.store.rows import micros
from newsspider.store.schema import articles, deliveries, ledger, runs

DELAY = 1.0  # seconds between two requests to one site
CONCURRENCY = 16
TOLERANCE = 0.9  # of a gap: a request may reach a busy site late, and the next one not


@dataclass(frozen=True)
class Requests:
    """A fleet's log: host, second, path and status of each request."""

    rows: list[list[Any]]

    @property
    def pages(self) -> list[list[Any]]:
        return [row for row in self.rows if "/article/" in row[2] and row[3] == 200]

    def impolite(self) -> dict[str, int]:
        by_host: dict[str, list[list[Any]]] = defaultdict(list)
        for row in self.rows:
            by_host[row[0]].append(row)
        short = slow = early = 0
        for host, of_host in by_host.items():
            is_slow = NewsSite.of(host).is_slow
            for earlier, later in pairwise(sorted(of_host, key=lambda row: row[1])):
                gap = later[1] - earlier[1]
                short += gap < TOLERANCE * DELAY
                slow += is_slow and gap < TOLERANCE * CRAWL_DELAY and later[2] != "/robots.txt" and earlier[2] != "/robots.txt"
                early += earlier[3] == 429 and gap < TOLERANCE * RETRY_AFTER
        return {
            f"gaps to one site below the delay of {DELAY:g} s": short,
            f"gaps below a Crawl-delay of {CRAWL_DELAY:g} s": slow,
            f"requests before a Retry-After of {RETRY_AFTER} s was over": early,
            "requests that robots.txt forbids": sum(row[2].startswith("/private/") for row in self.rows),
        }


@dataclass(frozen=True)
class Used:
    """What the crawling processes used: `cpu` in seconds, `peak_mib` of the largest with its workers."""

    wall: float
    cpu: float
    peak_mib: float
    kills: int = 0


def report(title: str, store: Store, published: dict[str, list[float]], requests: Requests, used: Used) -> bool:
    """Print the table; whether every check is 0."""
    with store._database.read() as tx:
        rows = tx.connection.execute(select(articles.c.url, articles.c.published_at, articles.c.first_seen_at, articles.c.change_no)).all()
        delivered = tx.connection.execute(select(deliveries.c.change_no, deliveries.c.at).order_by(deliveries.c.at)).all()
        spans = tx.connection.execute(select(runs.c.source, runs.c.started_at, runs.c.ended_at, runs.c.resumed)).all()
        without_outcome = len(tx.connection.execute(select(ledger.c.url).where(ledger.c.outcome.is_(None))).all())
    wanted = {NewsSite.of(host).url(at) for host, moments in published.items() for at in range(len(moments))}
    stored = {row.url for row in rows}
    began = min(row[1] for row in requests.rows) * 1e6
    fresh = [row for row in rows if row.published_at and row.published_at > began]
    searchable = [next((at for number, at in delivered if number >= row.change_no), None) for row in fresh]
    pages = len(requests.pages)
    figures = {
        "runs": f"{len(spans)} ({len(spans) / used.wall * 3600:.0f} an hour), {sum(row.resumed for row in spans)} taken over",
        "articles published, stored": f"{len(wanted)}, {len(rows)}",
        "requests, article pages": f"{len(requests.rows)}, {pages} ({pages / used.wall:.1f}/s)",
        "CPU": f"{used.cpu:.0f} s = {used.cpu / used.wall:.2f} cores, {used.cpu / max(pages, 1) * 1000:.0f} ms a page, {used.cpu / len(spans) * 1000:.0f} ms a run",
        "peak memory of one crawling process with its worker": f"{used.peak_mib:.0f} MiB",
        "publication to store, median / 95 %": quantiles([(row.first_seen_at - row.published_at) / 1e6 for row in fresh]),
        "publication to index, median / 95 %": quantiles([(at - row.published_at) / 1e6 for row, at in zip(fresh, searchable, strict=True) if at]),
    }  # fmt: skip
    checks = {
        "published but not stored": len(wanted - stored),
        "stored twice": len(rows) - len(stored),
        "stored but not searchable": searchable.count(None),
        "pages fetched again beyond those under way at a kill": max(0, pages - len({row[2] for row in requests.pages}) - used.kills * CONCURRENCY),
        "addresses without an outcome": without_outcome,
        "runs of one source at the same time": overlaps([(row.source, row.started_at, row.ended_at or micros(clock_now())) for row in spans]),
        "broken rules (store check)": len(store.check()),
        **requests.impolite(),
    }  # fmt: skip
    table = Table("what", "value", title=title)
    for what, value in (figures | checks).items():
        table.add_row(what, str(value))
    Console(width=130).print(table)
    return not any(checks.values())


def overlaps(spans: list[tuple[str, int, int]]) -> int:
    return sum(earlier[0] == later[0] and later[1] < earlier[2] for earlier, later in pairwise(sorted(spans)))


def quantiles(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return "?"
    cuts = statistics.quantiles(seconds, n=20)
    return f"{cuts[9]:.0f} s / {cuts[18]:.0f} s"
