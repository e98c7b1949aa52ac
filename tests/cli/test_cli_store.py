"""`newsspider store`: check, backup, restore, and their exit codes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cli_command import newsspider

from newsspider.clock import now
from newsspider.items import Article, ArticleKeys
from newsspider.store import Store
from newsspider.urls import url_key


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    with Store.open(f"sqlite:///{tmp_path}/data/newsspider.db") as store:
        url = "https://news.example/1"
        store.record(Article(url, "levant", now(), "عنوان", "نص", keys=ArticleKeys((url_key(url),), "hash", ())))
    return tmp_path


def test_check_backup_and_restore_tell_what_they_did(stored: Path) -> None:
    assert newsspider(stored, "store", "check").stdout == "sound: 1 article, last change 1\n"
    assert "backup.db" in newsspider(stored, "store", "backup", "backup.db").stdout
    assert "exists already" in newsspider(stored, "store", "backup", "backup.db", code=1).stderr
    done = newsspider(stored, "store", "restore", "backup.db").stdout
    assert "restored 1 article " in done
    assert "newsspider.db.replaced-" in done
    assert "index rebuild" in done
    assert "no such backup" in newsspider(stored, "store", "restore", "missing.db", code=1).stderr


def test_upgrade_and_renumber_tell_what_they_did(stored: Path) -> None:
    assert newsspider(stored, "store", "upgrade").stdout.endswith(": 1 article, last change 1\n")
    assert "new change numbers for 1 article;" in newsspider(stored, "store", "renumber").stdout
    assert "last change 1\n" not in newsspider(stored, "store", "check").stdout


def test_s06_a_damaged_store_ends_with_a_remedy(stored: Path) -> None:
    newsspider(stored, "store", "backup", "backup.db")
    os.truncate(stored / "data" / "newsspider.db", 6000)
    for command in (["store", "check"], ["runs", "list"], ["export"]):
        error = newsspider(stored, *command, code=1).stderr
        assert "newsspider.db is damaged" in error
        assert "newsspider store restore" in error
    newsspider(stored, "store", "restore", "backup.db")
    newsspider(stored, "store", "check")


def test_commands_that_only_look_make_no_store(tmp_path: Path) -> None:
    of_groups = {
        "store": ["check", "backup x", "upgrade"], "runs": ["list", "show"], "dead": ["list", "show x", "retry --all", "drop --all"],
        "schedule": ["list"], "index": ["status"], "searches": ["list", "remove x", "rename x y", "rotate x feeds"], "alerts": ["list", "retry"], "users": ["list"],
    }  # fmt: skip
    for command in ("export", "status", *(f"{group} {name}" for group, names in of_groups.items() for name in names)):
        told = newsspider(tmp_path, *command.split(), code=1).stderr
        assert "there is no store here; the first crawl makes it" in told, command
    assert list(tmp_path.iterdir()) == []


def test_prune_says_what_it_drops(stored: Path) -> None:
    said = "0 runs, 0 ledger rows, 0 messages, 0 notices, 0 dead letters"
    assert newsspider(stored, "store", "prune", "--dry-run").stdout == f"would drop: {said}\n"
    assert newsspider(stored, "store", "prune").stdout == f"dropped: {said}\n"
    assert json.loads(newsspider(stored, "store", "prune", "--json").stdout)["dead_letters"] == []
