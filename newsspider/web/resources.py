"""What the application works with: one store and one engine, opened at its start, or later when they were not there yet."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Generic, Protocol, TypeVar

from newsspider import clock
from newsspider.config import Config
from newsspider.engines import Engine, open_engine
from newsspider.errors import NewsspiderError
from newsspider.search import Query
from newsspider.sources import load_sources
from newsspider.store import SourceDays, Store
from newsspider.web.gaps import Covered, find_gaps

logger = logging.getLogger(__name__)

COVERAGE_SECONDS = 60.0  # how old what is known of the sources' coverage may be
READY_SECONDS = 5.0  # how old an answer of store and engine to a probe may be


class Closing(Protocol):
    def close(self) -> None: ...


T = TypeVar("T", bound=Closing)
V = TypeVar("V")


class Opened(Generic[T]):
    """Something opened once and shared by all threads; while it cannot be, every `get` tries again."""

    def __init__(self, opener: Callable[[], T]) -> None:
        self._opener = opener
        self._opening = threading.Lock()
        self._value: T | None = None

    def get(self) -> T:
        """Raises what opening raises."""
        with self._opening:
            if self._value is None:
                self._value = self._opener()
            return self._value

    @property
    def is_open(self) -> bool:
        return self._value is not None

    def close(self) -> None:
        with self._opening:
            if self._value is not None:
                self._value.close()
                self._value = None


class Recent(Generic[V]):
    """What was found at most so many seconds ago. One thread at a time finds it anew; those that waited for what it could not find fail
    with it, so that an engine that hangs holds each for one time-out, and the next one tries again."""

    def __init__(self, seconds: float, find: Callable[[], V]) -> None:
        self._seconds = seconds
        self._find = find
        self._finding = threading.Lock()
        self._found: tuple[float, V] | None = None
        self._failed: tuple[float, NewsspiderError] | None = None

    def get(self) -> V:
        """Raises what finding raises."""
        asked = time.monotonic()
        with self._finding:
            if self._failed and self._failed[0] >= asked:
                raise self._failed[1]
            if self._found is None or self._found[0] < asked - self._seconds:
                try:
                    self._found = time.monotonic(), self._find()
                except NewsspiderError as e:
                    self._failed = time.monotonic(), e
                    raise
            return self._found[1]


class Resources:
    """Raises SourceError when a source file cannot be read: their titles are shown."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.sources = load_sources(config.sources)
        self.titles = {name: source.title for name, source in self.sources.items()}
        self._store: Opened[Store] = Opened(lambda: Store.open(config.store_url))
        self._engine: Opened[Engine] = Opened(lambda: open_engine(config))
        self._coverage: Recent[Mapping[str, Covered]] = Recent(COVERAGE_SECONDS, self._find_coverage)
        self._ready = Recent(READY_SECONDS, self._ask_both)

    @property
    def store(self) -> Store:
        """Raises StoreError while it cannot be opened."""
        return self._store.get()

    @property
    def store_is_at_hand(self) -> bool:
        """Whether a row can be read from the store without waiting: it is open, and asks neither a network nor a writer."""
        return self._store.is_open and self.store.is_at_hand

    @property
    def engine(self) -> Engine:
        """Raises EngineError or ConfigError while it cannot be opened."""
        return self._engine.get()

    def coverage(self) -> Mapping[str, Covered]:
        """The sources' articles a day and their gaps, at most COVERAGE_SECONDS old. Raises StoreError."""
        return self._coverage.get()

    def require_ready(self) -> None:
        """Raises StoreError or EngineError unless both have answered within READY_SECONDS: however many probes come, they are asked no oftener."""
        self._ready.get()

    def _find_coverage(self) -> Mapping[str, Covered]:
        return {name: _covered(days) for name, days in self.store.coverage().items()}

    def _ask_both(self) -> None:
        self.store.last_change()
        self.engine.search(Query(limit=1))

    def open(self) -> None:
        """Open both now. What cannot be opened is logged, and tried again when it is asked for."""
        for one in (self._store, self._engine):
            try:
                one.get()
            except NewsspiderError as e:
                logger.warning("not there yet: %s", e)

    def close(self) -> None:
        self._engine.close()
        self._store.close()


def _covered(source: SourceDays) -> Covered:
    return Covered(source.days, find_gaps(source.days, clock.now().date()), source.undated)
