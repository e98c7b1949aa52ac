"""Case H22: one event is one line, whatever it contains."""

from __future__ import annotations

import json
import logging

import pytest

from newsspider.cli.logs import JsonLines, TextLines

HOSTILE = "title\r\nERROR forged \x1b[31mred\u2028\u202eabc"


@pytest.mark.parametrize("formatter", [TextLines(), JsonLines()])
def test_h22_one_event_is_one_line(formatter: logging.Formatter) -> None:
    record = logging.LogRecord("newsspider", logging.WARNING, "x.py", 1, "page %s", (HOSTILE,), None)
    line = formatter.format(record)
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert "\u202e" not in line


def test_h22_json_lines_parse_and_keep_the_text() -> None:
    record = logging.LogRecord("newsspider", logging.WARNING, "x.py", 1, "page %s", (HOSTILE,), None)
    assert json.loads(JsonLines().format(record))["message"] == "page " + HOSTILE
