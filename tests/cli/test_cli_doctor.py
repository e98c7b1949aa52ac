"""`newsspider doctor`: what is wrong is a problem with a remedy and exit code 1."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_command import newsspider

from newsspider import clock
from newsspider.engines.embedded.folder import IndexFolder
from newsspider.store import Store


def findings(folder: Path, *, code: int = 0) -> dict[str, tuple[str, str, str]]:
    found = json.loads(newsspider(folder, "doctor", "--json", code=code).stdout)
    return {item["about"]: (item["state"], item["text"], item["remedy"]) for item in found}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    Store.open(f"sqlite:///{tmp_path}/data/newsspider.db").close()
    return tmp_path / "data"


def test_a_new_machine_is_well_but_for_the_contact(tmp_path: Path) -> None:
    found = findings(tmp_path)
    assert {about for about, (state, _, _) in found.items() if state != "ok"} <= {"contact", "sqlite"}
    assert "[crawl] contact" in found["contact"][2]
    assert "[crawl] contact" in newsspider(tmp_path, "doctor").stdout
    assert not (tmp_path / "data").exists(), "looking makes nothing"


def test_a_store_and_an_index_are_looked_into(tmp_path: Path, data: Path) -> None:
    newsspider(tmp_path, "index", "sync")
    found = findings(tmp_path)
    assert found["store"][:2] == ("ok", "0 articles, last change 0")
    assert found["engine"][:2] == ("ok", "embedded: nothing pending")


def test_damage_is_a_problem(tmp_path: Path, data: Path) -> None:
    (data / "newsspider.db").write_bytes(b"not a database" * 100)
    state, text, _ = findings(tmp_path, code=1)["store"]
    assert state == "problem"
    assert "newsspider store restore" in text


@pytest.mark.parametrize("other", [{"analysis_id": "another"}, {"schema": 1}])
def test_o06_an_index_of_another_analysis_or_schema_is_a_problem(tmp_path: Path, data: Path, other: dict[str, object]) -> None:
    newsspider(tmp_path, "index", "sync")
    about = IndexFolder(data / "index").open_current().path / "newsspider.json"
    about.write_text(json.dumps(json.loads(about.read_text(encoding="utf-8")) | other), encoding="utf-8")
    assert findings(tmp_path, code=1)["engine"] == (
        "problem",
        "embedded: the index was built by another version of newsspider",
        "newsspider index rebuild",
    )


def test_a_data_folder_that_is_none_or_is_open_to_others_is_told(tmp_path: Path, data: Path) -> None:
    data.chmod(0o755)
    assert findings(tmp_path)["data folder"][0] == "ok", "the last word on it"
    assert "chmod 700" in newsspider(tmp_path, "doctor").stdout
    (tmp_path / "newsspider.toml").write_text('data_folder = "file"\n', encoding="utf-8")
    (tmp_path / "file").touch()
    state, text, _ = findings(tmp_path, code=1)["data folder"]
    assert (state, text.endswith("is not a folder")) == ("problem", True)


def test_wrong_sources_and_a_wrong_clock_are_problems(tmp_path: Path) -> None:
    (tmp_path / "newsspider.toml").write_text('[sources]\nfolder = "nowhere"\n', encoding="utf-8")
    with clock.fixed(datetime(1970, 1, 2, tzinfo=UTC)):
        found = findings(tmp_path, code=1)
    assert (found["clock"][0], found["sources"][0]) == ("problem", "problem")
    assert "nowhere" in found["sources"][1]
    assert "newsspider sources list" in found["sources"][2]


def test_o08_the_engines_password_is_not_printed(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSSPIDER_ENGINE_URL", "http://reader:planted@127.0.0.1:1")
    done = newsspider(tmp_path, "doctor", code=1)
    assert "cannot be reached" in done.stdout
    assert "planted" not in done.stdout + done.stderr
