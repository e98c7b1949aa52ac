"""Limits on how often: token buckets, each key its own."""

from __future__ import annotations

import threading
import time
from math import ceil

MAX_KEYS = 10_000


class Limit:
    """At most `burst` at once, and `per_second` in the long run."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._full_at: dict[str, float] = {}  # when, on the monotonic clock, a key's bucket is full again
        self._lock = threading.Lock()

    def take(self, key: str) -> int:
        """Whole seconds to wait before trying again; 0: it was counted and may be done."""
        with self._lock:
            wait = self._wait(key)
            if not wait:
                self._count(key)
            return wait

    def wait(self, key: str) -> int:
        """The same, without counting."""
        with self._lock:
            return self._wait(key)

    def count(self, key: str) -> None:
        """Count one, whatever the limit says."""
        with self._lock:
            self._count(key)

    def _wait(self, key: str) -> int:
        owed = self._full_at.get(key, 0.0) - time.monotonic() - (self._burst - 1) / self._per_second
        return max(0, ceil(owed - 1e-6))

    def _count(self, key: str) -> None:
        now = time.monotonic()
        if len(self._full_at) >= MAX_KEYS:
            self._full_at = {known: full for known, full in self._full_at.items() if full > now}
        self._full_at[key] = min(max(self._full_at.get(key, 0.0), now) + 1 / self._per_second, now + self._burst / self._per_second)
