"""`newsspider users`: adding, listing, removing."""

from __future__ import annotations

import json
import time
from pathlib import Path

from cli_command import newsspider

from newsspider.store.users import KNOWN_SECONDS


def test_users_are_added_listed_and_removed(tmp_path: Path) -> None:
    added = newsspider(tmp_path, "users", "add", "amal")
    token = added.stdout.strip()
    assert token.startswith("amal.")
    assert token not in added.stderr
    newsspider(tmp_path, "users", "add", "omar", "--role", "operator")
    listed = newsspider(tmp_path, "users", "list", "--json").stdout
    assert [(user["name"], user["role"]) for user in json.loads(listed)] == [("amal", "reader"), ("omar", "operator")]
    assert token not in listed + newsspider(tmp_path, "users", "list").stdout
    assert "already" in newsspider(tmp_path, "users", "add", "amal", code=1).stderr
    began = time.monotonic()
    newsspider(tmp_path, "users", "remove", "amal")
    assert time.monotonic() - began >= KNOWN_SECONDS  # by then no server lets the token in
    assert "amal" not in newsspider(tmp_path, "users", "list").stdout
    newsspider(tmp_path, "users", "remove", "omar")
    assert newsspider(tmp_path, "users", "list").stdout == "no users but the owner; `newsspider users add NAME` adds one\n"
    assert "no user amal" in newsspider(tmp_path, "users", "remove", "amal", code=1).stderr


def test_searches_go_with_their_user_or_to_another(tmp_path: Path) -> None:
    for name in ("amal", "omar"):
        newsspider(tmp_path, "users", "add", name)
        newsspider(tmp_path, "searches", "add", name, "القمح", "--owner", name)
    removed = newsspider(tmp_path, "users", "remove", "amal").stdout
    assert "feeds and webhooks have ended" in removed
    assert "amal: القمح" in removed
    assert "no user amal" in newsspider(tmp_path, "users", "remove", "omar", "--give-searches-to", "amal", code=1).stderr
    assert "owner has these saved searches now" in newsspider(tmp_path, "users", "remove", "omar", "--give-searches-to", "owner").stdout
    kept = json.loads(newsspider(tmp_path, "searches", "list", "--json").stdout)
    assert [(search["name"], search["owner"]) for search in kept] == [("omar", "owner")]
