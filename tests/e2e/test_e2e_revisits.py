"""Known articles are asked for again, cheaply; pages that break or hang the reading are kept; a changed layout is told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sites import Installation, Site, serve

from newsspider.archive import captures
from newsspider.store import Store

NOW = datetime.now(UTC)


def story(number: int, *, dated: bool = True, edited: bool = False) -> str:
    day = NOW.isoformat(timespec="seconds")
    meta = f'<meta property="article:published_time" content="{day}">' if dated else ""
    text = "".join(
        f"<p>فقرة {n} من خبر رقم {number} عن موسم الزيتون، وقال المزارعون إن المحصول جيد هذا العام وإن الأسعار ثابتة.</p>" for n in range(4)
    )
    more = "<p>وأضافت الوزارة لاحقا أن التصدير يبدأ الأسبوع المقبل.</p>" if edited else ""
    return (
        f'<html lang="ar"><head><title>خبر الزيتون رقم {number}</title>{meta}</head>'
        f"<body><article><h1>خبر الزيتون رقم {number}</h1>{text}{more}</article></body></html>"
    )


def feed(site: Site, count: int) -> None:
    items = "".join(f"<item><title>خبر الزيتون رقم {n}</title><link>{site.origin}/news/{n}</link></item>" for n in range(count))
    site.add("/feed", f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>', "application/rss+xml")


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Site()) as site:
        yield site


def install(folder: Path, site: Site, config: str) -> Installation:
    installation = Installation(folder, config + '\n[net]\nallow_networks = ["127.0.0.0/8"]\n')
    installation.source("olive", homepage=site.origin + "/", feeds=[site.origin + "/feed"])
    return installation


def stored(installation: Installation) -> Store:
    return Store.open(f"sqlite:///{installation.folder / 'data' / 'newsspider.db'}", create=False)


def age(installation: Installation, by: timedelta) -> None:
    """Let the time pass: everything the store knows was so much earlier."""
    with stored(installation) as store, store._database.write() as tx:
        for table, columns in {
            "frontier": ("next_try", "read_at", "missing_since"),
            "articles": ("first_seen_at",),
        }.items():
            changes = ", ".join(f"{column} = {column} - {by // timedelta(microseconds=1)}" for column in columns)
            tx.connection.exec_driver_sql(f"UPDATE {table} SET {changes}")


def test_c14_known_articles_are_asked_for_again_and_read_only_when_they_changed(tmp_path: Path, site: Site) -> None:
    installation = install(tmp_path, site, "")
    feed(site, 2)
    for number in range(2):
        site.add(f"/news/{number}", story(number), ETag=f'"{number}"', Last_Modified="Wed, 22 Jan 2025 10:00:00 GMT")
    installation.run("crawl", "olive")
    installation.run("crawl", "olive")
    assert site.hits["/news/0"] == 1, "nothing is due yet"

    site.add("/news/1", story(1, edited=True), ETag='"1b"')
    age(installation, timedelta(hours=1, minutes=1))
    (run,) = installation.json("crawl", "olive")["runs"]
    assert run["outcomes"] == {"unchanged": 1, "updated": 1}
    assert run["coverage"]["read"] == 1, "an answer of 304 is not read"
    assert {"kind": "article", "outcome": "unchanged", "reason": "not_modified", "count": 1} in run["reasons"]
    installation.run("crawl", "olive")
    assert site.hits["/news/0"] == 2
    age(installation, timedelta(hours=5))
    installation.run("crawl", "olive")
    assert site.hits["/news/0"] == 3


def test_c14_a_site_that_says_304_for_ever_is_asked_for_the_whole_page_after_a_week(tmp_path: Path, site: Site) -> None:
    installation = install(tmp_path, site, "")
    feed(site, 1)
    site.add("/news/0", story(0), ETag='"0"')
    installation.run("crawl", "olive")
    age(installation, timedelta(days=7, minutes=1))
    site.add("/news/0", story(0, edited=True), ETag='"0"')
    (run,) = installation.json("crawl", "olive")["runs"]
    assert run["outcomes"] == {"updated": 1}
    age(installation, timedelta(days=30))
    installation.run("crawl", "olive")
    assert site.hits["/news/0"] == 2, "an old article is not visited again"


def test_c13_what_the_site_has_no_more_is_flagged_and_stays(tmp_path: Path, site: Site) -> None:
    installation = install(tmp_path, site, "")
    feed(site, 1)
    site.add("/news/0", story(0))
    installation.run("crawl", "olive")
    site.add("/news/0", "", status=410)
    for hours in (2, 25):
        age(installation, timedelta(hours=hours))
        installation.run("crawl", "olive")
    with stored(installation) as store:
        (article,) = store.articles()
        assert article.gone_at is not None
        assert (article.revision, article.title) == (1, "خبر الزيتون رقم 0")


READER = """
import os, sys, time
from newsspider.config import load_config
from newsspider.extract import extract_page
from newsspider.spiders import news
from newsspider.spiders.process import crawl

