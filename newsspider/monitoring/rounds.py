"""What is done over and over: sources watched, what is old dropped, saved searches evaluated, messages sent. Once, or beside the scheduler."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Self

from newsspider import alerts
from newsspider.config import Config
from newsspider.engines import Engine, open_engine
from newsspider.errors import NewsspiderError
from newsspider.monitoring import retention, watch
from newsspider.sources import load_sources
from newsspider.store import Owner, Store

logger = logging.getLogger(__name__)


def one_round(store: Store, engine: Engine, config: Config, owner: Owner, stopped: Callable[[], bool] = lambda: False) -> alerts.Round:
    """Raises StoreError, and SourceError for a source file that cannot be read. Sources are watched by one process in EVERY."""
    if store.take_turn("watch", watch.EVERY):
        watch.watch(store, load_sources(config.sources).values())
    watch.tell(store, config)
    if store.take_turn("retention", retention.EVERY):
        retention.prune(store, config)
    return alerts.run(store, engine, config, owner, stopped)


class Rounds:
    """A thread that makes a round every `[alerts] every` seconds while its block lasts. What goes wrong is logged, and tried again."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._ending = threading.Event()
        self._said: list[str] = []
        self._thread = threading.Thread(target=self._run, name="rounds")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ending.wait(self._config.alerts.every):
            try:
                with Store.open(self._config.store_url) as store:
                    engine = open_engine(self._config)
                    try:
                        problems = one_round(store, engine, self._config, Owner.current(), self._ending.is_set).problems
                    finally:
                        engine.close()
            except NewsspiderError as e:
                problems = [str(e)]
            except Exception:  # of one round: the thread must not end unseen while the scheduler goes on
                logger.exception("alerts: a round failed; the next one tries again")
                problems = []
            for problem in problems:
                if problem not in self._said:
                    logger.warning("alerts: %s", problem)
            self._said = problems
