"""Crawls that are killed, stopped, run twice or run out of space: nothing lost, nothing stored twice."""

from __future__ import annotations

import os
import random
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sites import Installation, Site, serve

from newsspider.store import Store

WORDS = "قالت الحكومة إن الوزارة أعلنت خطة جديدة لدعم القطاع الزراعي في المحافظات وأضاف المتحدث أن المشروع سيبدأ الشهر المقبل بتمويل من البنك المركزي".split()
CONCURRENCY = 16


def article(number: int) -> str:
    rng = random.Random(number)
    paragraphs = "".join(f"<p>{' '.join(rng.choices(WORDS, k=40))} {number}.</p>" for _ in range(3))
    return (
        f'<html lang="ar"><head><title>خبر رقم {number} عن الزراعة</title><meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="2024-03-{number % 28 + 1:02}T10:00:00+03:00"></head>'
        f"<body><article><h1>خبر رقم {number} عن الزراعة</h1>{paragraphs}</article></body></html>"
    )


def add_articles(site: Site, count: int) -> None:
    for number in range(count):
        site.add(f"/news/{number}", article(number))
    urls = "".join(f"<url><loc>{site.origin}/news/{number}</loc></url>" for number in range(count))
    site.add("/sitemap.xml", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>', "application/xml")


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Site()) as running:
        yield running


@pytest.fixture
def installation(tmp_path: Path, site: Site) -> Installation:
    made = Installation(
        tmp_path, f'concurrency = {CONCURRENCY}\nconcurrency_per_site = {CONCURRENCY}\n[net]\nallow_networks = ["127.0.0.0/8"]\n'
    )
    made.source("farm", homepage=site.origin + "/", sitemaps=[site.origin + "/sitemap.xml"])
    return made


def fetched(site: Site) -> int:
    return sum(count for path, count in list(site.hits.items()) if path.startswith("/news/"))


