"""What is printed where there is no terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_command import newsspider

from newsspider.cli.console import print_json


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
