"""Transactions, and the statements prepared once for them.

SQLAlchemy writes every statement. The ones on a crawl's hot path run as `Transaction.run(STATEMENT, …)`: compiled once, then handed to the
driver without SQLAlchemy's per-execution work, which would halve the articles recorded a second. For the same reason a writing transaction begins
and ends in the driver: SQLAlchemy's connection, which the other statements run on, takes part in it without knowing where it ends.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, Connection, Delete, Engine, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.functions import FunctionElement

from newsspider.errors import StoreError, StoreUnavailable

Statement = Select[Any] | Insert | Update | Delete

READ_ONLY = "newsspider_read_only"  # execution option: a transaction that only reads


class Now(FunctionElement[int]):
    """The database's own clock: microseconds since 1970. What it is called is each database's affair."""

    type = BigInteger()
    inherit_cache = True


class Prepared:
    """One statement in the driver's own words. Every parameter must be given, but those that the statement has a value for."""

    __slots__ = ("_defaults", "_in_order", "sql")

    def __init__(self, statement: Statement, engine: Engine) -> None:
        compiled: Any = statement.compile(dialect=engine.dialect)
        self.sql = str(compiled)
        self._in_order = _in_order(compiled.positiontup)
        self._defaults = {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required}

    def arguments(self, values: Mapping[str, Any]) -> Any:
        return self._in_order({**self._defaults, **values} if self._defaults else values)


def _in_order(names: Sequence[str] | None) -> Callable[[Mapping[str, Any]], Any]:
    """How the driver takes arguments: by name where there is no order, else as a tuple."""
    if names is None:
        return lambda values: values
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)


class Transaction:
    """One open transaction: `connection` is SQLAlchemy's, `raw` the driver's."""

    __slots__ = ("_execute", "_prepared", "connection", "raw")

    def __init__(self, connection: Connection, database: Database) -> None:
        self.connection = connection
        self.raw: Any = connection.connection.driver_connection
        self._execute = database.executor(self.raw)
        self._prepared = database.prepared

    def run(self, statement: Statement, **values: Any) -> Any:
        """Execute a module-level statement; the driver's cursor, for fetchone(), fetchall() and rowcount before the next statement."""
        prepared = self._prepared(statement)
        return self._execute(prepared.sql, prepared.arguments(values))

    def many(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute a module-level statement once for each of `rows`."""
        prepared = self._prepared(statement)
        self.raw.cursor().executemany(prepared.sql, [prepared.arguments(row) for row in rows])


class Database:
    """The engine, its transactions, and what its errors mean.

    `begin` begins a writing transaction of the driver; its second argument is True where the writer has to wait its turn among those of all
    processes. Writers of one process wait for each other in order.
    `explain` turns a driver's error into ours, or gives None for what would be a bug.
    After an error of the disk itself (`fatal`), nothing more is written: what was reported as not stored must not be followed by a success.
    `at_hand` is True where reading waits neither for a network nor for a writer.
    """

    def __init__(
        self,
        name: str,
        engine: Engine,
        begin: Callable[[Any, bool], None],
        explain: Callable[[BaseException], StoreError | None],
        fatal: Callable[[BaseException], bool] = lambda error: False,
        executor: Callable[[Any], Callable[..., Any]] = lambda raw: raw.execute,
        at_hand: bool = False,
    ) -> None:
        self.name = name  # for messages
        self.engine = engine
        self._reading = engine.execution_options(**{READ_ONLY: True})
        self._explain = explain
        self._fatal = fatal
        self._begin = begin
        self.executor = executor  # how a connection of the driver executes a statement
        self.at_hand = at_hand
        self._writing = threading.Lock()
        self._failed: StoreError | None = None
        self._writer: Transaction | None = None  # kept, because setting one up takes as long as three statements
        self._looking_up = threading.Lock()
        self._reader: Transaction | None = None  # the same, for single rows
        self._statements: dict[Statement, Prepared] = {}
        dbapi: Any = engine.dialect.dbapi
        self.errors: tuple[type[BaseException], ...] = (DBAPIError, dbapi.Error)

    def prepared(self, statement: Statement) -> Prepared:
        known = self._statements.get(statement)
        if known is None:
            known = self._statements[statement] = Prepared(statement, self.engine)
        return known

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        try:
            with self._reading.begin() as connection:
                yield Transaction(connection, self)
        except self.errors as e:
            raise self.ours(e) from e

    def row(self, statement: Statement, **values: Any) -> Sequence[Any] | None:
        """The only row that a module-level statement finds, as it is now."""
        if not self.at_hand:
            with self.read() as tx:
                row: Sequence[Any] | None = tx.run(statement, **values).fetchone()
                return row
        with self._looking_up:
            try:
                if self._reader is None:
                    self._reader = Transaction(self.engine.connect(), self)
                return next(iter(self._reader.run(statement, **values).fetchall()), None)
            except self.errors as e:
                self._drop_reader()
                raise self.ours(e) from e

    @contextmanager
    def write(self, *, own_rows: bool = False) -> Iterator[Transaction]:
        """A transaction that is committed, on disk, when the block ends, and undone when it raises. Not to be nested.

        `own_rows` is True for one that changes only what a run has already: it need not wait its turn among all writers. Lest it wait for
        one that waits for it, it locks what others may have, too, in their order (a run; a row of the ledger, then of the frontier), and
        passes over locked rows where it takes several.
        """
        with self._writing:
            if self._failed:
                raise StoreUnavailable(f"nothing more is written after an error: {self._failed}") from self._failed
            try:
                if self._writer is None:
                    self._writer = Transaction(self.engine.connect(), self)
                self._begin(self._writer.raw, not own_rows)
                yield self._writer
                self._writer.raw.commit()
            except BaseException as e:
                self._drop_writer()
                if not isinstance(e, self.errors):
                    raise
                ours = self.ours(e)
                if isinstance(ours, StoreUnavailable) and self._fatal(_driver_error(e)):
                    self._failed = ours
                raise ours from e

    @contextmanager
    def outside_transactions(self) -> Iterator[Any]:
        """A connection of the driver, for what a database does not do within a transaction."""
        try:
            with self.engine.connect() as connection:
                yield connection.connection.driver_connection
        except self.errors as e:
            raise self.ours(e) from e

    def dispose(self) -> None:
        """Close every connection."""
        self._drop_writer()
        self._drop_reader()
        self.engine.dispose()

    def _drop_writer(self) -> None:
        writer, self._writer = self._writer, None
        self._give_back(writer)

    def _drop_reader(self) -> None:
        reader, self._reader = self._reader, None
        self._give_back(reader)

    def _give_back(self, kept: Transaction | None) -> None:
        """Give its connection back, undone and clean, whatever state an error left it in."""
        if kept is None:
            return
        try:
            kept.raw.rollback()
        except self.errors:  # it is lost, and with it what was not committed
            kept.connection.invalidate()
        kept.connection.close()

    def ours(self, error: BaseException) -> BaseException:
        """The error of a store's user behind one of `errors`, or itself."""
        return self._explain(_driver_error(error)) or error


def _driver_error(error: BaseException) -> BaseException:
    return error.orig if isinstance(error, DBAPIError) and error.orig else error


class Part:
    """What each part of the Store works on."""

    _database: Database
