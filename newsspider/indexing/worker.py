"""Delivery beside crawls: a thread that syncs when woken, so that no crawl ever waits for the engine."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from typing import Self

from newsspider.config import Config
from newsspider.errors import AnalysisMismatch, ConfigError, StoreError
from newsspider.indexing.follow import Follower
from newsspider.indexing.sync import TAKEN, SyncReport
from newsspider.store import Owner, Store
from newsspider.text.amounts import amount

logger = logging.getLogger(__name__)

LOOK = 0.1  # seconds between two looks at what the other thread has done
PATIENCE = 2.0  # seconds that a crawl's end waits before it says so; less where a problem is known
GRACE = 5.0  # seconds for a request under way when all crawls have ended


class IndexWorker:
    """One for all crawls of a process, while its block lasts: `wake` it after a change, `finished` awaits what was stored until then."""

    def __init__(self, store: Store, config: Config, owner: Owner) -> None:
        self._store = store
        self._wait = config.index.wait
        self._follower = Follower(store, config, owner)
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._target = 0  # the highest change number that a crawl which has ended waits for
        self._waiting = 0  # such crawls
        self._reached = 0
        self._broken = ""  # by what waiting does not mend
        self._told = False  # that crawls wait, since one last did not have to
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._closing.set()
        self._wake.set()
        self._thread.join(GRACE)
        if not self._thread.is_alive():
            self._follower.close()

    @property
    def delivered(self) -> SyncReport:
        """All that the process has delivered."""
        return self._follower.report

    def wake(self) -> None:
        self._wake.set()

    async def finished(self) -> SyncReport:
        """Wait until the changes made so far are searchable, whoever delivers them, at most config.index.wait seconds; what is pending then.

        A wait of which somebody would wonder is logged, once for all crawls that meet the same trouble.
        """
        target, deadline = self._store.last_change(), time.monotonic() + self._wait
        self._target = max(self._target, target)
        self._waiting += 1
        try:
            while self._reached < target and not self._broken and time.monotonic() < deadline:
                self._wake.set()
                self._tell(deadline - time.monotonic())
                await asyncio.sleep(LOOK)
        finally:
            self._waiting -= 1
        pending = self._store.pending(self._reached) if self._reached < target else 0
        if not pending:
            self._told = False
            return SyncReport()
        problem = self._broken or self._follower.report.problem or "the engine did not answer in time"
        return SyncReport(pending=pending, problem=problem)

    def _tell(self, left: float) -> None:
        report = self._follower.report
        known = bool(report.problem) and report.kind != TAKEN
        if self._told or not (known or left < self._wait - PATIENCE):
            return
        self._told = True
        logger.warning(
            "%s safe in the store, but not searchable yet: %s; waiting for the index, at most %.0f s more",
            amount(self._store.pending(self._reached), "change"), report.problem or "it has not taken them so far", left,
        )  # fmt: skip

    def _run(self) -> None:
        while self._wake.wait() and not self._closing.is_set():
            self._wake.clear()
            try:
                self._follower.deliver(stopped=self._closing.is_set)
                self._reached = self._follower.reached()
                self._broken = ""
            except (StoreError, AnalysisMismatch, ConfigError) as e:  # the next crawl tries again: somebody may have mended it
                if str(e) != self._broken:
                    logger.error("nothing is indexed now, articles wait in the store: %s", e)  # noqa: TRY400 - the message is the whole story
                self._broken = str(e)
            except Exception as e:  # of one delivery: the thread must not end unseen while crawls go on
                if str(e) != self._broken:
                    logger.exception("nothing is indexed now, articles wait in the store")
                self._broken = str(e)
            self._rest()

    def _rest(self) -> None:
        """Between two deliveries; a short one while a crawl waits: another process holds the lease, or the engine is away."""
        until = time.monotonic() + self._follower.pause
        while not self._closing.is_set() and time.monotonic() < until:
            self._closing.wait(LOOK)
            if self._waiting and self._reached < self._target:
                return
