"""`newsspider index analyze | lists`: the tokens of each level, and word lists to edit."""

from __future__ import annotations

import json
from pathlib import Path

from cli_command import newsspider
from es_server import Server


def test_the_tokens_of_each_level_are_shown(tmp_path: Path) -> None:
    found = json.loads(newsspider(tmp_path, "index", "analyze", "في لبنان", "--json").stdout)
    assert found["embedded"] == found["newsspider"]
    assert found["newsspider"]["exact"] == [[0, "في"], [1, "لبنان"]]
    assert found["newsspider"]["stem"] == [[1, "_لبنان_"]]
    assert found["newsspider"]["grams"][0] == [1, "_لبن"]
    assert [1, "لبن"] in found["newsspider"]["autocomplete"]
    table = newsspider(tmp_path, "index", "analyze", "أمريكا").stdout
    assert "الولايات المتحده" in table
    assert "same tokens" in table


def test_elasticsearch_says_itself_what_it_makes_of_a_text(tmp_path: Path, elasticsearch: Server, es_prefix: str) -> None:
    (tmp_path / "newsspider.toml").write_text(f'[engine]\nurl = "{elasticsearch.url}"\nindex = "{es_prefix}"\n')
    found = json.loads(newsspider(tmp_path, "index", "analyze", "وبالسيارات في لبنان", "--json").stdout)
    assert (found["elasticsearch"], found["differing"]) == (found["newsspider"], [])


def test_lists_of_ones_own_are_written_edited_and_used(tmp_path: Path) -> None:
    newsspider(tmp_path, "index", "lists", "lists")
    stop_words = tmp_path / "lists" / "stopwords.txt"
    stop_words.write_text(stop_words.read_text(encoding="utf-8") + "\nقمح\n", encoding="utf-8")
    assert "kept" in newsspider(tmp_path, "index", "lists", "lists").stdout
    (tmp_path / "newsspider.toml").write_text('[index]\nword_lists = "lists"\n')
    assert json.loads(newsspider(tmp_path, "index", "analyze", "قمح", "--json").stdout)["newsspider"]["stem"] == []
    (tmp_path / "lists" / "typo.txt").touch()
    assert "typo.txt" in newsspider(tmp_path, "index", "analyze", "قمح", code=2).stderr
