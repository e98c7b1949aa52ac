"""Everything that is PostgreSQL's own: driver, sessions, the order of writers, error codes, and upgrades among several machines.

Sessions must be the client's own: advisory locks do not live behind a pooler in transaction mode.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, Pool, QueuePool, create_engine, event
from sqlalchemy.ext.compiler import compiles

from newsspider.errors import StoreCorrupt, StoreError, StoreFull, StoreUnavailable, StoreVersionError
from newsspider.store import schema
from newsspider.store.database import READ_ONLY, Database, Now
from newsspider.store.migrate import current, is_current, migrate

try:
    import psycopg
except ImportError as e:
    raise StoreUnavailable(
        "a store on PostgreSQL needs its driver: pip install '.[postgresql]' where newsspider was installed from (docs/operating.md)"
    ) from e

WAIT_SECONDS = 60  # for another writer, and at most within one transaction between two statements
ALONE_SECONDS = 10.0  # until a process of another version counts as being at work, not as just starting
OPTIONS = {
    "synchronous_commit": "on",  # whatever the server's default: what was acknowledged is on disk
    "lock_timeout": f"{WAIT_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{WAIT_SECONDS}s",  # a writer that was stopped must not stop the others
    "tcp_keepalives_idle": "10",  # nor one whose machine is gone
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}

# Advisory locks, as arguments; the first number is ours. https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
_IN_USE = "1852142451, 1"  # shared by every session of a store, exclusive while its tables are upgraded
_WRITING = "1852142451, 2"
_UPGRADING = "1852142451, 3"


class PostgresqlHome:
    """`opening.Home` of a store on a server."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def close(self) -> None:
        self.database.dispose()

    def problems(self) -> list[str]:
        return []  # the server guards its pages with checksums; pg_amcheck reads them all

    def backup(self, path: Path) -> None:
        raise StoreError(
            f"{self.database.name}: PostgreSQL makes its own backups: pg_dump --format=custom --file={path} (docs/operating.md)"
        )

    def free_bytes(self) -> None:
        return None

    def full(self) -> StoreFull:
        return full(self.database.name)


def open_server(url: URL, *, create: bool) -> PostgresqlHome:
    """Raises StoreUnavailable, StoreCorrupt or StoreVersionError, naming the server, before anything was changed."""
    database = _database(url)
    try:
        if not is_current(database):
            if not create:
                _require_store(database)
            database.dispose()
            _upgrade(url)
    except BaseException:
        database.dispose()
        raise
    event.listen(database.engine, "connect", partial(_require_version, database.name))
    return PostgresqlHome(database)


def _require_version(name: str, connection: Any, record: object) -> None:
    """Of every further session: where all were lost for a moment, a newer newsspider may have upgraded the tables."""
    (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    connection.commit()
    if found != schema.REVISION:
        raise StoreVersionError(
            f"{name} was upgraded while this process was without a connection (schema {found}; it knows {schema.REVISION}): start it again, upgraded"
        )


def _require_store(database: Database) -> None:
    with database.read() as tx:
        if current(tx.connection) is None:
            raise StoreUnavailable(f"{database.name}: there is no store here; the first crawl makes it")


def _upgrade(url: URL) -> None:
    """Upgrade the tables while no other session uses them; of several that want to, one does."""
    database = _database(url, NullPool)
    try:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
            session.exec_driver_sql(f"SELECT pg_advisory_lock({_UPGRADING})")
            alone = _alone(session)
            migrate(database, alone=alone)
    except database.errors as e:
        raise database.ours(e) from e
    finally:
        database.dispose()


def _alone(session: Connection) -> bool:
    deadline = time.monotonic() + ALONE_SECONDS
    while not session.exec_driver_sql(f"SELECT pg_try_advisory_lock({_IN_USE})").scalar():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _database(url: URL, pool: type[Pool] = QueuePool) -> Database:
    """With NullPool, its sessions do not count as using the store."""
    name = url.difference_update_query(["password"]).render_as_string(hide_password=True)
    return Database(name, _engine(url, pool), _begin, partial(explain, name), executor=_executor)


def _engine(url: URL, pool: type[Pool]) -> Engine:
    sizes = {"pool_size": 2, "max_overflow": 13, "pool_pre_ping": True} if pool is QueuePool else {}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        poolclass=pool,
        connect_args={
            "application_name": "newsspider",
            "connect_timeout": 10,
            "options": " ".join(f"-c {name}={value}" for name, value in OPTIONS.items()),
        },
        **sizes,
    )

    if pool is QueuePool:

        @event.listens_for(engine, "connect")
        def say_in_use(connection: Any, record: object) -> None:
            connection.execute(f"SELECT pg_advisory_lock_shared({_IN_USE})")
            connection.commit()

    @event.listens_for(engine, "begin")
    def begin_reading(connection: Connection) -> None:
        if connection.get_execution_options().get(READ_ONLY):
            raw: Any = connection.connection.driver_connection
            raw.read_only, raw.isolation_level = True, psycopg.IsolationLevel.REPEATABLE_READ

    return engine


@compiles(Now, "postgresql")
def _now(element: Now, compiler: object, **options: object) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"


def _executor(raw: Any) -> Any:
    """Of one cursor for all statements: making one takes as long as half of a statement, and none leaves rows unfetched on the server."""
    return raw.cursor().execute


def _begin(raw: Any, in_turn: bool) -> None:
    """Let one writer at a time look up and decide, on all machines, as on SQLite: what two would store of one address is never in question."""
    if raw.read_only is not False:
        raw.read_only, raw.isolation_level = False, psycopg.IsolationLevel.READ_COMMITTED
    if in_turn:
        raw.execute(f"SELECT pg_advisory_xact_lock({_WRITING})")


# https://www.postgresql.org/docs/current/errcodes-appendix.html
_DISK_FULL = ("53100",)
_DAMAGED = ("XX001", "XX002")
_HELD = "55P03"
_CROSSED = ("40P01", "40001")
_AWAY = ("08", "57P", "53", "25P03", "58")
_REFUSED = ("28", "3D000", "42501", "25006")


def explain(name: str, error: BaseException) -> StoreError | None:
    """The error of a store's user behind an error of the driver; None for any other."""
    code = getattr(error, "sqlstate", None) or ""
    said = str(error).strip().replace("\n", " ")
    if code in _DISK_FULL:
        return full(name)
    if code in _DAMAGED:
        return StoreCorrupt(f"{name} is damaged ({said}): look with pg_amcheck, bring back a backup with pg_restore")
    if code == _HELD:
        return StoreUnavailable(f"{name}: another session has held what is needed for {WAIT_SECONDS} s ({said}); run again")
    if code in _CROSSED:
        return StoreUnavailable(f"{name}: another session wanted the same rows, and one had to give way ({said}); run again")
    if code.startswith(_REFUSED):
        return StoreUnavailable(f"{name} cannot be used ({said}); check user, password, database and that the server may be written to")
    if code.startswith(_AWAY) or (not code and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)):
        return StoreUnavailable(f"{name} cannot be reached ({said}); what was being written is not stored")
    return None


def full(name: str) -> StoreFull:
    return StoreFull(f"{name}: the server's disk is full; nothing was lost: free some space there and run again")
