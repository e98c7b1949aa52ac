"""TOML files whose errors name file, line and key (tomllib keeps no positions, so the line is found by a scan)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from newsspider.errors import ConfigError

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-.\"']+)\s*=")


def load_toml(path: Path, error: type[ConfigError] = ConfigError) -> tuple[dict[str, Any], str]:
    """The parsed file and its text. Raises `error` naming file and line when it cannot be read or is not TOML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as e:
        raise error(f"{path}: cannot be read ({e})") from e
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as e:
        raise error(f"{path}: not valid TOML: {e}") from e


def line_of(text: str, location: tuple[str | int, ...]) -> int | None:
    """The line (from 1) of the key at `location`, such as ("listings", 0, "url"); of the nearest enclosing table where the key is
    missing; None when nothing of it stands in the text."""
    keys = _lines(text)
    while location:
        if location in keys:
            return keys[location]
        location = location[:-1]
    return None


def _lines(text: str) -> dict[tuple[str | int, ...], int]:
    found: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    counts: dict[tuple[str | int, ...], int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = tuple(part.strip(" \"'") for part in header[2].split("."))
            if header[1] == "[[":
                index = counts.get(table, 0)
                counts[table] = index + 1
                found.setdefault(table, number)
                table = (*table, index)
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            path = table + tuple(part.strip(" \"'") for part in key[1].split("."))
            for length in range(len(table) + 1, len(path) + 1):
                found.setdefault(path[:length], number)
    return found
