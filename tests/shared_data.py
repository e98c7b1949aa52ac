"""Where the real evaluation data lies. It does not come with the project: tests that need it skip without it, and fail in CI."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("NEWSSPIDER_TEST_SHARED") or Path(__file__).resolve().parents[2] / "shared") / "data"


def shared(*parts: str) -> Path:
    path = ROOT.joinpath(*parts)
    if not path.exists():
        message = f"evaluation data {path} is not here (set NEWSSPIDER_TEST_SHARED to the folder that holds data/)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path
