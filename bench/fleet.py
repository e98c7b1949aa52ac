"""Two schedulers on one PostgreSQL store crawl a fleet of simulated sites that publish meanwhile; one of the two is killed every minute.

    python bench/fleet.py [--sources 200] [--minutes 6] [--every 2m] [--at-once 16] [--kill 60] [--seed 7]
    python bench/fleet.py --memory 10000          # instead: memory of one process while it fetches so many pages from 50 hosts

Time is compressed: a site publishes in a minute what a real one does in an hour or so. Printed: pages a second, CPU, memory, how long articles
took to be stored and to be searchable, whether anything was lost, stored twice or crawled by two at once, and what the sites' own logs say of
politeness. Exits with 1 when something of that does not hold. The server's log is the judge, not the crawler's.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from crawl import serve as serve_pages
from fleet_sites import CRAWL_DELAY, RETRY_AFTER
from pg_server import PostgresServer, postgres_server
from sqlalchemy import select

from newsspider.clock import now as clock_now
from newsspider.store import Store
from newsspider.store.rows import micros
from newsspider.store.schema import articles, deliveries, ledger, runs

DELAY = 1.0  # seconds between two requests to one site
CONFIG = """data_folder = "{data}"
[sources]
folder = "{sources}"
builtin = false
[net]
allow_networks = ["127.0.0.0/8"]
{hosts}
[crawl]
autothrottle = false
delay = {delay}
contact = "bench@example.org"
concurrency = 16
concurrency_per_site = {per_site}
extract_workers = 1
[schedule]
sources_at_once = {at_once}
look_every = 1
[store]
url = "{url}"
"""
SOURCE = """name = "{name}"
title = "{name}"
homepage = "http://{host}/"
timezone = "UTC"
{more}
"""


class Schedulers:
    """Two processes of `newsspider schedule run`, with what they used."""

    def __init__(self, config: Path, log: Path) -> None:
        self.config, self.log = config, log
        self.processes = [self._start() for _ in range(2)]
        self.kills = 0
        self.cpu_of_dead = 0.0
        self.peak_mib = 0.0

    def _start(self) -> psutil.Popen:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "newsspider", "schedule", "run"]
            return psutil.Popen(command, env=os.environ | {"NEWSSPIDER_CONFIG": str(self.config)}, stdout=log, stderr=log)

    def kill_one(self) -> None:
        victim = self.kills % 2
        self.cpu_of_dead += self._used(self.processes[victim])[0]
        workers = self.processes[victim].children(recursive=True)
        self.processes[victim].kill()
        self.processes[victim].wait()
        psutil.wait_procs(workers, timeout=20)  # they see that their parent is gone
        self.processes[victim] = self._start()
        self.kills += 1

    def kill(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()

    def look(self) -> None:
        """Note the memory; the two together, with the workers that read pages."""
        for process in self.processes:
            if process.poll() is not None:
                sys.exit(f"a scheduler has ended by itself: {self.log.read_text()[-2000:]}")
        self.peak_mib = max(self.peak_mib, *(self._used(process)[1] for process in self.processes))

    def stop(self) -> float:
        """End both cleanly; the CPU seconds of all there were."""
        cpu = self.cpu_of_dead + sum(self._used(process)[0] for process in self.processes)
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(60) for process in self.processes]
        if codes != [0, 0]:
            sys.exit(f"the schedulers ended with {codes}: {self.log.read_text()[-2000:]}")
        return cpu

    @staticmethod
    def _used(process: psutil.Process) -> tuple[float, float]:
        cpu, memory = 0.0, 0.0
        for one in (process, *process.children(recursive=True)):
            try:
                times = one.cpu_times()
                cpu += times.user + times.system
                memory += one.memory_full_info().uss / (1 << 20)
            except psutil.NoSuchProcess:
                continue
        return cpu, memory


def fleet(arguments: argparse.Namespace, folder: Path, postgres: PostgresServer) -> int:
    seconds = arguments.minutes * 60
    log = folder / "sites.log"
    command = [
        sys.executable,
        str(Path(__file__).with_name("fleet_sites.py")),
        str(arguments.sources),
        str(seconds),
        str(arguments.seed),
        str(log),
    ]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin
    assert server.stdout
    port = server.stdout.readline().strip()
    hosts = [f"site{number}.test" for number in range(arguments.sources)]
    config = write_config(folder, postgres.fresh_store(), hosts, port, arguments)
    for number, host in enumerate(hosts):
        more = f'feeds = ["http://{host}/feed"]\n[schedule]\nevery = "{arguments.every}"'
        (folder / "sources" / f"s{number}.toml").write_text(SOURCE.format(name=f"s{number}", host=host, more=more))
    began = time.monotonic()
    schedulers = Schedulers(config, folder / "schedulers.log")
    atexit.register(schedulers.kill)
    ended_at = clock_now() + timedelta(seconds=seconds)
    next_kill = began + arguments.kill
    with Store.open(config_url(config)) as store:
        seen: set[str] = set()
        while time.monotonic() < began + seconds or len(seen) < len(hosts):
            time.sleep(1)
            schedulers.look()
            seen |= seen_since(store, ended_at)
            if time.monotonic() > next_kill and time.monotonic() < began + seconds:
                schedulers.kill_one()
                next_kill += arguments.kill
    cpu, wall = schedulers.stop(), time.monotonic() - began
    server.stdin.write("\n")
    server.stdin.close()
    published = json.loads(server.stdout.readline())
    server.wait(10)
    requests = [json.loads(line) for line in log.read_text().splitlines()]
    with Store.open(str(config_url(config))) as store:
        return report(store, published, requests, schedulers, cpu, wall, arguments)


def seen_since(store: Store, moment: datetime) -> set[str]:
    """The sources that had a whole run since then."""
    return {name for name, run in store.last_runs().items() if run.started_at > moment and run.state == "finished"}


def report(
    store: Store,
    published: dict[str, list[float]],
    requests: list[list[Any]],
    schedulers: Schedulers,
    cpu: float,
    wall: float,
    arguments: argparse.Namespace,
) -> int:
    with store._database.read() as tx:
        stored = tx.connection.execute(
            select(articles.c.url, articles.c.published_at, articles.c.first_seen_at, articles.c.change_no)
        ).all()
        delivered = tx.connection.execute(select(deliveries.c.change_no, deliveries.c.at).order_by(deliveries.c.at)).all()
        spans = tx.connection.execute(select(runs.c.source, runs.c.started_at, runs.c.ended_at, runs.c.resumed, runs.c.state)).all()
        open_rows = tx.connection.execute(select(ledger.c.url).where(ledger.c.outcome.is_(None))).all()
    wanted = {
        f"http://{host}/article/{int(host[4:-5]) * 100_000 + at}" for host, moments in published.items() for at in range(len(moments))
    }
    began = min(request[1] for request in requests) * 1e6
    fresh = [row for row in stored if row.published_at and row.published_at > began]
    searchable = [next((at for number, at in delivered if number >= row.change_no), None) for row in fresh]
    to_store = [(row.first_seen_at - row.published_at) / 1e6 for row in fresh]
    to_index = [(at - row.published_at) / 1e6 for row, at in zip(fresh, searchable, strict=True) if at]
    pages = [request for request in requests if "/article/" in request[2] and request[3] == 200]
    by_source = defaultdict(list)
    for row in spans:
        by_source[row.source].append((row.started_at, row.ended_at or micros(clock_now())))
    overlaps = sum(later[0] < earlier[1] for found in by_source.values() for earlier, later in pairwise(sorted(found)))
    figures = Table(
        "what", "value", title=f"{arguments.sources} sources, 2 schedulers, {schedulers.kills} kills, {wall:.0f} s, seed {arguments.seed}"
    )
    for what, value in (
        ("runs", f"{len(spans)} ({len(spans) / wall * 3600:.0f} an hour), {sum(row.resumed for row in spans)} taken over"),
        ("articles published, stored", f"{len(wanted)}, {len(stored)}"),
        ("requests, article pages", f"{len(requests)}, {len(pages)} ({len(pages) / wall:.1f}/s)"),
        (
            "CPU of both schedulers",
            f"{cpu:.0f} s = {cpu / wall:.2f} cores, {cpu / max(len(pages), 1) * 1000:.0f} ms a page with all around it",
        ),
        ("peak memory of one scheduler with its worker", f"{schedulers.peak_mib:.0f} MiB"),
        ("publication to store, median / 95 %", quantiles(to_store)),
        ("publication to index, median / 95 %", quantiles(to_index)),
    ):
        figures.add_row(what, value)
    checks = {
        "published but not stored": len(wanted - {row.url for row in stored}),
        "stored twice": len(stored) - len({row.url for row in stored}),
        "stored but not searchable": len([at for at in searchable if at is None]),
        "pages fetched again beyond those under way at a kill": max(
            0, len(pages) - len({page[2] for page in pages}) - schedulers.kills * 16
        ),
        "addresses without an outcome": len(open_rows),
        "runs of one source at the same time": overlaps,
        "broken rules (store check)": len(store.check()),
        **politeness(requests),
    }
    for what, number in checks.items():
        figures.add_row(what, str(number))
    Console(width=130).print(figures)
    return int(any(checks.values()))


def politeness(requests: list[list[Any]]) -> dict[str, int]:
    """What the sites' own logs hold against the crawler. Scrapy spreads a delay between half and one and a half of it."""
    by_host: dict[str, list[list[Any]]] = defaultdict(list)
    for request in requests:
        by_host[request[0]].append(request)
    short = slow = early = 0
    for host, of_host in by_host.items():
        is_slow = int(host[4:-5]) % 20 == 3
        for earlier, later in pairwise(sorted(of_host, key=lambda request: request[1])):
            gap = later[1] - earlier[1]
            after_robots = earlier[2] == "/robots.txt"
            short += gap < 0.45 * DELAY and not after_robots
            slow += is_slow and gap < 0.95 * CRAWL_DELAY and not after_robots
            early += earlier[3] == 429 and gap < RETRY_AFTER - 0.1
    return {
        "gaps to one site below half the delay": short,
        f"gaps below a Crawl-delay of {CRAWL_DELAY:g} s": slow,
        "requests before a Retry-After was over": early,
        "requests that robots.txt forbids": sum(request[2].startswith("/private/") for request in requests),
    }


