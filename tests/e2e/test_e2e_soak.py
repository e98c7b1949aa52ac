"""The whole system in processes of its own, under faults: killed, frozen, refused and cut off, it comes back by itself and its books add up.

NEWSSPIDER_TEST_SOAK_MINUTES (60) and NEWSSPIDER_TEST_SOAK_SEED are for `make chaos`; what was seen is printed (`pytest -s`).
"""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import fault_proxy
import httpx
import psutil
import pytest
from es_server import Server
from fault_proxy import FaultProxy
from ports import free_port
from sites import Installation, Site, serve
from test_e2e_crash import article

from newsspider.store import Action, Store

TOKEN = "a token for the soak"
IN_TIME = 240.0  # seconds; how long it really took is printed
CALM = 3.0  # seconds between two faults
FEED = 200  # articles in the site's feed, the newest
SLOPE = 1.0  # MiB in ten minutes
SEEN_FOR = 20.0  # minutes in which a slope tells something
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(7200)]


class House:
    """Scheduler, indexer and page of one installation, with a supervisor's duty: what was killed is started again."""

    def __init__(self, folder: Path, site: Site, config: str = "") -> None:
        self.site, self.published = site, 0
        self.port = free_port()
        self.store_url = f"sqlite:///{folder / 'store.db'}"
        self.installation = Installation(
            folder,
            'concurrency_per_site = 4\nretries = 1\n[net]\nallow_networks = ["127.0.0.0/8"]\n[schedule]\nlook_every = 0.2\n'
            f'[store]\nurl = "{self.store_url}"\n[web]\ntoken = "{TOKEN}"\nsearches_per_minute = 100000\n{config}',
        )
        self.installation.source("farm", homepage=site.origin + "/", feeds=[site.origin + "/feed"], **{"schedule.every": "1d"})
        self.commands = {
            "scheduler": ("schedule", "run"),
            "indexer": ("index", "sync", "--follow"),
            "page": ("serve", "--port", str(self.port)),
        }
        self.processes: dict[str, subprocess.Popen[str]] = {}
        self.store = Store.open(self.store_url)
        self.publish(1)
        for name in self.commands:
            self.start(name)

    def start(self, name: str) -> None:
        self.processes[name] = self.installation.start(*self.commands[name])

    def kill(self, name: str) -> None:
        self.processes[name].kill()
        self.processes[name].communicate()
        self.start(name)

    def kill_crawl(self) -> None:
        """One that an operator began by hand, while it fetches."""
        before = sum(self.site.hits.values())
        crawl = self.installation.start("crawl", "farm")
        until(lambda: sum(self.site.hits.values()) > before or crawl.poll() is not None, "the crawl did nothing")
        crawl.kill()
        crawl.communicate()

    def publish(self, more: int) -> None:
        for number in range(self.published, self.published + more):
            self.site.add(f"/news/{number}", article(number + 10_000))
        self.published += more
        newest = range(max(self.published - FEED, 0), self.published)
        links = "".join(f"<item><title>خبر</title><link>{self.site.origin}/news/{number}</link></item>" for number in newest)
        self.site.add("/feed", f'<rss version="2.0"><channel><title>x</title>{links}</channel></rss>', "application/rss+xml")

    def in_full_service(self) -> float:
        """Seconds until what was published last is found on the page."""
        began = time.monotonic()
        self.store.request("farm", Action.RETRY, "soak")
        until(self._finds_the_last, f"article {self.published - 1} was not found")
        return time.monotonic() - began

    def _finds_the_last(self) -> bool:
        try:
            asked = {"q": str(self.published - 1 + 10_000)}
            answer = httpx.get(
                f"http://127.0.0.1:{self.port}/api/v1/search", params=asked, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30
            )
        except httpx.TransportError:
            return False
        if answer.status_code == 200 and answer.json()["total"] == 1:
            return True
        if not self.store.requests() and self.store.count() < self.published:
            self.store.request("farm", Action.RETRY, "soak")  # the last run met a fault
        return False

    def stop(self) -> None:
        for process in self.processes.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for name, process in self.processes.items():
            _, errors = process.communicate(timeout=IN_TIME)
            assert process.returncode in (0, -signal.SIGTERM), f"{name}: {errors[-2000:]}"
        self.store.close()

    def require_books_that_add_up(self) -> None:
        """Stored once, indexed or dead, and nothing else; call after `stop`."""
        self.installation.run("store", "check")
        self.installation.run("index", "sync")
        assert json.loads(self.installation.run("index", "verify", "--json").stdout)["found"] == []
        with Store.open(self.store_url) as store:
            assert store.count() == self.published
            assert {stored.url for stored in store.articles()} == {f"{self.site.origin}/news/{number}" for number in range(self.published)}
            assert sum(run.outcomes.get("new", 0) for run in store.runs(limit=10_000)) == self.published  # type: ignore[call-overload]
            assert not any(run.active for run in store.runs(limit=10_000))


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + IN_TIME
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Site()) as running:
        yield running


