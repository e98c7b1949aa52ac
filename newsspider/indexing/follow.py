"""Deliveries one after another, to whichever index is current."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable

from newsspider.config import Config
from newsspider.engines import Engine, open_engine
from newsspider.errors import AnalysisMismatch, EngineError
from newsspider.indexing.sync import TAKEN, SyncReport, sync
from newsspider.store import Owner, Store
from newsspider.text.amounts import amount

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds after a failure, and after many in a row


class Follower:
    """`deliver`, then wait for `pause` seconds, and again. A problem is said once, however often it is met, and so is its end. For one thread."""

    def __init__(self, store: Store, config: Config, owner: Owner) -> None:
        self.report = SyncReport()  # of all deliveries; pending and problem as of the last one
        self._store = store
        self._config = config
        self._owner = owner
        self._engine: Engine | None = None
        self._failures = 0

    @property
    def pause(self) -> float:
        """Seconds until the next delivery: after failures twice as many each time, from 1 to 60, less up to half so that several writers part."""
        if not self._failures:
            return self._config.index.interval
        return min(FIRST_PAUSE * 2.0 ** (self._failures - 1), LONGEST_PAUSE) * random.uniform(0.5, 1)  # noqa: S311 - protects nothing

    def deliver(
        self, *, progress: Callable[[SyncReport], None] = lambda report: None, stopped: Callable[[], bool] = lambda: False
    ) -> SyncReport:
        """One `sync`. Raises AnalysisMismatch, ConfigError and StoreError: waiting does not mend these."""
        try:
            done = sync(self._store, self._current(), self._owner, self._config.index, progress=progress, stopped=stopped)
        except AnalysisMismatch:
            raise
        except EngineError as e:
            done = SyncReport(pending=self.report.pending or self._store.pending(0), problem=str(e), kind=type(e).__name__)
        self._tell(done)
        self.report += done
        return done

    def reached(self) -> int:
        """Up to which change the current index is complete; 0 for one that was never reached."""
        try:
            return self._store.checkpoint(self._engine.index_id) if self._engine else 0
        except EngineError:
            return 0

    def close(self) -> None:
        if self._engine:
            self._engine.close()

    def _current(self) -> Engine:
        if self._engine and not self._engine.is_current():  # a rebuild has promoted another
            self._engine.close()
            self._engine = None
        self._engine = self._engine or open_engine(self._config)
        return self._engine

    def _tell(self, done: SyncReport) -> None:
        if done.kind == TAKEN:  # by another that delivers: nothing is wrong
            return
        if done.problem and done.kind != self.report.kind:
            logger.warning("nothing is indexed now, %s waiting in the store: %s", amount(done.pending, "change"), done.problem)
        elif self._failures and not done.problem:
            logger.warning("indexing goes on")
        self._failures = self._failures + 1 if done.problem else 0
