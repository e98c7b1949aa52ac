"""A real PostgreSQL for the tests, from Debian's packages: one server for all tests of a process, in a temporary folder, on a free port of 127.0.0.1.

Where none is installed, tests that want one skip, and fail in CI. `fresh_store()` gives the URL of a new store on it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from ports import free_port

from newsspider.store import Store

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
MISSING = "no PostgreSQL here: apt-get install postgresql"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",  # tests kill its clients, not the machine
    "shared_buffers": "32MB",
    "max_connections": "60",
    "autovacuum": "off",
}
START_SECONDS = 60.0


class PostgresServer:
    """`stop`, `start` and `kill` keep port and data. It runs as an unprivileged user, because it refuses to run as root."""

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="newsspider-postgresql-"))
        self.data = self.folder / "data"
        self.port = free_port()
        self._settings = SETTINGS | {"port": str(self.port)} | dict(settings or {})
        self._user = _unprivileged()
        self._numbers = count(1)
        self._template: str | None = None
        if self._user:
            shutil.chown(self.folder, self._user)
        self._process: subprocess.Popen[bytes] | None = None
        self._run(BINARIES[-1] / "initdb", "-D", self.data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://tester@127.0.0.1:{self.port}/{database}"

    def fresh_database(self, *options: str) -> str:
        """The URL of a new, empty database."""
        name = f"test{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} {' '.join(options)}")
        return self.url(name)

    def fresh_store(self) -> str:
        """The URL of a store in which nothing is, quickly."""
        if self._template is None:
            url = self.fresh_database()
            Store.open(url).close()
            self._template = url.rpartition("/")[2]
        return self.fresh_database("TEMPLATE", self._template)

    def sql(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        with psycopg.connect(f"host=127.0.0.1 port={self.port} user=tester dbname={database}", autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def start(self) -> None:
        options = [argument for name, value in self._settings.items() for argument in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*map(str, (BINARIES[-1] / "postgres", "-D", self.data)), *options],
                stdout=log, stderr=log, user=self._user, cwd=self.folder, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.sql("SELECT 1")
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}") from None
                time.sleep(0.05)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends it at once but cleanly; SIGQUIT as a crash would."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def _run(self, *command: object) -> None:
        subprocess.run([str(part) for part in command], check=True, capture_output=True, user=self._user, cwd=self.folder)


def _unprivileged() -> str | None:
    if os.geteuid() != 0:
        return None
    return "postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else "nobody"


@contextmanager
def postgres_server(settings: Mapping[str, str] | None = None) -> Iterator[PostgresServer]:
    """A server of one's own. Skips the test where PostgreSQL is not installed, and fails it in CI."""
    if not BINARIES or sys.platform != "linux":
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)
    server = PostgresServer(settings)
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server
