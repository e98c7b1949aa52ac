"""Delivery beside a crawl: a thread that syncs when woken, so that the crawl never waits for the engine."""

from __future__ import annotations

import logging
import threading
import time

from newsspider.config import Config
from newsspider.engines import Engine, open_engine
from newsspider.errors import AnalysisMismatch, ConfigError, EngineError, StoreError
from newsspider.indexing.sync import SyncReport, sync
from newsspider.store import Owner, Store

logger = logging.getLogger(__name__)

RETRY = 0.2  # seconds between two looks while finishing
GRACE = 5.0  # seconds more for a request under way


class IndexWorker:
    """`start` it, `wake` it after a change, `finish` it to wait (at most config.index.wait seconds) for everything stored until then."""

    def __init__(self, store: Store, config: Config, owner: Owner) -> None:
        self._store = store
        self._config = config
        self._owner = owner
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._deadline = float("inf")
        self._target = 0  # the change number to reach
        self._engine: Engine | None = None
        self._report = SyncReport()
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def finish(self) -> SyncReport:
        """Wait until the changes made so far are searchable, whoever delivers them; blocking, bounded."""
        self._target = self._store.last_change()
        self._deadline = time.monotonic() + self._config.index.wait
        self._ending.set()
        self._wake.set()
        self._thread.join(self._config.index.wait + GRACE)
        if self._thread.is_alive():
            self._report.problem = "the engine did not answer in time"
        reached = self._reached()
        self._report.pending = self._store.pending(reached) if reached < self._target else 0
        if not self._report.pending:
            self._report.problem = ""
        if self._engine and not self._thread.is_alive():
            self._engine.close()
        return self._report

    def _run(self) -> None:
        while not self._expired():
            self._wake.wait()
            self._wake.clear()
            try:
                self._deliver()
            except (StoreError, AnalysisMismatch) as e:  # waiting does not mend these
                logger.error("indexing stopped, articles wait in the store: %s", e)  # noqa: TRY400 - the message is the whole story
                self._report.problem = str(e)
                return
            except (EngineError, ConfigError) as e:
                if self._report.problem != str(e):
                    logger.warning("nothing is indexed now, articles wait in the store: %s", e)
                self._report.problem = str(e)
            if not self._ending.is_set():
                self._ending.wait(self._config.index.interval)
            elif self._reached() >= self._target:
                return
            else:
                self._wake.set()  # another process holds the lease, or the engine is away: look again soon
                time.sleep(RETRY)

    def _deliver(self) -> None:
        if self._engine is None or not any(index.current and index.index_id == self._engine.index_id for index in self._engine.indexes()):
            if self._engine:
                self._engine.close()
            self._engine = open_engine(self._config)  # the first time, or when a rebuild has promoted another index
        self._report += sync(self._store, self._engine, self._owner, self._config.index, stopped=self._expired)

    def _reached(self) -> int:
        try:
            return self._store.checkpoint(self._engine.index_id) if self._engine else 0
        except EngineError:
            return 0  # an engine that has never been reached: nothing is known to be in it

    def _expired(self) -> bool:
        return time.monotonic() > self._deadline
