"""Delivery beside a crawl: a thread that syncs when woken, so that the crawl never waits for the engine."""

from __future__ import annotations

import logging
import threading
import time

from newsspider.config import Config
from newsspider.engines import Engine, open_engine
from newsspider.errors import EngineError
from newsspider.indexing.sync import SyncReport, sync
from newsspider.store import Owner, Store

logger = logging.getLogger(__name__)


class IndexWorker:
    """`start` it, `wake` it after a change, `finish` it to wait (at most config.index.wait seconds) for everything stored until then."""

    def __init__(self, store: Store, config: Config, owner: Owner) -> None:
        self._store = store
        self._config = config
        self._owner = owner
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._deadline = float("inf")
        self._target = 0
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
        self._thread.join(self._config.index.wait + 5)
        if self._thread.is_alive():
            self._report.problem = "the engine did not answer in time"
        return self._report

    def _run(self) -> None:
        try:
            engine = open_engine(self._config)
        except EngineError as e:
            self._report = SyncReport(pending=self._store.pending(0), problem=str(e))
            logger.error("nothing is indexed: %s", e)  # noqa: TRY400 - the message is the whole story
            return
        try:
            self._serve(engine)
        except Exception:
            # The crawl goes on: the changes stay in the feed.
            logger.exception("indexing stopped; `newsspider index sync` delivers what is pending")
            self._report.problem = "indexing stopped by an error, see the log"
            self._report.pending = self._store.pending(self._store.checkpoint(engine.index_id))
        finally:
            engine.close()

    def _serve(self, engine: Engine) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            self._report += sync(self._store, engine, self._owner, self._config.index, stopped=self._expired)
            if self._ending.is_set():
                if self._store.checkpoint(engine.index_id) >= self._target:
                    self._report.pending, self._report.problem = 0, ""
                    return
                if self._expired():
                    return
                self._wake.set()  # another process holds the lease, or the engine is away: look again soon
                time.sleep(0.2)
            else:
                self._ending.wait(self._config.index.interval)

    def _expired(self) -> bool:
        return time.monotonic() > self._deadline
