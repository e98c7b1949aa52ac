"""Schedulers: two at once share the work, a killed one's is taken over, and `crawl --due` goes by the same rule."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pg_server import PostgresServer
from sites import Installation, Site, serve
from test_e2e_crash import article

from newsspider.store import Store

SOURCES, ARTICLES = 6, 4
pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Site()) as running:
        for number in range(SOURCES):
            links = "".join(
                f"<item><title>خبر</title><link>{running.origin}/{number}/news/{item}</link></item>" for item in range(ARTICLES)
            )
            running.add(f"/{number}/feed", f'<rss version="2.0"><channel>{links}</channel></rss>', "application/rss+xml")
            for item in range(ARTICLES):
                running.add(f"/{number}/news/{item}", article(100 * number + item))
        yield running


def installation(folder: Path, site: Site, store_url: str, every: str = "1d") -> Installation:
    made = Installation(
        folder,
        f'concurrency_per_site = 4\n[net]\nallow_networks = ["127.0.0.0/8"]\n[store]\nurl = "{store_url}"\n'
        "[schedule]\nsources_at_once = 2\nlook_every = 0.2\n",
    )
    for number in range(SOURCES):
        fields = {"homepage": site.origin + "/", "feeds": [f"{site.origin}/{number}/feed"], "allow": [f"^/{number}/"]}
        made.source(f"s{number}", **fields, **{"schedule.every": every})
    return made


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 400
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def test_o01_two_schedulers_on_one_store_run_each_source_once(tmp_path: Path, site: Site, postgresql: PostgresServer) -> None:
    url = postgresql.fresh_store()
    machines = [installation(tmp_path / name, site, url) for name in ("one", "two")]
    schedulers = [machine.start("schedule", "run") for machine in machines]
    with Store.open(url) as store:
        until(lambda: [run.state for run in store.runs(limit=99)].count("finished") == SOURCES, "not all sources were crawled")
        time.sleep(1)  # several more looks
        for scheduler in schedulers:
            scheduler.send_signal(signal.SIGTERM)
        for scheduler in schedulers:
            out, errors = scheduler.communicate(timeout=240)
            assert scheduler.returncode == 0, errors
            assert "Traceback" not in errors
            assert "Task was destroyed" not in errors
            assert f"{ARTICLES} discovered = {ARTICLES} new" in out or not out
        assert Counter(run.source for run in store.runs(limit=99)) == dict.fromkeys((f"s{number}" for number in range(SOURCES)), 1)
        assert store.count() == SOURCES * ARTICLES
        assert store.check() == []
    assert {count for path, count in site.hits.items() if "/news/" in path} == {1}
    machines[0].run("crawl", "--due")
    listed = {item["source"]: item for item in machines[1].json("schedule", "list")}
    assert not any(item["due"] or item["active"] for item in listed.values())


def test_o10_the_work_of_a_killed_scheduler_is_taken_over(tmp_path: Path, site: Site) -> None:
    made = installation(tmp_path, site, f"sqlite:///{tmp_path / 'store.db'}")
    for _ in range(3):
        before = Counter(site.hits)
        scheduler = made.start("schedule", "run")
        until(lambda before=before: site.hits != before or len(site.hits) > SOURCES * (1 + ARTICLES), "nothing was crawled")  # type: ignore[misc]
        site.open.clear()  # so that there is work left to take over
        scheduler.kill()
        site.open.set()
        scheduler.communicate()
    assert "error" not in made.run("crawl", "--due").stderr
    assert made.run("crawl", "--due").stderr == "no source is due\n"
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        runs = store.runs(limit=99)
        assert {run.state for run in runs} == {"finished"}
        assert Counter(run.source for run in runs) == dict.fromkeys((f"s{number}" for number in range(SOURCES)), 1)
        assert sum(run.outcomes["new"] for run in runs) == store.count() == SOURCES * ARTICLES  # type: ignore[index]
        assert store.check() == []


def test_an_interval_is_learned_and_a_source_that_cannot_run_is_told(tmp_path: Path, site: Site) -> None:
    made = installation(tmp_path, site, f"sqlite:///{tmp_path / 'store.db'}", every="auto")
    scheduler = made.start("schedule", "run")
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        until(lambda: sum(run.learned_interval is not None for run in store.last_runs().values()) == SOURCES, "nothing was learned")
    scheduler.send_signal(signal.SIGTERM)
    scheduler.communicate(timeout=240)
    assert scheduler.returncode == 0
    learned = [item["learned_seconds"] for item in made.json("schedule", "list")]
    assert all(600 <= seconds <= 12 * 3600 for seconds in learned)
    (tmp_path / "sources" / "s0.toml").write_text("name = 1")
    assert "s0.toml" in made.run("schedule", "run", code=2).stderr
