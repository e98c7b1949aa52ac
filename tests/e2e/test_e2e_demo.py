"""The demo, run as a user runs it, gets every page of the gold answers right, in both crawls."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest

from newsspider.store import LedgerRow, Store

GOLD = json.loads((Path(__file__).resolve().parents[1] / "fixtures" / "demo_gold.json").read_text(encoding="utf-8"))["sites"]
pytestmark = pytest.mark.xdist_group("demo")  # one run of the demo serves all tests
PAGES = [(site, path) for site, gold in GOLD.items() for path in gold["pages"]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Store]]:
    folder = tmp_path_factory.mktemp("a demo")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWSSPIDER_")}
    done = subprocess.run(
        [sys.executable, "-m", "newsspider", "demo", "--folder", str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    with Store.open(f"sqlite:///{folder / 'data' / 'newsspider.db'}") as store:
        yield done.stdout, store


def decoded(url: str) -> str:
    parts = urlsplit(url)
    return unquote(parts.path + (f"?{parts.query}" if parts.query else ""))


def rows(store: Store, site: str, crawl: int, path: str) -> LedgerRow | None:
    run = store.runs(source=site)[-1 - crawl]
    names = {path, *GOLD[site]["pages"][path].get("also", [])}
    return next((row for row in store.ledger(run.id) if row.kind == "article" and decoded(row.url) in names), None)


@pytest.mark.parametrize(("site", "path"), PAGES)
def test_every_page_is_right(demo: tuple[str, Store], site: str, path: str) -> None:
    store = demo[1]
    gold: dict[str, Any] = GOLD[site]["pages"][path]
    first = rows(store, site, 0, path)
    assert (first.outcome if first else None) == gold["outcome"]
    if first and "reason" in gold:
        assert first.reason == gold["reason"]
    if "second" in gold:
        second = rows(store, site, 1, path)
        assert second
        assert second.outcome == (gold["second"]["outcome"] if isinstance(gold["second"], dict) else gold["second"])
    if "title" in gold:
        found = first if first and first.article_id else rows(store, site, 1, path)
        assert found
        assert found.article_id
        revisions = store.revisions(found.article_id)
        article = revisions[0].article if revisions else store.article(found.article_id)
        assert article
        assert article.title == gold["title"]
        assert str(article.publication.published_day or None) == str(gold["published_day"])
        assert article.body.startswith(gold["first"])
        assert article.body.endswith(gold["last"])
        assert len(article.body.split("\n\n")) == gold["paragraphs"]
        assert not [text for text in [*GOLD[site]["must_not"], *gold.get("must_not", [])] if text in article.body]


def test_every_run_adds_up_and_nothing_is_pending(demo: tuple[str, Store]) -> None:
    store = demo[1]
    runs = store.runs()
    assert len(runs) == 2 * len(GOLD)
    assert all(run.state == "finished" and run.open == 0 for run in runs)
    assert store.check() == []


def test_the_story_that_all_three_sites_reprint_is_the_one_family(demo: tuple[str, Store]) -> None:
    store = demo[1]
    families = {family.id: family for stored in store.articles() if (family := store.family(stored.id)) and len(family.members) > 1}
    (family,) = families.values()
    assert {member.source.removeprefix("demo-") for member in family.members} == set(GOLD)
    assert sorted(round(member.changed) > 0 for member in family.members).count(True) in (1, 2), "one is edited; it may be the first seen"


def test_the_demo_shows_outcomes_searches_and_what_to_do_next(demo: tuple[str, Store]) -> None:
    shown = demo[0]
    assert re.search(r"khaleej +article +new", shown)
    assert "discovered = " in shown
    assert shown.count("newsspider search") >= 2
    assert "newsspider search 'أسعار زيت الزيتون' --limit 3" in shown, "what is shown can be pasted"
    (exported,) = re.findall(r"export (NEWSSPIDER_CONFIG=.*)", shown)
    (variable,) = shlex.split(exported)
    assert Path(variable.removeprefix("NEWSSPIDER_CONFIG=")).is_file()


@pytest.mark.chaos
def test_on_a_terminal_the_demo_ends_with_its_page_and_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "newsspider", "demo", "--folder", str(tmp_path / "demo")]
    demo = subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, start_new_session=True)
    os.close(theirs)
    said = ""
    while not (found := re.search(r"newsspider is at (http://127\.0\.0\.1:\d+/)\s", said)):
        said += os.read(ours, 4096).decode("utf-8", "replace")
    token = (tmp_path / "demo" / "data" / "web-token").read_text().strip()
    page = httpx.get(found[1], headers={"Authorization": f"Bearer {token}"})
    assert page.status_code == 200
    assert page.text.count('<h2 lang="ar">') == 10
    os.killpg(demo.pid, signal.SIGINT)
    while demo.poll() is None:
        select.select([ours], [], [], 0.1)
        with contextlib.suppress(OSError):
            os.read(ours, 4096)
    assert demo.returncode == 0
    os.close(ours)
