"""Everything that is SQLite's own: driver, pragmas, transactions, error codes, checks and copies. No other module holds SQL of one dialect.

The driver is pysqlite3 where it is installed, because SQLite before 3.51.3 can damage a database in WAL mode when two connections write
and checkpoint at once; with such a version the journal mode is TRUNCATE instead.
"""

from __future__ import annotations

import errno
import shutil
import time
from contextlib import closing
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import CheckConstraint, Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.compiler import compiles

from newsspider.errors import StoreCorrupt, StoreError, StoreFull, StoreUnavailable
from newsspider.store.database import READ_ONLY, Now

WAL_FIXED = (3, 51, 3)
BUSY_SECONDS = 5
BUSY_TRIES = 12  # so many times BUSY_SECONDS does a writer wait for another process
PRAGMAS = (
    f"busy_timeout = {BUSY_SECONDS * 1000}",
    "synchronous = FULL",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "secure_delete = ON",  # what was deleted is overwritten: a takedown leaves no text in the file
    f"journal_size_limit = {64 << 20}",
)
ALMOST_NOTHING = 1 << 20  # with less bytes than this free, a failed write means a full disk

# Primary result codes, https://www.sqlite.org/rescode.html
_PERM, _BUSY, _LOCKED, _READONLY, _INTERRUPT, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 3, 5, 6, 8, 9, 10, 11, 13, 14, 26

_MESSAGES = {
    "database is locked": _BUSY,
    "disk I/O error": _IOERR,
    "database disk image is malformed": _CORRUPT,
    "database or disk is full": _FULL,
    "file is not a database": _NOTADB,
}

REMEDY = "look with `newsspider store check`, bring back a backup with `newsspider store restore FILE`"


def _driver() -> ModuleType:
    try:
        return import_module("pysqlite3.dbapi2")
    except ImportError:
        return import_module("sqlite3")


driver = _driver()


def journal_mode() -> str:
    return "WAL" if driver.sqlite_version_info >= WAL_FIXED else "TRUNCATE"


def sqlite_in_use() -> tuple[str, str, str]:
    """The version of SQLite, the module it comes in, and the journal mode that goes with it."""
    return driver.sqlite_version, driver.__name__.partition(".")[0], journal_mode()


def make_engine(path: Path) -> Engine:
    """An engine on the file, which is made when it is not there. Every connection is set up alike."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        module=driver,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False, "cached_statements": 256},
        max_overflow=-1,
    )
    mode = journal_mode()

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; the driver would leave schema changes outside of transactions
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        if connection.execute(f"PRAGMA journal_mode = {mode}").fetchone()[0].upper() != mode:
            raise driver.OperationalError(f"the journal mode cannot be {mode} while a process with another SQLite has the store open")

    @event.listens_for(engine, "begin")
    def begin_reading(connection: Connection) -> None:
        if connection.get_execution_options().get(READ_ONLY):
            raw: Any = connection.connection.driver_connection
            raw.execute("BEGIN")

    return engine


def begin(raw: Any, in_turn: bool) -> None:
    """Begin as a writer, which alone gives the writers of all processes their turn."""
    for attempt in range(1, BUSY_TRIES + 1):
        try:
            raw.execute("BEGIN IMMEDIATE")
        except driver.OperationalError as e:
            if _code(e) != _BUSY or attempt == BUSY_TRIES:
                raise
        else:
            return


@compiles(Now, "sqlite")
def _now(element: Now, compiler: object, **options: object) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"


def no_zeros(*columns: str) -> CheckConstraint:
    """That there is no NUL in these texts, which PostgreSQL refuses anyway: thus a page overwritten with zeros is found inside a text, too."""
    check = CheckConstraint(" + ".join(f"instr({column}, char(0))" for column in columns) + " = 0")
    check.ddl_if(dialect="sqlite")
    return check


def explain(path: Path, error: BaseException) -> StoreError | None:
    """The error of a store's user behind an error of the driver; None for any other."""
    code = _code(error)
    if code == _FULL or (code in (_IOERR, _CANTOPEN) and _is_full(path)):
        return full(path)
    if code in (_CORRUPT, _NOTADB):
        return StoreCorrupt(f"{path} is damaged ({error}): {REMEDY}")
    if code in (_BUSY, _LOCKED):
        return StoreUnavailable(f"{path} is held by another process ({error}); run again")
    if code in (_PERM, _READONLY, _CANTOPEN):
        return StoreUnavailable(f"{path} cannot be opened for writing ({error}); check that the folder is there and is yours")
    if code == _IOERR:
        return StoreUnavailable(f"{path}: the disk failed ({error}); what was being written is not stored")
    return None