news.READING_TIMES = 1

def read(page, hints):
    number = int(page.url.rsplit("/", 1)[1])
    if number == 3:
        time.sleep(1000)
    if number == 7:
        os._exit(9)
    if number % 10 == 5:
        raise ZeroDivisionError(page.url)
    return extract_page(page, hints)

if __name__ == "__main__":
    crawl(load_config(), ["olive"], extract=read)
"""


def test_h06_c17_pages_that_hang_or_break_the_reading_cost_only_themselves(tmp_path: Path, site: Site) -> None:
    installation = install(tmp_path, site, "extract_timeout = 3.0\nextract_workers = 2")
    feed(site, 30)
    for number in range(30):
        site.add(f"/news/{number}", story(number))
    site.add(
        "/endless", '<?xml version="1.0"?>' + "\n" * 150_000 + "<rss/>", "application/rss+xml"
    )  # feedparser's time grows with the square
    installation.source("olive", homepage=site.origin + "/", feeds=[site.origin + "/endless", site.origin + "/feed"])
    script = tmp_path / "reader.py"
    script.write_text(READER, encoding="utf-8")
    subprocess.run([sys.executable, str(script)], env=installation.environment, cwd=tmp_path, check=True, timeout=240)
    run = installation.json("runs", "show")
    assert run["outcomes"] == {"new": 25, "rejected": 2, "failed": 3}
    reasons = {row["reason"] for row in run["reasons"] if row["outcome"] in ("rejected", "failed")}
    assert reasons == {"extract_timeout", "extract_crash", "callback_error: ZeroDivisionError", "unreadable"}
    assert run["discovery"] == {"new": 1, "rejected": 1}
    kept = {capture.url.rsplit("/", 1)[1] for capture in captures(tmp_path / "data" / "archive")}
    assert kept == {"3", "5", "7", "15", "25"}


COUNTING = """
import asyncio
from newsspider.config import load_config
from newsspider.extract.workers import Workers
from newsspider.spiders.process import crawl

read, under_way, most = Workers.read, set(), 0

async def slowly(self, url, *rest, **options):
    global most
    under_way.add(url)
    most = max(most, len(under_way))
    await asyncio.sleep(0.3)
    under_way.remove(url)
    return await read(self, url, *rest, **options)

if __name__ == "__main__":
    Workers.read = slowly
    crawl(load_config(), ["olive"])
    print(most)
"""


def test_h06_one_source_has_few_pages_read_at_once_of_whatever_kind(tmp_path: Path, site: Site) -> None:
    """Others wait for the processes that read: a sitemap index of one site may name thousands that take long."""
    installation = install(tmp_path, site, "")
    feed(site, 5)
    for number in range(5):
        site.add(f"/news/{number}", story(number))
        site.add(f"/feed/{number}", site.pages["/feed"][2].decode(), "application/rss+xml")
    installation.source("olive", homepage=site.origin + "/", feeds=[f"{site.origin}/feed/{number}" for number in range(5)])
    script = tmp_path / "counting.py"
    script.write_text(COUNTING, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], env=installation.environment, cwd=tmp_path, check=True, timeout=240, capture_output=True, text=True
    )
    assert int(done.stdout) <= 2
    assert installation.json("runs", "show")["outcomes"] == {"new": 5}


def test_c18_a_run_without_dates_is_degraded(tmp_path: Path, site: Site) -> None:
    installation = install(tmp_path, site, "")
    feed(site, 25)
    for number in range(25):
        site.add(f"/news/{number}", story(number, dated=False))
    assert installation.run("crawl", "olive", "--strict", code=1).stderr.count("degraded: no date on 25 pages in a row") == 1
    run = installation.json("runs", "show")
    assert (run["state"], run["coverage"]["shares"]["dates"], run["coverage"]["shares"]["bodies"]) == ("degraded", 0, 1)
    assert "dates 0%" in installation.run("runs", "show").stdout
