"""`newsspider runs`: what it prints adds up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsspider.cli.main import app
from newsspider.items import Link, Outcome
from newsspider.store import Note, Owner, Store

ME = Owner.current()


def printed(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def run_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A run with 3 new-to-it pages that failed, 1 left over, 1 discovery page and 2 known announcements."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    with Store.open(f"sqlite:///{tmp_path}/data/newsspider.db") as store:
        run = store.begin_run("levant", ME)
        links = [Link(f"https://news.example/{number}") for number in range(4)]
        store.announce(run.id, "levant", [Link("https://news.example/feed", discovery=True, kind="feed"), *links])
        store.announce(run.id, "levant", links[:2])
        feed, *articles = store.claim(run.id, ME, 4)
        store.finish_discovery(run.id, feed.key, Outcome.NEW, "read", [], depth=1)
        for row, reason in zip(articles, ("timeout", "timeout", "http_500"), strict=True):
            store.finish(run.id, row.key, Outcome.FAILED, reason)
        store.end_run(run.id, "stopped", Note("shutdown [bold]"))
        return run.id


def test_list_has_a_line_a_run(run_id: str) -> None:
    lines = printed("runs", "list").splitlines()
    assert lines[1].split()[:2] == [run_id, "stopped"]
    assert "3 failed, 1 skipped" in lines[1]
    assert printed("runs", "list", "--source", "gulf") == "no runs yet\n"
    (listed,) = json.loads(printed("runs", "list", "--json"))
    assert (listed["id"], listed["outcomes"], listed["discovered"], listed["open"], listed["known"]) == (
        run_id,
        {"failed": 3, "skipped": 1},
        4,
        0,
        2,
    )


def test_show_counts_outcomes_and_reasons_and_adds_up(run_id: str) -> None:
    text = printed("runs", "show")
    assert f"{run_id}: stopped" in text
    assert "note: shutdown [bold]" in text
    assert [line.split() for line in text.splitlines() if line.startswith("levant ")] == [
        ["levant", "article", "failed", "timeout", "2"],
        ["levant", "article", "failed", "http_500", "1"],
        ["levant", "article", "skipped", "left_for_next_run", "1"],
        ["levant", "discovery", "new", "read", "1"],
    ]
    assert "levant: 4 discovered = 3 failed + 1 skipped; 1 discovery page read, 2 announcements known already" in text


def test_show_lists_addresses_of_an_outcome(run_id: str) -> None:
    text = printed("runs", "show", run_id, "--outcome", "failed")
    assert "https://news.example/0  timeout" in text
    shown = json.loads(printed("runs", "show", run_id, "--json"))
    assert len(shown["rows"]) == 5 == sum(reason["count"] for reason in shown["reasons"])
    assert {row["outcome"] for row in json.loads(printed("runs", "show", run_id, "--outcome", "failed", "--json"))["rows"]} == {"failed"}


def test_an_interrupted_run_is_called_so(run_id: str) -> None:
    with Store.open(f"sqlite:///{Path.cwd()}/data/newsspider.db") as store:
        store.begin_run("levant", Owner(ME.host, ME.pid, ME.started + "0"))
    assert "interrupted" in printed("runs", "list")
    assert "1 open" in printed("runs", "show")


def test_nothing_due_is_an_answer_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "newsspider.toml").write_text("[sources]\nbuiltin = false\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["crawl", "--due", "--json"], catch_exceptions=False)
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"runs": [], "pending": 0})
    assert done.stderr == "no source is due\n"


def test_a_run_that_could_not_read_its_feed_says_so_in_the_list(run_id: str, tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/data/newsspider.db") as store:
        run = store.begin_run("gulf", ME)
        store.announce(run.id, "gulf", [Link(f"https://gulf.example/{name}", discovery=True, kind="feed") for name in ("feed", "news")])
        for row in store.claim(run.id, ME, 1):
            store.finish(run.id, row.key, Outcome.FAILED, "timeout")
        store.end_run(run.id, "finished", Note("finished"))
    assert "0 of 2 discovery pages read" in printed("runs", "list", "--source", "gulf")
    assert "note" not in printed("runs", "show", run.id)
