"""`newsspider status` and `newsspider trace`, for people and for pipes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_command import newsspider

ARTICLE = {
    "url": "https://farm.example/1",
    "source": "farm",
    "title": "أسعار القمح",
    "body": "ارتفعت أسعار القمح.",
    "timezone": "Asia/Damascus",
}
SOURCE = """\
name = "farm"
title = "مجلة الحقل"
homepage = "https://farm.example/"
timezone = "Asia/Damascus"
feeds = ["https://farm.example/feed"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "newsspider.toml").write_text('[sources]\nfolder = "own"\nbuiltin = false\n', encoding="utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "farm.toml").write_text(SOURCE, encoding="utf-8")
    newsspider(tmp_path, "import", "-", stdin=json.dumps(ARTICLE))
    newsspider(tmp_path, "index", "sync")
    return tmp_path


def test_status_is_a_table_and_one_object(folder: Path) -> None:
    text = newsspider(folder, "status").stdout
    assert "farm    enabled  never" in text
    assert "1 article; messages: 0 pending, 0 dead" in text
    newsspider(folder, "sources", "pause", "farm", "--note", "they asked")
    (source,) = json.loads(newsspider(folder, "status", "--json").stdout)["sources"]
    assert (source["state"], source["articles"], source["next_run"]) == ("paused", 1, None)
    detail = newsspider(folder, "status", "farm").stdout
    assert "paused they asked" in detail
    assert "in these runs: 0 discovered = none" in detail
    newsspider(folder, "status", "nowhere", code=2)


def test_trace_tells_of_an_address(folder: Path) -> None:
    text = newsspider(folder, "trace", "http://www.farm.example/1").stdout
    assert "stored   article" in text
    assert "has its newest change" in text
    found = json.loads(newsspider(folder, "trace", "https://farm.example/1", "--json").stdout)
    assert [event["what"] for event in found["events"]].count("indexed") == 1
    assert "nothing is known" in newsspider(folder, "trace", "https://farm.example/2", code=1).stdout
    newsspider(folder, "trace", "no address", code=1)
