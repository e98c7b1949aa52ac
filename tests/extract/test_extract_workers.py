"""H06: a page whose reading hangs costs its own time and no other page; the processes end with their crawl, even a killed one."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from extract_pages import BLOG_SYSTEM, FETCHED_AT, TITLE, URL

from newsspider.extract import Extraction, Hints, Page, extract_page
from newsspider.extract.workers import ExtractCrash, ExtractTimeout, Workers


def sometimes(page: Page, hints: Hints) -> Extraction:
    if "hang" in page.url:
        time.sleep(1_000)
    if "die" in page.url and not Path(page.headers.get("mark", "")).is_file():
        Path(page.headers.get("mark", os.devnull)).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if "swell" in page.url:
        [bytearray(64 << 20) for _ in range(32)]
    return extract_page(page, hints)


def page(name: str = "", **headers: str) -> Page:
    return Page(BLOG_SYSTEM.encode(), URL + name, headers, FETCHED_AT)


def test_h06_a_page_that_hangs_is_given_up_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with Workers(1, 30.0, sometimes) as workers:
        assert workers.extract_now(page(), Hints()).article.title == TITLE
        with monkeypatch.context() as hasty:
            hasty.setattr(workers, "_timeout", 1.0)
            with pytest.raises(ExtractTimeout, match="hang: not read within 1 s"):
                workers.extract_now(page("hang"), Hints())
        assert workers.extract_now(page(), Hints()).is_article


def test_c17_a_page_that_ends_its_process_is_tried_once_more_and_takes_no_other_with_it(tmp_path: Path) -> None:
    with Workers(1, 30.0, sometimes) as workers:
        with pytest.raises(ExtractCrash, match="die: two processes ended"):
            workers.extract_now(page("die"), Hints())
        assert workers.extract_now(page(), Hints()).is_article
        assert workers.extract_now(page("die", mark=str(tmp_path / "died")), Hints()).is_article, "the second time"


def test_h05_a_page_that_needs_too_much_memory_is_given_up() -> None:
    with Workers(1, 30.0, sometimes) as workers:
        with pytest.raises(ExtractCrash, match="swell: reading it needs more than 1024 MiB"):
            workers.extract_now(page("swell"), Hints())
        (reading,) = reading_processes()
        assert workers.extract_now(page(), Hints()).is_article
        assert reading_processes() == [reading]


def test_a_process_that_is_killed_while_it_reads_nothing_is_replaced() -> None:
    """As by a system that is short of memory."""
    with Workers(1, 30.0, sometimes) as workers:
        for _ in range(2):
            assert workers.extract_now(page(), Hints()).is_article
            (reading,) = reading_processes()
            reading.kill()
            reading.wait(20)
            assert asyncio.run(workers.extract(page(), Hints())).is_article
    assert reading_processes() == []
    with pytest.raises(RuntimeError, match="not active"):
        workers.extract_now(page(), Hints())


def reading_processes() -> list[psutil.Process]:
    """Those that the fork server has started."""
    children = psutil.Process().children(recursive=True)
    return [each for each in children if each.ppid() != os.getpid() and "multiprocessing.forkserver" in " ".join(each.cmdline())]


CRAWL = """
import sys, time
from functools import partial
sys.path[:0] = sys.argv[1:]
from test_extract_workers import Workers, page, sometimes, Hints
if __name__ == "__main__":
    workers = Workers(2, 30.0, sometimes)
    workers.extract_now(page(), Hints())
    workers._begin(partial(sometimes, page("hang"), Hints()), 2.0)
    print("ready", flush=True)
    time.sleep(1_000)
"""


def test_c01_killed_with_its_crawl_none_is_left(tmp_path: Path) -> None:
    script = tmp_path / "crawl.py"
    script.write_text(CRAWL)
    folders = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    with subprocess.Popen([sys.executable, str(script), *folders], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as crawl:
        assert crawl.stdout
        assert crawl.stdout.readline() == "ready\n"
        family = psutil.Process(crawl.pid).children(recursive=True)
        assert len(family) >= 3, "a fork server, and two that read"
        idle = [one for one in family if one.status() != psutil.STATUS_ZOMBIE]
        crawl.kill()
    _, alive = psutil.wait_procs(idle, timeout=30)
    hanging = [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    for one in hanging:
        one.kill()
    assert hanging == []
