"""`newsspider article show`: an article for reading, its family, its versions and their differences."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_command import newsspider
from stories import story, text

from newsspider import clock, intake
from newsspider.items import Article, DateEvidence, EvidenceKind, EvidenceRole
from newsspider.store import Store

URL = "https://news.example/2025/01/22/7"
BODY = text(story(1)) + "\n\nقال الوزير إن 5 مدارس ستفتح غداً."
FIRST, SECOND = datetime(2025, 1, 22, 12, tzinfo=UTC), datetime(2025, 1, 22, 18, tzinfo=UTC)


def found(body: str, at: datetime, url: str = URL, source: str = "levant", title: str = "الوزير يفتتح مدارس", **more: object) -> Article:
    said = DateEvidence(EvidenceKind.META, "2025-01-22T09:30:00+03:00", "meta article:published_time", EvidenceRole.PUBLISHED)
    return Article(url, source, at, title, body, timezone="Asia/Damascus", authors=["سمر"], evidence=[said], **more)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Store.open(f"sqlite:///{tmp_path}/data/newsspider.db") as store:
        with clock.fixed(FIRST):
            intake.take_in(store, found(BODY, FIRST))
        with clock.fixed(SECOND):
            intake.take_in(store, found(BODY.replace("5", "7"), SECOND, title="الوزير يفتتح سبع مدارس"))
            intake.take_in(store, found(BODY, SECOND, "https://gulf.example/9", "gulf", signature="رويترز"))
    return tmp_path


def test_an_article_is_shown_with_its_date_and_those_who_tell_the_same(folder: Path) -> None:
    shown = newsspider(folder, "article", "show", URL).stdout
    assert "الوزير يفتتح سبع مدارس" in shown
    assert "2025-01-22 09:30+03:00" in shown
    assert "meta article:published_time" in shown
    assert "قال الوزير إن 7 مدارس ستفتح غداً." in shown
    assert "2 articles tell this story, by رويترز" in shown
    assert "https://gulf.example/9" in shown
    assert "2; --diff shows the edits" in shown
    assert "\x1b" not in shown


def test_versions_are_listed_with_what_changed(folder: Path) -> None:
    lines = newsspider(folder, "article", "show", URL, "--revisions").stdout.splitlines()
    assert len(lines) == 3
    assert "2025-01-22 12:00:00" in lines[1]
    assert "first seen" in lines[1]
    assert "title, body" in lines[2]


def test_an_edit_is_shown_word_by_word_from_right_to_left(folder: Path) -> None:
    lines = newsspider(folder, "article", "show", URL, "--diff").stdout.splitlines()
    assert lines == [
        "version 2, 2025-01-22 18:00:00 UTC: title, body",
        "title: \u200fالوزير يفتتح {+سبع+} مدارس",
        "…",
        "\u200fقال الوزير إن [-5-] {+7+} مدارس ستفتح غداً.",
        "",
    ]
    assert newsspider(folder, "article", "show", "https://gulf.example/9", "--diff").stdout == "there is one version\n"


def test_json_has_everything(folder: Path) -> None:
    shown = json.loads(newsspider(folder, "article", "show", URL, "--json").stdout)
    assert newsspider(folder, "article", "show", shown["id"], "--json").stdout.strip() == json.dumps(shown, ensure_ascii=False)
    assert shown["publication"]["winner"]["raw"] == "2025-01-22T09:30:00+03:00"
    (revision,) = shown["revisions"]
    assert (revision["revision"], revision["changed_next"], revision["superseded_at"]) == (1, ["title", "body"], SECOND.isoformat())
    assert "5 مدارس" in revision["body"]
    assert [(member["source"], member["changed_percent"] > 0) for member in shown["family"]["members"]] == [
        ("levant", False),
        ("gulf", True),
    ]
    assert shown["family"]["agency"] == "رويترز"


def test_what_is_not_there_ends_with_1(folder: Path) -> None:
    assert "there is no such article" in newsspider(folder, "article", "show", "https://news.example/none", code=1).stderr
