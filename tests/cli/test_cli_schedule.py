"""`newsspider schedule run` outlives a store that is away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsspider.cli.main import app
from newsspider.config import Config
from newsspider.errors import StoreUnavailable
from newsspider.spiders.process import Crawled


def test_a_run_that_the_store_cannot_tell_of_ends_no_scheduler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_forever(config: Config, ended: Callable[[Crawled], None], report: object) -> None:
        ended(Crawled("levant", "a-run-nobody-knows", problem=StoreUnavailable("the server is restarting")))
        ended(Crawled("gulf", problem=StoreUnavailable("the server is restarting")))

    monkeypatch.setattr("newsspider.schedule.run_forever", run_forever)
    monkeypatch.setenv("NEWSSPIDER_DATA_FOLDER", str(tmp_path / "data"))
    done = CliRunner().invoke(app, ["schedule", "run"])
    assert done.exit_code == 0
    assert done.stderr.count("the server is restarting") == 2
