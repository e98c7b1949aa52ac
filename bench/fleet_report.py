"""What a fleet did: figures, and checks of which each must be 0. The sites' own logs are the judge of politeness, the store of everything else."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
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
MOST_SHOWN = 10  # of what should not be
LATE = 0.2  # seconds that a request may take longer than the next one to reach a busy site


@dataclass(frozen=True)
class Requests:
    """A fleet's log: host, second, path and status of each request."""

    rows: list[list[Any]]

    @property
    def pages(self) -> list[list[Any]]:
        return [row for row in self.rows if "/article/" in row[2] and row[3] == 200]

    def impolite(self) -> dict[str, list[str]]:
        by_host: dict[str, list[list[Any]]] = defaultdict(list)
        for row in self.rows:
            by_host[row[0]].append(row)
        short, slow, early = [], [], []
        for host, of_host in by_host.items():
            is_slow = NewsSite.of(host).is_slow
            for earlier, later in pairwise(sorted(of_host, key=lambda row: row[1])):
                gap = later[1] - earlier[1]
                told = f"{host}: {later[2]} {gap:.2f} s after {earlier[2]}, which was answered with {earlier[3]}"
                if gap < DELAY - LATE:
                    short.append(told)
                if is_slow and gap < CRAWL_DELAY - LATE and "/robots.txt" not in (earlier[2], later[2]):
                    slow.append(told)
                if earlier[3] == 429 and gap < RETRY_AFTER - LATE:
                    early.append(told)
        return {
            f"gaps to one site below the delay of {DELAY:g} s": short,
            f"gaps below a Crawl-delay of {CRAWL_DELAY:g} s": slow,
            f"requests before a Retry-After of {RETRY_AFTER} s was over": early,
            "requests that robots.txt forbids": [row[0] + row[2] for row in self.rows if row[2].startswith("/private/")],
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
        visits = tx.connection.execute(select(ledger.c.url, ledger.c.run_id, ledger.c.outcome, ledger.c.reason)).all()
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
    again = [url for url, number in Counter(row[2] for row in requests.pages).items() if number > 1]
    checks: dict[str, list[Any]] = {
        "published but not stored": [(url, [tuple(visit[1:]) for visit in visits if visit.url == url]) for url in wanted - stored],
        "stored twice": [url for url, number in Counter(row.url for row in rows).items() if number > 1],
        "stored but not searchable": [row.url for row, at in zip(fresh, searchable, strict=True) if at is None],
        "pages fetched again beyond those under way at a kill": again[used.kills * CONCURRENCY :],
        "addresses without an outcome": [visit.url for visit in visits if visit.outcome is None],
        "runs of one source at the same time": overlaps([(row.source, row.started_at, row.ended_at or micros(clock_now())) for row in spans]),
        "broken rules (store check)": store.check(),
        **requests.impolite(),
    }  # fmt: skip
    table = Table("what", "value", title=title)
    for what, value in (figures | {what: str(len(found)) for what, found in checks.items()}).items():
        table.add_row(what, value)
    Console(width=130).print(table)
    for what, found in checks.items():
        for one in found[:MOST_SHOWN]:
            print(f"{what}: {one}")
    return not any(checks.values())


def overlaps(spans: list[tuple[str, int, int]]) -> list[str]:
    return [earlier[0] for earlier, later in pairwise(sorted(spans)) if earlier[0] == later[0] and later[1] < earlier[2]]


def quantiles(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return "?"
    cuts = statistics.quantiles(seconds, n=20)
    return f"{cuts[9]:.0f} s / {cuts[18]:.0f} s"
