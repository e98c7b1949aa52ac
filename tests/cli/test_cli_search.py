"""`newsspider search`: hits with what matched marked, an empty index, and queries that cannot be read."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cli_command import newsspider

ARTICLE = {
    "url": "https://news.example/1", "source": "levant", "title": "أسعار القمح في ٢٠٢٣", "section": "اقتصاد",
    "body": "ارتفعت أسعار القمح في الأسواق.", "published_at": "2023-10-03", "timezone": "Asia/Damascus",
}  # fmt: skip


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    newsspider(tmp_path, "import", "-", stdin=json.dumps(ARTICLE))
    newsspider(tmp_path, "index", "sync")
    return tmp_path


def test_a_hit_shows_source_day_section_and_marks(filled: Path) -> None:
    text = newsspider(filled, "search", "اسعار").stdout
    assert "1–1 of 1 article," in text
    assert "[أسعار] القمح" in text
    assert "levant · 2023-10-03 · اقتصاد" in text
    assert "https://news.example/1" in text
    assert [line for line in text.splitlines() if line != line.rstrip()] == []


def test_h22_nothing_that_was_stored_commands_the_terminal(tmp_path: Path) -> None:
    hostile = {"title": "خبر \x1b[31m أحمر\u202e", "section": "\x1b]0;x\x07", "body": "نص \x1b[2J القمح\x9b2J"}
    newsspider(tmp_path, "import", "-", stdin=json.dumps(ARTICLE | hostile))
    newsspider(tmp_path, "index", "sync")
    for command in (("search", "القمح", "--facets", "--why"), ("article", "show", ARTICLE["url"])):
        text = newsspider(tmp_path, *command).stdout
        assert "أحمر" in text
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(text)


def test_json_is_one_object(filled: Path) -> None:
    (line,) = newsspider(filled, "search", "2023", "--json").stdout.splitlines()
    found = json.loads(line)
    assert (found["total"], found["hits"][0]["published_at"], found["hits"][0]["precision"]) == (1, "2023-10-03", "day")
    assert found["hits"][0]["marked"]["title"] == ["٢٠٢٣"]


@pytest.mark.parametrize("options", [("--source", "gulf"), ("--section", "رياضة"), ("--from", "2023-10-04"), ("--to", "2023-10-02")])
def test_filters_leave_out(filled: Path, options: tuple[str, ...]) -> None:
    assert newsspider(filled, "search", "القمح", *options).stdout.startswith("No article matches")


def test_countries_and_languages_are_narrowed_to_by_code_or_name(tmp_path: Path) -> None:
    newsspider(tmp_path, "import", "-", stdin=json.dumps(ARTICLE | {"country": "SY", "language": "ar"}))
    newsspider(tmp_path, "index", "sync")
    for options in (("--country", "سوريا"), ("--country", "sy", "--country", "EG"), ("--language", "العربية"), ("--language", "AR")):
        assert json.loads(newsspider(tmp_path, "search", "القمح", *options, "--json").stdout)["total"] == 1, options
    assert json.loads(newsspider(tmp_path, "search", "القمح", "--country", "Egypt", "--json").stdout)["total"] == 0
    assert "'زحل' is no country" in newsspider(tmp_path, "search", "القمح", "--country", "زحل", code=2).stderr


def test_counts_reasons_and_the_next_page(filled: Path) -> None:
    found = json.loads(newsspider(filled, "search", "سعر", "--facets", "--by", "month", "--why", "--json").stdout)
    assert found["facets"]["section"] == {"اقتصاد": 1}
    assert found["histogram"] == {"interval": "month", "bars": [{"start": "2023-10-01T00:00:00", "count": 1}], "undated": 0}
    (why,) = found["why"].values()
    assert {match["level"] for match in why["matched"]} <= {"stem", "exact"}
    assert (found["folded"], found["cursor"], found["partial"]) == (True, None, False)
    text = newsspider(filled, "search", "اسعار", "--facets", "--by", "day", "--why").stdout
    assert "levant" in text
    assert "in title: أسعار" in text
    assert "2023-10-03" in text


def test_the_query_language_and_its_mistakes(filled: Path) -> None:
    assert "1–1 of 1" in newsspider(filled, "search", "(قمح أو شعير) و مصدر:levant").stdout
    assert "this would work: قمح*" in newsspider(filled, "search", "*قمح*", code=2).stderr
    assert "Did you mean: القمح" in newsspider(filled, "search", "القمخ").stdout


def test_o07_a_broken_source_file_costs_a_search_no_more_than_the_suggestion_of_a_source(filled: Path) -> None:
    (filled / "sources").mkdir()
    (filled / "sources" / "broken.toml").write_text("name = ", encoding="utf-8")
    found = newsspider(filled, "search", "القمخ")
    assert "Did you mean: القمح" in found.stdout
    assert "broken.toml: not valid TOML" in found.stderr
    assert json.loads(newsspider(filled, "search", "القمخ", "--json").stdout)["did_you_mean"] == "القمح"
    assert not newsspider(filled, "search", "القمح").stderr


def test_an_empty_index_says_so(tmp_path: Path) -> None:
    assert "index is empty" in newsspider(tmp_path, "search", "القمح").stdout


@pytest.mark.parametrize(
    ("query", "said"), [('"', "not closed"), ("-", "no word"), ("كلمة " * 40, "at most 32"), ("ك" * 300, "at most 256")]
)
def test_a_query_that_cannot_be_read_is_wrong_use(tmp_path: Path, query: str, said: str) -> None:
    assert said in newsspider(tmp_path, "search", "--", query, code=2).stderr


def test_o12_the_data_folder_is_the_owners_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        newsspider(tmp_path, "search", "القمح")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_output_is_utf_8_in_any_locale_and_whatever_was_typed(filled: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "newsspider", "search", "--json", "--", os.fsencode("القمح ") + b"\xff"],
        cwd=filled,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout.decode("utf-8"))["hits"][0]["title"] == ARTICLE["title"]
