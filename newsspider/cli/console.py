"""What all commands print with: results on standard output, messages and progress on standard error, colours only on a terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from newsspider.config import Config, load_config

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)


def error(message: str) -> None:
    err.print(f"error: {message}", style="red", markup=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """One JSON value on standard output, Arabic unescaped, for pipes."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def config(path: Path | None = None) -> Config:
    """The configuration of this command; raises ConfigError (exit code 2) before anything is done."""
    return load_config(path)
