"""`newsspider alerts`: a round, what could not be delivered, and sending it again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_command import newsspider
from receivers import hook

ARTICLE = {
    "url": "https://news.example/1",
    "source": "levant",
    "title": "أسعار القمح",
    "body": "ارتفعت أسعار القمح.",
    "timezone": "Asia/Damascus",
}


def test_a_round_tells_what_is_new_and_dead_messages_are_listed_and_sent_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSSPIDER_NET_ALLOW_NETWORKS", '["127.0.0.0/8"]')
    with hook(410, 204) as receiver:
        newsspider(tmp_path, "searches", "add", "قمح", "القمح", "--webhook", receiver.url)
        newsspider(tmp_path, "import", "-", stdin=json.dumps(ARTICLE))
        newsspider(tmp_path, "index", "sync")
        done = newsspider(tmp_path, "alerts", "run", code=1)
        assert done.stdout == "1 new alert; 0 messages delivered, 0 to be sent again, 1 dead\n"
        (dead,) = json.loads(newsspider(tmp_path, "alerts", "list", "--json").stdout)
        assert (dead["to"], dead["attempts"]) == ("webhook of قمح", 1)
        assert "answered 410" in newsspider(tmp_path, "alerts", "list").stdout
        assert "there is no dead message x" in newsspider(tmp_path, "alerts", "retry", "x", code=1).stderr
        assert newsspider(tmp_path, "alerts", "retry", dead["id"]).stdout == "1 message to be sent again\n"
        sent = json.loads(newsspider(tmp_path, "alerts", "run", "--json").stdout)
        assert sent == {"alerts": 0, "messages": {"delivered": 1, "failed": 0, "dead": 0}, "problems": []}
    assert newsspider(tmp_path, "alerts", "list").stdout == "no dead messages\n"
    newsspider(tmp_path, "alerts", "list", "--state", "lost", code=2)


def test_a_receiver_that_fails_is_a_matter_for_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSSPIDER_NET_ALLOW_NETWORKS", '["127.0.0.0/8"]')
    with hook(500) as receiver:
        newsspider(tmp_path, "searches", "add", "قمح", "القمح", "--webhook", receiver.url)
        newsspider(tmp_path, "import", "-", stdin=json.dumps(ARTICLE))
        newsspider(tmp_path, "index", "sync")
        newsspider(tmp_path, "alerts", "run", code=75)
    assert "answered 500" in newsspider(tmp_path, "alerts", "list", "--state", "pending").stdout
