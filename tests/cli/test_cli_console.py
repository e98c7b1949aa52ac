"""How results are printed, for terminals of any width and for pipes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cli_command import newsspider

from newsspider.cli import console
from newsspider.cli.console import print_json, print_table


def test_lines_of_a_file_end_where_their_text_does(tmp_path: Path) -> None:
    """rich fills tables up to the width of the widest row."""
    shown = newsspider(tmp_path, "sources", "list").stdout.splitlines()
    assert len(shown) > 40
    assert [line for line in shown if line != line.rstrip()] == []
    assert len({len(line) for line in shown}) > 10


def test_h22_json_holds_no_command_to_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = {"عنوان": "\x9b31m\x1b[31m\x7f\u202eمقلوب\u2028"}
    print_json(hostile)
    printed = capsys.readouterr().out
    assert printed.rstrip("\n").isprintable()
    assert "عنوان" in printed
    assert json.loads(printed) == hostile


HEADS = ("source", "last run", "new", "share", "address")
ROWS = [
    ("levant", "finished 7 min ago", "1,020", "98%", "https://levant.example/an/address/of/some/length"),
    ("gulf", "stopped", "7", "", "قمح :warning: [bold]"),
]


def table(width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(console.out, "width", width)
    print_table(HEADS, ROWS)
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("width", [120, 80, 60, 40, 30])
def test_a_table_on_a_narrow_terminal_is_wrapped_and_nothing_of_it_is_cut(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = table(width, capsys, monkeypatch)
    assert max(map(len, lines)) <= width
    printed, given = "".join(lines).replace(" ", ""), "".join(cell for row in (HEADS, *ROWS) for cell in row).replace(" ", "")
    assert sorted(printed) == sorted(given)


def test_a_table_gives_way_between_words_first(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = table(85, capsys, monkeypatch)
    assert lines[1].split(maxsplit=4) == ["levant", "finished", "7", "min", "1,020   98% https://levant.example/an/address/of/some/length"]
    assert lines[2].strip() == "ago"
    assert lines[3].split(maxsplit=3)[-1] == "قمح :warning: [bold]"


@pytest.mark.parametrize("group", [(), ("index",)])
def test_lists_of_commands_say_whole_sentences(tmp_path: Path, group: tuple[str, ...]) -> None:
    _, commands = newsspider(tmp_path, *group, "--help").stdout.split("Commands:")
    assert "..." not in commands
    assert len(re.findall(r"^  [a-z]+ +[A-Z]", commands, re.MULTILINE)) == len(re.findall(r"\.$", commands, re.MULTILINE)) > 5
