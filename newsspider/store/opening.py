"""Where stores lie: in an SQLite file, or on a PostgreSQL server. The URL says which."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from newsspider.config import without_credentials
from newsspider.errors import StoreError, StoreFull, StoreUnavailable
from newsspider.store.database import Database
from newsspider.store.sqlite_home import open_file, restore_file

REMEDY = "write sqlite:////absolute/path.db or postgresql+psycopg://user@host/database"


class Home(Protocol):
    """Where a store lies: what differs between a file and a server."""

    database: Database

    def close(self) -> None: ...

    def problems(self) -> list[str]:
        """What is wrong with the database itself, whatever is in it; empty for nothing."""

    def backup(self, path: Path) -> None: ...

    def free_bytes(self) -> int | None:
        """Bytes free on the store's disk; None where that cannot be seen. Raises StoreUnavailable when the disk is gone."""

    def full(self) -> StoreFull: ...


def open_home(url: str, *, create: bool) -> Home:
    """Raises StoreUnavailable, StoreCorrupt or StoreVersionError, naming the place, before anything was changed."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "postgresql":
        from newsspider.store.postgresql import open_server  # its driver is installed only where it is wanted

        return open_server(parsed, create=create)
    return open_file(_path(parsed), create=create)


def restore(backup: Path, url: str) -> Path | None:
    """Put the backup in the store's place; the files that were there are kept beside it under the returned name.

    All changes get new numbers, so that every index takes the restored state. Raises StoreError when the backup is not whole, the store is
    in use, or on a server.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "postgresql":
        raise StoreError("a store on PostgreSQL is brought back by pg_restore; then `newsspider store renumber` (docs/operating.md)")
    return restore_file(backup, _path(parsed))


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as e:  # the second: a port that is none
        raise StoreUnavailable(f"store url {without_credentials(url)} cannot be read; {REMEDY}") from e
    if parsed.drivername in ("sqlite", "postgresql", "postgresql+psycopg") and parsed.database not in (None, "", ":memory:"):
        return parsed
    raise StoreUnavailable(
        f"store url {parsed.render_as_string(hide_password=True)}: a store is an SQLite file or a PostgreSQL database; {REMEDY}"
    )


def _path(url: URL) -> Path:
    return Path(str(url.database)).absolute()
