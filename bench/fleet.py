"""Two schedulers on one PostgreSQL store crawl a fleet of simulated sites that publish meanwhile; one of the two is killed every minute.

    python bench/fleet.py [--sources 200] [--minutes 6] [--every 2m] [--at-once 16] [--kill 60] [--seed 7]
    python bench/fleet.py --once [--sources 500]  # instead: one process with an SQLite store and the embedded index crawls them all once
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
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from crawl import serve as serve_pages
from fleet_process import CrawlProcess
from fleet_report import CONCURRENCY, DELAY, Requests, Used, report
from pg_server import postgres_server

from newsspider.clock import now as clock_now
from newsspider.store import Store

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
concurrency = {concurrency}
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


class Installation:
    """A configuration with its sources, in a folder of its own."""

    def __init__(
        self, folder: Path, url: str, hosts: list[str], port: str, *, at_once: int, delay: float = DELAY, per_site: int = 1
    ) -> None:
        self.folder, self.url, self.hosts = folder, url, hosts
        self.config = folder / "newsspider.toml"
        (folder / "sources").mkdir()
        names = "hosts = {" + ", ".join(f'"{host}" = "127.0.0.1:{port}"' for host in hosts) + "}"
        text = CONFIG.format(
            data=folder / "data", sources=folder / "sources", hosts=names, url=url, at_once=at_once, delay=delay, per_site=per_site,
            concurrency=CONCURRENCY,
        )  # fmt: skip
        self.config.write_text(text)

    def add(self, number: int, more: str) -> None:
        text = SOURCE.format(name=f"s{number}", host=self.hosts[number], more=more)
        (self.folder / "sources" / f"s{number}.toml").write_text(text)

    def add_feeds(self, every: str) -> None:
        for number, host in enumerate(self.hosts):
            self.add(number, f'feeds = ["http://{host}/feed"]\n[schedule]\nevery = "{every}"')


class Sites:
    """The simulated sites, in a process of their own."""

    def __init__(self, count: int, seconds: float, seed: int, log: Path) -> None:
        program = str(Path(__file__).with_name("fleet_sites.py"))
        command = [sys.executable, program, str(count), str(seconds), str(seed), str(log)]
        self._log = log
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._server.stdout
        self.port = self._server.stdout.readline().strip()
        self.hosts = [f"site{number}.test" for number in range(count)]

    def end(self) -> tuple[dict[str, list[float]], Requests]:
        """What they have published, and who asked them for what."""
        published = json.loads(self._server.communicate("\n", timeout=30)[0])
        return published, Requests([json.loads(line) for line in self._log.read_text().splitlines()])


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

    def stop(self, wall: float) -> Used:
        """End both cleanly."""
        cpu = self.cpu_of_dead + sum(self._used(process)[0] for process in self.processes)
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(60) for process in self.processes]
        if codes != [0, 0]:
            sys.exit(f"the schedulers ended with {codes}: {self.log.read_text()[-2000:]}")
        return Used(wall, cpu, self.peak_mib, self.kills)

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


def fleet(arguments: argparse.Namespace, folder: Path) -> bool:
    seconds = arguments.minutes * 60
    with postgres_server() as postgres:
        sites = Sites(arguments.sources, seconds, arguments.seed, folder / "sites.log")
        made = Installation(folder, postgres.fresh_store(), sites.hosts, sites.port, at_once=arguments.at_once)
        made.add_feeds(arguments.every)
        began = time.monotonic()
        published_until = clock_now() + timedelta(seconds=seconds)
        schedulers = Schedulers(made.config, folder / "schedulers.log")
        atexit.register(schedulers.kill)
        next_kill = began + arguments.kill
        with Store.open(made.url) as store:
            seen: set[str] = set()
            while time.monotonic() < began + seconds or len(seen) < len(sites.hosts):
                time.sleep(1)
                schedulers.look()
                seen |= seen_since(store, published_until)
                if time.monotonic() > next_kill and time.monotonic() < began + seconds:
                    schedulers.kill_one()
                    next_kill += arguments.kill
            used = schedulers.stop(time.monotonic() - began)
            published, requests = sites.end()
            title = f"{len(sites.hosts)} sources, 2 schedulers, {used.kills} kills, {used.wall:.0f} s, seed {arguments.seed}"
            return report(title, store, published, requests, used)


def seen_since(store: Store, moment: datetime) -> set[str]:
    """The sources whose newest run began since then and is whole."""
    return {name for name, run in store.last_runs().items() if run.started_at > moment and run.state == "finished"}


def once(arguments: argparse.Namespace, folder: Path) -> bool:
    sites = Sites(arguments.sources, 0, arguments.seed, folder / "sites.log")
    made = Installation(folder, f"sqlite:///{folder / 'data' / 'newsspider.db'}", sites.hosts, sites.port, at_once=arguments.at_once)
    made.add_feeds("1h")
    used = CrawlProcess(made.config, "crawl", "--due").until_its_end()
    published, requests = sites.end()
    title = f"{len(sites.hosts)} due sources, one `newsspider crawl --due`, {used.wall:.0f} s"
    with Store.open(made.url) as store:
        return report(title, store, published, requests, used)


def memory(arguments: argparse.Namespace, folder: Path) -> bool:
    """Of one `crawl --all`, at every tenth of the pages."""
    count, hosts = arguments.memory, [f"site{number}.test" for number in range(50)]
    server, origin = serve_pages(count)
    url = f"sqlite:///{folder / 'data' / 'newsspider.db'}"
    made = Installation(folder, url, hosts, origin.rpartition(":")[2], at_once=arguments.at_once, delay=0, per_site=4)
    for number, host in enumerate(hosts):
        urls = "".join(f"<url><loc>http://{host}/article/{n}</loc></url>" for n in range(number, count, len(hosts)))
        server.made[f"/map{number}.xml"] = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
        made.add(number, f'sitemaps = ["http://{host}/map{number}.xml"]')
    table = Table("pages", "seconds", "crawler MiB", "its worker MiB", "open files", title=f"{count} pages, 50 hosts")
    Store.open(url).close()
    crawl = CrawlProcess(made.config, "crawl", "--all", "--json")
    sizes: list[float] = []
    with Store.open(url) as store:

        def look(crawler: float, workers: float, files: int) -> None:
            if (seen := store.count()) >= (len(sizes) + 1) * count // 10:
                sizes.append(crawler)
                table.add_row(str(seen), f"{crawl.seconds:.0f}", f"{crawler:.0f}", f"{workers:.0f}", str(files))

        crawl.until_its_end(look)
        stored = store.count()
    growth = sizes[-1] / sizes[1] - 1
    Console(width=130).print(table, f"{stored} stored; growth from the second to the last row: {growth:.1%}")
    server.shutdown()
    return stored == count and growth < 0.1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int)
    parser.add_argument("--minutes", type=float, default=6)
    parser.add_argument("--every", default="2m")
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--kill", type=float, default=60, help="seconds between two kills")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--memory", type=int, default=0, metavar="PAGES")
    arguments = parser.parse_args()
    arguments.sources = arguments.sources or (500 if arguments.once else 200)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all that was started is stopped
    with tempfile.TemporaryDirectory() as name:
        mode = memory if arguments.memory else once if arguments.once else fleet
        sys.exit(not mode(arguments, Path(name)))


if __name__ == "__main__":
    main()
