from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pg_server import PostgresServer
from store_samples import store_url

from newsspider.store import Owner, Run, Store


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty store, in a file and on a server."""
    if request.param == "sqlite":
        return store_url(tmp_path)
    server: PostgresServer = request.getfixturevalue("postgresql")
    return server.fresh_store()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a store that is not there yet."""
    if request.param == "sqlite":
        return store_url(tmp_path)
    server: PostgresServer = request.getfixturevalue("postgresql")
    return server.fresh_database()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as opened:
        yield opened


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(store_url(tmp_path)) as opened:
        yield opened


@pytest.fixture
def run(store: Store) -> Run:
    return store.begin_run("levant", Owner.current())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB; it can be remounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)