def quantiles(values: list[float]) -> str:
    if len(values) < 2:
        return "?"
    cuts = statistics.quantiles(values, n=20)
    return f"{cuts[9]:.0f} s / {cuts[18]:.0f} s"


def write_config(folder: Path, url: str, hosts: list[str], port: str, arguments: argparse.Namespace, per_site: int = 1) -> Path:
    (folder / "sources").mkdir()
    names = "hosts = {" + ", ".join(f'"{host}" = "127.0.0.1:{port}"' for host in hosts) + "}"
    text = CONFIG.format(
        data=folder / "data", sources=folder / "sources", hosts=names, url=url,
        at_once=arguments.at_once, delay=0 if arguments.memory else DELAY, per_site=per_site,
    )  # fmt: skip
    config = folder / "newsspider.toml"
    config.write_text(text)
    return config


def config_url(config: Path) -> str:
    return next(line.partition('"')[2].rstrip('"') for line in config.read_text().splitlines() if line.startswith("url = "))


def memory(arguments: argparse.Namespace, folder: Path, postgres: PostgresServer) -> int:
    """Memory of one `crawl --all` after each tenth of the pages."""
    count, hosts = arguments.memory, [f"site{number}.test" for number in range(50)]
    server, origin = serve_pages(count)
    config = write_config(folder, postgres.fresh_store(), hosts, origin.rpartition(":")[2], arguments, per_site=4)
    for number, host in enumerate(hosts):
        urls = "".join(f"<url><loc>http://{host}/article/{n}</loc></url>" for n in range(number, count, len(hosts)))
        server.made[f"/map{number}.xml"] = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
        more = f'sitemaps = ["http://{host}/map{number}.xml"]'
        (folder / "sources" / f"s{number}.toml").write_text(SOURCE.format(name=f"s{number}", host=host, more=more))
    process = psutil.Popen(
        [sys.executable, "-m", "newsspider", "crawl", "--all", "--json"],
        env=os.environ | {"NEWSSPIDER_CONFIG": str(config)},
        stdout=subprocess.DEVNULL,
    )
    table = Table("pages", "seconds", "crawler MiB", "its worker MiB", "open files", title=f"{count} pages, 50 hosts")
    began, seen, sizes = time.monotonic(), 0, []
    with Store.open(config_url(config)) as store:
        while process.poll() is None:
            time.sleep(0.5)
            if store.count() >= seen + count // 10 and process.is_running():
                seen = store.count()
                try:
                    workers = sum(child.memory_full_info().uss for child in process.children(recursive=True)) / (1 << 20)
                    sizes.append(process.memory_full_info().uss / (1 << 20))
                    table.add_row(
                        str(seen), f"{time.monotonic() - began:.0f}", f"{sizes[-1]:.0f}", f"{workers:.0f}", str(process.num_fds())
                    )
                except psutil.Error:
                    break
        process.wait()
        stored = store.count()
    Console(width=130).print(table, f"{stored} stored; growth from the second to the last row: {sizes[-1] / sizes[1] - 1:.1%}")
    server.shutdown()
    return int(stored != count or sizes[-1] > 1.1 * sizes[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=6)
    parser.add_argument("--every", default="2m")
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--kill", type=float, default=60, help="seconds between two kills")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--memory", type=int, default=0, metavar="PAGES")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all that was started is stopped
    with postgres_server() as postgres, tempfile.TemporaryDirectory() as name:
        sys.exit((memory if arguments.memory else fleet)(arguments, Path(name), postgres))


if __name__ == "__main__":
    main()
