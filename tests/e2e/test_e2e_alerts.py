"""From an operator's button to an analyst's webhook: the scheduler crawls what was asked for, indexes and tells of it, killed or not."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

from receivers import Hook, hook
from sites import Installation, Site, serve
from test_e2e_crash import add_articles

from newsspider.store import Action, SourceState, Store

ARTICLES = 30


def told(receiver: Hook) -> set[str]:
    return {json.loads(body)["data"]["article"]["url"] for _, body in list(receiver.requests)}


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 120
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def until_told(receiver: Hook, count: int) -> None:
    until(lambda: len(told(receiver)) >= count, f"{count} articles were not told")


def test_what_a_scheduler_finds_is_told_whatever_is_killed(tmp_path: Path) -> None:
    with serve(Site()) as site, hook() as receiver:
        add_articles(site, ARTICLES)
        made = Installation(
            tmp_path,
            'concurrency_per_site = 4\n[net]\nallow_networks = ["127.0.0.0/8"]\n[schedule]\nlook_every = 0.2\n[alerts]\nevery = 0.2\n',
        )
        made.source("farm", homepage=site.origin + "/", sitemaps=[site.origin + "/sitemap.xml"], **{"schedule.every": "1d"})
        made.run("searches", "add", "زراعة", "الزراعة", "--webhook", receiver.url)
        with Store.open(f"sqlite:///{tmp_path / 'data' / 'newsspider.db'}") as store:
            store.set_source_state("farm", SourceState.PAUSED, "sara")
            store.request("farm", Action.RUN, "sara")
            for _ in range(2):  # killed in the middle of crawling and telling
                scheduler = made.start("schedule", "run")
                until_told(receiver, len(told(receiver)) + 1)
                scheduler.kill()
                scheduler.communicate()
                if len(told(receiver)) == ARTICLES:
                    break
            scheduler = made.start("schedule", "run")
            until_told(receiver, ARTICLES)
            until(lambda: not store.requests(), "the crawl did not end")
            scheduler.send_signal(signal.SIGTERM)
            _, errors = scheduler.communicate(timeout=240)
            assert scheduler.returncode == 0, errors
            assert len(store.runs()) == 1
            assert len(set(receiver.ids)) == ARTICLES
            assert store.messages("dead") == []
