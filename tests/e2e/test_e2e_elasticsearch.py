"""The demo on a real Elasticsearch: `NEWSSPIDER_ENGINE_URL=… make demo`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from es_server import Server, remove

INDEX = "newsspider-demo"


@pytest.fixture
def earlier(elasticsearch: Server) -> Iterator[None]:
    """A demo's index, of another version."""
    remove(elasticsearch, INDEX)
    aliases = {"aliases": {INDEX: {}, f"{INDEX}-write": {"is_write_index": True}}}
    elasticsearch.request("PUT", f"{INDEX}-20260101t000000000000-0-1-00000000", aliases)
    yield
    remove(elasticsearch, INDEX)


@pytest.mark.usefixtures("earlier")
def test_the_demo_does_the_same_on_elasticsearch_and_again(elasticsearch: Server, es_prefix: str, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSSPIDER_")}
    # The demo has an index of its own: it drops what an earlier one left.
    environment = kept | {"NEWSSPIDER_ENGINE_URL": elasticsearch.url, "NEWSSPIDER_ENGINE_INDEX": es_prefix}

    def newsspider(*arguments: str) -> str:
        command = [sys.executable, "-m", "newsspider", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    said = newsspider("demo", "--folder", str(tmp_path / "demo"))
    assert said.count("newsspider search") >= 2
    del environment["NEWSSPIDER_ENGINE_INDEX"]
    environment["NEWSSPIDER_CONFIG"] = str(tmp_path / "demo" / "newsspider.toml")
    state = json.loads(newsspider("index", "status", "--json"))
    (only,) = state["indexes"]
    assert (only["pending"], only["dead"], only["articles"]) == (0, 0, state["stored"])
    assert elasticsearch.request("GET", f"{INDEX}/_count")["count"] == state["stored"] > 20
    assert json.loads(newsspider("search", "زيت الزيتون", "--json"))["total"] >= 1
    assert json.loads(newsspider("index", "verify", "--json"))["found"] == []