def wait_for(site: Site, pages: int, seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while fetched(site) < pages:
        assert time.monotonic() < deadline, f"only {fetched(site)} of {pages} pages were fetched in {seconds} s"
        time.sleep(0.02)


@pytest.mark.timeout(1200)
def test_c01_killed_five_times_loses_nothing(site: Site, installation: Installation) -> None:
    count, kills = 3000, 5
    add_articles(site, count)
    seed = random.randrange(10_000)
    rng = random.Random(seed)
    for _ in range(kills):
        before = fetched(site)
        crawl = installation.start("crawl", "farm")
        wait_for(site, before + rng.randrange(20, count // (kills + 2)))
        crawl.kill()
        crawl.communicate()
    installation.run("crawl", "farm")
    refetched = fetched(site) - count
    stored = [item["url"] for item in installation.articles()]
    assert len(stored) == len(set(stored)) == count, f"seed {seed}"
    assert refetched <= kills * CONCURRENCY, f"seed {seed}: {refetched} pages were fetched again"
    runs = installation.json("runs", "list")
    assert [run["state"] for run in runs] == ["finished"], "a run that was killed is resumed, not replaced"
    assert runs[0]["outcomes"] == {"new": count}
    assert sqlite3.connect(installation.folder / "data" / "newsspider.db").execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert installation.json("search", "الزراعي")["total"] == count


DIES = """
import os, signal
import newsspider.session
from newsspider.cli import main
from newsspider.store import Store
newsspider.session.MOST_AT_ONCE = 10
announce, calls = Store.announce, []
def dying(self, *arguments, **named):
    calls.append(announce(self, *arguments, **named))
    if len(calls) == 3:  # the source's own addresses, and two parts of the sitemap
        os.kill(os.getpid(), signal.SIGKILL)
    return calls[-1]
Store.announce = dying
main()
"""


def test_c01_a_sitemap_whose_reading_was_killed_half_way_loses_none_of_its_addresses(site: Site, installation: Installation) -> None:
    """What was announced by then counts as known when the sitemap is read again; it is visited all the same, by the very next crawl."""
    add_articles(site, 30)
    killed = subprocess.run(
        [sys.executable, "-c", DIES, "crawl", "farm"], env=installation.environment, cwd=installation.folder, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with Store.open(f"sqlite:///{installation.folder}/data/newsspider.db") as store:
        assert (store.runs()[0].discovered, fetched(site)) == (20, 0)
        installation.run("crawl", "farm")
        (run,) = store.runs()
        assert (run.state, run.discovered, run.outcomes, run.open, store.count(), fetched(site)) == ("finished", 30, {"new": 30}, 0, 30, 30)
        assert run.known >= 20


def test_c02_sigterm_ends_cleanly_and_the_next_crawl_goes_on(site: Site, installation: Installation) -> None:
    add_articles(site, 300)
    crawl = installation.start("crawl", "farm")
    wait_for(site, 40)
    crawl.send_signal(signal.SIGTERM)
    _, errors = crawl.communicate(timeout=240)
    assert "Traceback" not in errors
    assert crawl.returncode == 130
    assert installation.json("runs", "list")[0]["state"] == "stopped"
    installation.run("crawl", "farm")
    assert fetched(site) == 300
    assert len(installation.articles()) == 300


def test_o01_one_source_runs_once_at_a_time(site: Site, installation: Installation) -> None:
    add_articles(site, 50)
    site.open.clear()  # the first is under way until the second has ended
    first = installation.start("crawl", "farm")
    while not site.hits:
        assert first.poll() is None, first.communicate()
        time.sleep(0.02)
    second = installation.run("crawl", "farm", code=75)
    site.open.set()
    assert f"error: farm: already running, pid {first.pid}" in second.stderr
    first.communicate()
    assert first.returncode == 0
    assert fetched(site) == 50


def test_two_sources_crawled_at_once_share_one_index(site: Site, installation: Installation) -> None:
    add_articles(site, 100)
    with serve(Site()) as other:
        for number in range(1000, 1100):
            other.add(f"/news/{number}", article(number))
        urls = "".join(f"<url><loc>{other.origin}/news/{number}</loc></url>" for number in range(1000, 1100))
        other.add("/sitemap.xml", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>', "application/xml")
        installation.source("field", homepage=other.origin + "/", sitemaps=[other.origin + "/sitemap.xml"])
        crawls = [installation.start("crawl", name) for name in ("farm", "field")]
        searched = 0
        while any(crawl.poll() is None for crawl in crawls):
            if (installation.folder / "data" / "index").exists():
                installation.run("search", "الزراعي", "--json", code=None)
                searched += 1
        assert [crawl.communicate() and crawl.returncode for crawl in crawls] == [0, 0]
    assert searched
    assert installation.json("search", "الزراعي")["total"] == 200


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a small file system needs root")
def test_s02_a_full_disk_stops_the_crawl_and_loses_nothing(site: Site, installation: Installation, tmp_path: Path) -> None:
    add_articles(site, 1000)
    small = tmp_path / "small"
    small.mkdir()
    if os.system(f"mount -t tmpfs -o size=3m tmpfs {small}") != 0:
        pytest.fail("a tmpfs could not be mounted, though this runs as root")
    try:
        environment = {"NEWSSPIDER_DATA_FOLDER": str(small), "NEWSSPIDER_STORE_MIN_FREE_MIB": "0"}
        full = installation.run("crawl", "farm", code=75, environment=environment)
        assert str(small) in full.stderr
        assert "free" in full.stderr
        os.system(f"mount -o remount,size=200m {small}")
        installation.run("crawl", "farm", environment=environment)
        lines = installation.run("export", "-", environment=environment).stdout.splitlines()
        assert len(lines) == 1000
    finally:
        os.system(f"umount {small}")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a small file system needs root")
def test_s02_nor_does_a_full_disk_of_the_archive(site: Site, installation: Installation) -> None:
    add_articles(site, 30)
    for number in range(30):
        status, headers, body = site.pages[f"/news/{number}"]
        site.pages[f"/news/{number}"] = status, headers, body + f"<!-- {secrets.token_hex(20_000)} -->".encode()
    small = installation.folder / "data" / "archive"
    small.mkdir(parents=True, mode=0o700)
    if os.system(f"mount -t tmpfs -o size=256k tmpfs {small}") != 0:
        pytest.fail("a tmpfs could not be mounted, though this runs as root")
    try:
        environment = {"NEWSSPIDER_ARCHIVE_ENABLED": "true"}
        assert "the archive cannot be written" in installation.run("crawl", "farm", code=1, environment=environment).stderr
        assert "failed" not in installation.json("runs", "show")["outcomes"]
        os.system(f"mount -o remount,size=20m {small}")
        installation.run("crawl", "farm", environment=environment)
        assert len(installation.run("export", "-").stdout.splitlines()) == 30
    finally:
        os.system(f"umount {small}")