def is_fatal(error: BaseException) -> bool:
    """Whether the disk itself failed, so that nothing written after it can be believed."""
    return _code(error) == _IOERR


def unusable(path: Path, error: OSError) -> StoreError:
    """The error of a store's user behind one of the operating system."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return full(path)
    return StoreUnavailable(f"{path} cannot be opened for writing ({error.strerror}); check that the folder is there and is yours")


def full(path: Path) -> StoreFull:
    return StoreFull(
        f"{path.parent}: {free_bytes(path)} bytes are free, too few for the store; nothing was lost: free some space and run again"
    )


def free_bytes(path: Path) -> int:
    """Bytes free to this user on the disk that `path` lies on. Raises StoreUnavailable when that cannot be reached."""
    try:
        return shutil.disk_usage(path.parent).free
    except OSError as e:
        raise StoreUnavailable(f"{path.parent} cannot be reached ({e.strerror})") from e


def _is_full(path: Path) -> bool:
    try:
        return free_bytes(path) < ALMOST_NOTHING
    except StoreUnavailable:
        return False


def with_companions(path: Path) -> list[Path]:
    """The database file and what SQLite keeps beside it. A WAL or journal left by an earlier file of this name would be played into a new one."""
    return [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm", "-journal")]


def _code(error: BaseException) -> int:
    code = getattr(error, "sqlite_errorcode", None)  # a failed copy has only its message
    return _MESSAGES.get(str(error), 0) if code is None else int(code) & 0xFF


def quick_check(raw: Any, seconds: float) -> list[str]:
    """What is wrong with the pages, as far as can be seen in that time; empty for nothing."""
    deadline = time.monotonic() + seconds
    raw.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
    try:
        return _problems(raw, "quick_check(5)")
    except driver.OperationalError as e:
        if _code(e) != _INTERRUPT:
            raise
        return []
    finally:
        raw.set_progress_handler(None, 0)


def integrity_problems(raw: Any) -> list[str]:
    """What is wrong with the pages, the indexes and the references between tables; empty for nothing."""
    references = raw.execute("PRAGMA foreign_key_check").fetchall()
    return _problems(raw, "integrity_check(100)") + [
        f"table {row[0]}, row {row[1]}: refers to a missing row of {row[2]}" for row in references
    ]


def _problems(raw: Any, pragma: str) -> list[str]:
    return [row[0] for row in raw.execute(f"PRAGMA {pragma}") if row[0] != "ok"]


def checkpoint(raw: Any) -> None:
    """Fold the whole WAL into the database file."""
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def copy(source: Path, target: Path) -> None:
    """Write the present state of the database `source`, which others may be using, into the new file `target`, complete in itself.

    Raises StoreError when the copy cannot be written or is not whole.
    """
    try:
        with closing(driver.connect(source, timeout=BUSY_SECONDS)) as reading, closing(driver.connect(target)) as writing:
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode = DELETE")
            problems = integrity_problems(writing)
    except driver.Error as e:
        raise explain(target if _code(e) in (_FULL, _IOERR) else source, e) or StoreUnavailable(f"{source} cannot be copied: {e}") from e
    if problems:
        raise StoreCorrupt(f"{source} is damaged ({problems[0]}): {REMEDY}")
