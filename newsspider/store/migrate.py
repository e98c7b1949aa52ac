"""Brings a store's tables to this version's schema, all in one transaction: a crash half way leaves the old ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from newsspider.errors import StoreUnavailable, StoreVersionError
from newsspider.store import schema
from newsspider.store.database import Database

if TYPE_CHECKING:  # Alembic takes its time, and is seldom needed
    from alembic.config import Config

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(database: Database, *, alone: bool) -> None:
    """Raises StoreVersionError when a newer newsspider made the store, StoreUnavailable when the database is another program's or an older
    newsspider has it open."""
    if is_current(database):
        return
    from alembic import command

    with database.write() as tx:
        config = _scripts(tx.connection, database.name)
        if not alone:
            raise StoreUnavailable(f"{database.name} has to be upgraded, but a process of an older newsspider has it open: stop that first")
        command.upgrade(config, "head")


def is_current(database: Database) -> bool:
    """Whether the tables are those of this version."""
    with database.read() as tx:
        return current(tx.connection) == schema.REVISION


def current(connection: Connection) -> str | None:
    """The revision of the tables; None for an empty database. Raises StoreUnavailable for tables that are not ours."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if tables:
        raise StoreUnavailable(f"{connection.engine.url.database} is the database of another program (it has a table {tables[0]})")
    return None


def _scripts(connection: Connection, name: str) -> Config:
    """What Alembic needs to upgrade. Raises StoreVersionError when it would be a downgrade."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    found = current(connection)
    if found is not None and found not in known:
        raise StoreVersionError(
            f"{name} was made by a newer newsspider (schema {found}; this one knows {schema.REVISION}): upgrade newsspider"
        )
    return config
