"""Delivery beside a crawl: a thread that syncs when woken, so that the crawl never waits for the engine."""

from __future__ import annotations

import logging
import threading
import time

from newsspider.config import Config
from newsspider.errors import AnalysisMismatch, ConfigError, StoreError
from newsspider.indexing.follow import Follower
from newsspider.indexing.sync import SyncReport
from newsspider.store import Owner, Store

logger = logging.getLogger(__name__)

RETRY = 0.2  # seconds between two looks while finishing
GRACE = 5.0  # seconds more for a request under way


class IndexWorker:
    """`start` it, `wake` it after a change, `finish` it to wait (at most config.index.wait seconds) for everything stored until then."""

    def __init__(self, store: Store, config: Config, owner: Owner) -> None:
        self._store = store
        self._wait = config.index.wait
        self._follower = Follower(store, config, owner)
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._deadline = float("inf")
        self._target = 0  # the change number to reach
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def finish(self) -> SyncReport:
        """Wait until the changes made so far are searchable, whoever delivers them; blocking, bounded."""
        self._target = self._store.last_change()
        self._deadline = time.monotonic() + self._wait
        self._ending.set()
        self._wake.set()
        self._thread.join(self._wait + GRACE)
        report = self._follower.report
        if self._thread.is_alive():
            report.problem = "the engine did not answer in time"
        reached = self._follower.reached()
        report.pending = self._store.pending(reached) if reached < self._target else 0
        if not report.pending:
            report.problem = ""
        if not self._thread.is_alive():
            self._follower.close()
        return report

    def _run(self) -> None:
        while not self._expired():
            self._wake.wait()
            self._wake.clear()
            try:
                self._follower.deliver(stopped=self._expired)
            except (StoreError, AnalysisMismatch, ConfigError) as e:
                logger.error("indexing stopped, articles wait in the store: %s", e)  # noqa: TRY400 - the message is the whole story
                self._follower.report.problem = str(e)
                return
            if not self._ending.is_set():
                self._ending.wait(self._follower.pause)
            elif self._follower.reached() >= self._target:
                return
            else:
                self._wake.set()  # another process holds the lease, or the engine is away: look again soon
                time.sleep(RETRY)

    def _expired(self) -> bool:
        return time.monotonic() > self._deadline
