"""`newsspider demo` touches nothing but its own folder (tests/e2e runs the whole of it)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_command import newsspider

from newsspider.cli import demo


def test_a_folder_that_is_no_demos_is_not_emptied(tmp_path: Path) -> None:
    config = tmp_path / "newsspider.toml"
    config.write_text('data_folder = "data"\n', encoding="utf-8")  # a user's own
    assert "is not a demo folder" in newsspider(tmp_path, "demo", "--once", "--folder", ".", code=2).stderr
    assert config.exists()


def test_the_demos_store_is_its_own_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "newsspider.toml").write_text(demo.CONFIG, encoding="utf-8")
    for name, value in {"STORE_URL": "sqlite:////srv/news.db", "DATA_FOLDER": "/srv/data", "ENGINE_INDEX": "ns-articles"}.items():
        monkeypatch.setenv(f"NEWSSPIDER_{name}", value)
    demo._run(tmp_path, "config", "show", "--json")
    shown = json.loads(capfd.readouterr().out)
    assert (shown["store.url"], shown["data_folder"], shown["engine.index"]) == ("", str(tmp_path / "data"), "newsspider-demo")