def test_o10_each_process_is_killed_five_times_and_service_comes_back(tmp_path: Path, site: Site) -> None:
    house = House(tmp_path, site)
    house.in_full_service()
    took: dict[str, list[float]] = {}
    for _ in range(5):
        for victim in ("crawl", *house.commands):
            house.publish(4)
            if victim == "crawl":
                house.kill_crawl()
            else:
                house.kill(victim)
            took.setdefault(victim, []).append(house.in_full_service())
    house.stop()
    for victim, seconds in took.items():
        print(f"{victim} killed: full service after at most {max(seconds):.1f} s")
    house.require_books_that_add_up()


def test_o11_faults_at_random(tmp_path: Path, site: Site, elasticsearch: Server, es_prefix: str) -> None:
    """Elasticsearch behind a proxy that spoils answers; a site that fails; processes that are killed or frozen; edits meanwhile.

    In the second half no process is killed, so that they live long enough to show whether their memory grows.
    """
    seed, minutes = (
        int(os.environ.get("NEWSSPIDER_TEST_SOAK_SEED", str(time.time_ns() % 10_000))),
        float(os.environ.get("NEWSSPIDER_TEST_SOAK_MINUTES", "60")),
    )
    print(f"seed {seed}")
    rng, edits, proxy = random.Random(seed), count(1), FaultProxy(elasticsearch.url)
    house = House(tmp_path, site, f'[engine]\nurl = "{proxy.url}"\nindex = "{es_prefix}"\n')

    def frozen() -> None:
        process = house.processes[rng.choice(list(house.commands))]
        process.send_signal(signal.SIGSTOP)
        time.sleep(rng.uniform(1, 12))  # also for longer than a run may be silent
        process.send_signal(signal.SIGCONT)

    def away() -> None:
        proxy.down()
        time.sleep(rng.uniform(1, 5))
        proxy.up()

    def spoilt() -> None:
        proxy.fault = rng.choice([fault_proxy.reset, fault_proxy.drop_reply, fault_proxy.busy(0.5, seed), fault_proxy.delay(3)])
        time.sleep(rng.uniform(1, 5))
        proxy.fault = fault_proxy.none

    def failing() -> None:
        number = rng.randrange(house.published)
        for path in ("/feed", f"/news/{number}"):
            whole = site.pages[path]
            site.pages[path] = (rng.choice([500, 503]), {"Content-Type": "text/html"}, b"")
            time.sleep(rng.uniform(0.5, 3))
            site.pages[path] = whole

    def edited() -> None:
        path = f"/news/{rng.randrange(house.published)}"
        site.add(
            path, site.pages[path][2].decode().replace("</article>", f"<p>تصحيح {next(edits)}: أضافت الوزارة تفاصيل أخرى.</p></article>")
        )

    kill = "a process killed"
    faults: dict[str, Callable[[], None]] = {
        kill: lambda: house.kill(rng.choice(list(house.commands))),
        "a crawl killed": house.kill_crawl,
        "a process frozen": frozen,
        "Elasticsearch away": away,
        "answers of Elasticsearch spoilt": spoilt,
        "the site failing": failing,
        "an article edited": edited,
    }
    done = dict.fromkeys(faults, 0)
    highest: dict[str, tuple[int, float]] = {}  # descriptors, MiB of memory
    memory: dict[str, list[tuple[float, float]]] = {name: [] for name in house.commands}  # minutes, MiB; of the last third
    began = time.monotonic()
    while (passed := (time.monotonic() - began) / 60) < minutes:
        if passed > minutes / 2:
            faults.pop(kill, None)
        house.publish(rng.randrange(1, 6))
        house.store.request("farm", Action.RUN, "soak")
        fault = rng.choice(list(faults))
        faults[fault]()
        done[fault] += 1
        time.sleep(rng.uniform(0, CALM))
        for name, process in house.processes.items():
            running = psutil.Process(process.pid)
            files, most = highest.get(name, (0, 0.0))
            now = running.memory_info().rss / (1 << 20)
            highest[name] = (max(files, running.num_fds()), max(most, now))
            if passed > minutes * 2 / 3:
                memory[name].append((passed, now))
    took = house.in_full_service()
    until(lambda: house.store.count() == house.published, "what failed once, and is in no feed any more, was not tried again")
    house.stop()
    proxy.close()
    slopes = {name: 10 * statistics.linear_regression(*zip(*seen, strict=True)).slope for name, seen in memory.items()}
    wal = Path(f"{house.store_url.removeprefix('sqlite:///')}-wal")
    print(
        f"{house.published} articles, {done}; full service {took:.1f} s after the last fault; highest descriptors and MiB: {highest}; "
        f"MiB in ten minutes, over the last {minutes / 3:.0f}: {slopes}"
    )
    assert not wal.exists() or wal.stat().st_size <= 64 << 20
    assert all(files < 100 for files, _ in highest.values())
    direct = house.installation.file.read_text(encoding="utf-8").replace(proxy.url, elasticsearch.url)
    house.installation.file.write_text(direct, encoding="utf-8")
    house.require_books_that_add_up()
    assert minutes / 3 < SEEN_FOR or all(slope <= SLOPE for slope in slopes.values()), slopes
