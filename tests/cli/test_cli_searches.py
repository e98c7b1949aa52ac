"""`newsspider searches`: adding, listing, removing, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_command import newsspider


def listed(folder: Path, *options: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(newsspider(folder, "searches", "list", "--json", *options).stdout)
    return found


def test_a_search_is_added_listed_and_removed(tmp_path: Path) -> None:
    newsspider(tmp_path, "users", "add", "sara")
    added = newsspider(
        tmp_path, "searches", "add", "قمح", "القمح -الشعير", "--source", "farm", "--from", "2026-01-01", "--owner", "sara"
    ).stdout
    (search,) = listed(tmp_path)
    assert search["filters"] == {"sources": ["farm"], "day_from": "2026-01-01"}
    assert (search["name"], search["query"], search["owner"], search["webhook_url"]) == ("قمح", "القمح -الشعير", "sara", None)
    assert all(str(address) in added for address in search["feeds"])  # type: ignore[attr-defined]
    assert listed(tmp_path, "--owner", "omar") == []
    assert added == newsspider(tmp_path, "searches", "list").stdout
    newsspider(tmp_path, "searches", "rename", str(search["id"]), "-حبوب")
    assert listed(tmp_path) == [search | {"name": "-حبوب"}]
    assert "needs a name" in newsspider(tmp_path, "searches", "rename", str(search["id"]), " ", code=2).stderr
    assert "no saved search 0" in newsspider(tmp_path, "searches", "rename", "0", "حبوب", code=1).stderr
    newsspider(tmp_path, "searches", "remove", str(search["id"]))
    assert "no saved searches" in newsspider(tmp_path, "searches", "list").stdout
    assert "there is no saved search" in newsspider(tmp_path, "searches", "remove", str(search["id"]), code=1).stderr


def test_it_takes_the_filters_that_search_takes(tmp_path: Path) -> None:
    options = {
        "source": "farm",
        "section": "زراعة",
        "tag": "قمح",
        "author": "سلمى",
        "country": "سوريا",
        "language": "AR",
        "to": "2026-01-31",
    }
    given = [part for name, value in options.items() for part in (f"--{name}", value)]
    newsspider(tmp_path, "searches", "add", "قمح", "القمح", *given, "--country", "EG", "--match", "all")
    assert listed(tmp_path)[0]["filters"] == {
        "sources": ["farm"],
        "sections": ["زراعة"],
        "tags": ["قمح"],
        "authors": ["سلمى"],
        "countries": ["SY", "EG"],
        "languages": ["ar"],
        "day_to": "2026-01-31",
        "match": "all",
    }


def test_the_webhook_secret_is_shown_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSSPIDER_NET_ALLOW_NETWORKS", '["127.0.0.0/8"]')
    added = newsspider(tmp_path, "searches", "add", "قمح", "القمح", "--webhook", "http://127.0.0.1:9/hook").stdout
    assert "whsec_" in added
    shown = newsspider(tmp_path, "searches", "list").stdout
    assert "http://127.0.0.1:9/hook" in shown
    assert "whsec_" not in shown + json.dumps(listed(tmp_path))
    search_id = str(listed(tmp_path)[0]["id"])
    rotated = newsspider(tmp_path, "searches", "rotate", search_id, "webhook").stdout
    assert "whsec_" in rotated
    assert rotated.splitlines()[-1] not in added
    before = listed(tmp_path)[0]["feeds"]
    assert "whsec_" not in newsspider(tmp_path, "searches", "rotate", search_id, "feeds", "--json").stdout
    assert listed(tmp_path)[0]["feeds"] != before
    assert "no saved search" in newsspider(tmp_path, "searches", "rotate", "0", "feeds", code=1).stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("قمح", '"القمح'), 2, "is not closed"),
        (("قمح", "القمح", "--country", "ZZ"), 2, "'ZZ' is no country"),
        (("", "القمح"), 2, "a saved search needs a name"),
        (("قمح", "القمح", "--webhook", "http://127.0.0.1:9/"), 1, "127.0.0.1 must not be reached"),
        (("قمح", "القمح", "--owner", "nobody"), 1, "there is no user nobody"),
        (("قمح", "القمح", "--webhook", "hooks.example"), 1, "a webhook is an address that begins with https://"),
    ],
)
def test_what_cannot_work_is_refused(tmp_path: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    newsspider(tmp_path, "users", "add", "sara")  # which makes the store
    assert message in newsspider(tmp_path, "searches", "add", *arguments, code=code).stderr
    assert listed(tmp_path) == []
