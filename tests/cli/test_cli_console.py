"""What is printed where there is no terminal."""

from __future__ import annotations

from pathlib import Path

from cli_command import newsspider


def test_lines_of_a_file_end_where_their_text_does(tmp_path: Path) -> None:
    """rich fills tables up to the width of the widest row."""
    shown = newsspider(tmp_path, "sources", "list").stdout.splitlines()
    assert len(shown) > 40
    assert [line for line in shown if line != line.rstrip()] == []
    assert len({len(line) for line in shown}) > 10
