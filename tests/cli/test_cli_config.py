"""`newsspider config show`: every setting, and no secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_command import newsspider

from newsspider.config import keys

SECRETS = {
    "NEWSSPIDER_ENGINE_API_KEY": "planted-key",
    "NEWSSPIDER_ENGINE_PASSWORD": "planted-password",
    "NEWSSPIDER_WEB_TOKEN": "planted-token",
    "NEWSSPIDER_ENGINE_URL": "https://reader:planted-url@search.example:9200",
    "NEWSSPIDER_CRAWL_PROXY": "http://me:planted-proxy@proxy.example:8080",
    "NEWSSPIDER_STORE_URL": "postgresql://me:planted-store@db.example/news?password=planted-too&sslmode=require",
}


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_o08_secrets_are_masked_in_addresses_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]) -> None:
    for name, secret in SECRETS.items():
        monkeypatch.setenv(name, secret)
    text = newsspider(tmp_path, "config", "show", *options).stdout
    assert "planted" not in text
    assert "https://********@search.example:9200" in text
    assert "http://********@proxy.example:8080" in text
    assert "postgresql://********@db.example/news?password=********&sslmode=require" in text


def test_every_setting_is_shown(tmp_path: Path) -> None:
    shown = json.loads(newsspider(tmp_path, "config", "show", "--json").stdout)
    assert list(shown) == [".".join(location) for location in keys()]
    assert (shown["crawl.delay"], shown["engine.api_key"], shown["sources.folder"]) == (1.0, "", "sources")


def test_commands_take_the_configuration_of_the_tutorial_as_it_stands(tmp_path: Path) -> None:
    tutorial = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text(encoding="utf-8")
    (example,) = tutorial.split("```toml\n")[1:]
    (tmp_path / "newsspider.toml").write_text(example.partition("```")[0], encoding="utf-8")
    assert "levant" in newsspider(tmp_path, "sources", "list").stdout
    assert "you@example.org" in newsspider(tmp_path, "config", "show").stdout
