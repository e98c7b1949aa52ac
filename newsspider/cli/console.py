"""What all commands print with: results on standard output, messages and progress on standard error, colours only on a terminal."""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console

from newsspider.config import Config, load_config
from newsspider.text import use_word_lists

PIPE_WIDTH = 240  # where there is no terminal, lines are as long as what they say, for grep and logs

LATER = 75  # exit code: nothing is lost, and the same command may do it another time (EX_TEMPFAIL of sysexits.h)

# Without markup: what is printed comes from pages, files and users, and brackets in it mean nothing.
out = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
err = Console(stderr=True, highlight=False, markup=False)


def error(message: str) -> None:
    err.print(f"error: {message}", style="red", soft_wrap=True)


def print_json(value: Any) -> None:
    """One JSON value on standard output, Arabic unescaped, for pipes."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def config() -> Config:
    """The configuration of this command, its word lists in use; raises ConfigError (exit code 2) before anything is done."""
    config = load_config()
    use_word_lists(config.index.word_lists)
    return config
