"""`newsspider index`, `dead` and `forget` as a user runs them, on the embedded engine."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest
from articles import article, fill
from cli_command import newsspider
from sites import Installation

from newsspider import intake
from newsspider.archive import ArchiveWriter, read
from newsspider.config import Config
from newsspider.engines import open_engine
from newsspider.errors import ArchiveError
from newsspider.extract import Page
from newsspider.items import Delivered, Delivery
from newsspider.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "data").mkdir(mode=0o700)
    opened = Store.open(f"sqlite:///{tmp_path / 'data' / 'newsspider.db'}")
    fill(opened, range(30))
    return opened


def found(folder: Path) -> int:
    return int(json.loads(newsspider(folder, "search", "القمح", "--json").stdout)["total"])


def test_status_sync_rebuild_and_verify(tmp_path: Path, store: Store) -> None:
    state = json.loads(newsspider(tmp_path, "index", "status", "--json").stdout)
    assert (state["stored"], state["indexes"][0]["pending"], state["problem"]) == (30, 30, "")
    assert state["indexes"][0]["since"]
    done = json.loads(newsspider(tmp_path, "index", "sync", "--json").stdout)
    assert done == {"indexed": 30, "dead": 0, "pending": 0, "problem": ""}
    built = json.loads(newsspider(tmp_path, "index", "rebuild", "--drop", "--json").stdout)
    assert (built["articles"], built["dead"], len(built["dropped"])) == (30, 0, 1)
    assert store.checkpoint(built["dropped"][0]) == 0, "a dropped index leaves nothing behind"
    assert json.loads(newsspider(tmp_path, "index", "verify", "--json").stdout)["found"] == []
    assert "30 articles in the store" in newsspider(tmp_path, "index", "status").stdout
    assert found(tmp_path) == 30


def test_verify_says_what_differs_and_mends_it(tmp_path: Path, store: Store) -> None:
    newsspider(tmp_path, "index", "sync")
    engine = open_engine(Config(data_folder=tmp_path / "data"))
    ids = [one.id for one in store.articles()]
    store.renew(ids[:2])
    for one in ids[:2]:
        change = store.change(one)
        assert change
        engine.apply([type(change)(change.change_no, one, None)])
    store.set_checkpoint(engine.index_id, store.last_change())
    said = newsspider(tmp_path, "index", "verify", code=1)
    assert said.stdout.count("missing") == 2
    assert "30 articles compared: 2 different" in said.stdout
    assert "--fix" in said.stderr
    assert "2 mended" in newsspider(tmp_path, "index", "verify", "--fix").stdout
    newsspider(tmp_path, "index", "verify")


def test_dead_letters_are_listed_shown_tried_again_and_dropped(tmp_path: Path, store: Store) -> None:
    newsspider(tmp_path, "index", "sync")
    engine = open_engine(Config(data_folder=tmp_path / "data"))
    ids = [one.id for one in store.articles()]
    for one in ids[:3]:
        store.bury(engine.index_id, Delivered(1, one, Delivery.DEAD, "document_parsing_exception", "failed to parse"))
    listed = newsspider(tmp_path, "dead", "list").stdout
    assert "3 dead letters; 3 document_parsing_exception" in listed
    assert [letter["article_id"] for letter in json.loads(newsspider(tmp_path, "dead", "list", "--json").stdout)] == sorted(ids[:3])
    shown = json.loads(newsspider(tmp_path, "dead", "show", ids[0], "--json").stdout)
    assert (shown["letters"][0]["reason"], shown["article"]["id"]) == ("failed to parse", ids[0])
    assert shown["article"]["title"] in newsspider(tmp_path, "dead", "show", shown["article"]["url"]).stdout
    assert "1 indexed, 0 refused again" in newsspider(tmp_path, "dead", "retry", ids[0]).stdout
    assert json.loads(newsspider(tmp_path, "dead", "drop", ids[1], "--json").stdout) == {"dropped": [ids[1]]}
    assert "1 indexed" in newsspider(tmp_path, "dead", "retry", "--all").stdout
    assert store.dead() == []
    assert "no dead letter" in newsspider(tmp_path, "dead", "retry", ids[0], code=1).stderr
    newsspider(tmp_path, "dead", "drop", code=2)


def test_o13_forget_asks_first_and_removes_it_everywhere(tmp_path: Path, store: Store) -> None:
    url, other = "https://farm.example/news/3", "https://farm.example/news/4"
    archive = ArchiveWriter(tmp_path / "data" / "archive", 1 << 20)
    refs = [archive.write(Page(b"<html>raw</html>", one, {}, article(3).fetched_at)) for one in (url, other)]
    archive.close()
    newsspider(tmp_path, "index", "sync")
    assert newsspider(tmp_path, "forget", "--list").stdout == "nothing was forgotten so far\n"
    asked = newsspider(tmp_path, "forget", url, stdin="n\n", code=1)
    assert "remove 1 article for good" in asked.stderr
    assert found(tmp_path) == 30
    done = json.loads(newsspider(tmp_path, "forget", url, "--yes", "--json").stdout)
    assert done == {"forgotten": url, "articles": 1, "pages": 1, "problem": ""}
    assert found(tmp_path) == 29
    with pytest.raises(ArchiveError):
        read(tmp_path / "data" / "archive", refs[0])
    assert read(tmp_path / "data" / "archive", refs[1]).body == b"<html>raw</html>"
    assert url not in newsspider(tmp_path, "export", "-").stdout.split('"')
    assert intake.take_in(store, article(3)).reason == "forgotten"
    newsspider(tmp_path, "forget", "farm.example", "--yes")
    assert (found(tmp_path), store.count()) == (0, 0)
    listed = json.loads(newsspider(tmp_path, "forget", "--list", "--json").stdout)
    assert {one["asked"]: one["articles"] for one in listed} == {url: 1, "farm.example": 29}
    assert "neither an address" in newsspider(tmp_path, "forget", "not/a/domain", "--yes", code=2).stderr
    newsspider(tmp_path, "forget", code=2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_sync_follow_delivers_what_comes_and_ends_cleanly(tmp_path: Path, store: Store, number: signal.Signals) -> None:
    installation = Installation(tmp_path, "[index]\ninterval = 0.1\n")
    following = installation.start("index", "sync", "--follow", "--json")
    engine = open_engine(Config(data_folder=tmp_path / "data"))

    def wait_for(count: int) -> None:
        deadline = time.monotonic() + 120
        while store.checkpoint(engine.index_id) < store.last_change():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        engine.refresh()
        assert engine.count() == count

    wait_for(30)
    fill(store, range(30, 40))
    wait_for(40)
    installation.run("index", "rebuild")
    engine = open_engine(Config(data_folder=tmp_path / "data"))
    fill(store, range(40, 50))
    wait_for(50)
    following.send_signal(number)
    said, errors = following.communicate(timeout=240)
    assert following.returncode == 0, errors
    assert "Traceback" not in errors
    assert json.loads(said)["pending"] == 0
