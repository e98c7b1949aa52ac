"""The `newsspider` command, run within the test's own process."""

from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from newsspider.cli.main import main


@dataclass
class Done:
    stdout: str
    stderr: str


def newsspider(folder: Path, *arguments: str, stdin: str = "", code: int = 0) -> Done:
    """Run it in `folder` and check its exit code."""
    printed, err, ended = io.BytesIO(), io.StringIO(), 0
    out = io.TextIOWrapper(printed, encoding="utf-8", newline="", write_through=True)
    given = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(sys, "argv", ["newsspider", *arguments]),
        mock.patch.object(sys, "stdin", given),
    ):
        try:
            main()
        except SystemExit as e:
            ended = int(e.code or 0)
    assert ended == code, err.getvalue()
    return Done(printed.getvalue().decode(), err.getvalue())
