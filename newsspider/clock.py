"""The one clock. Everything that asks for the time asks here, so that tests and replays can set it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

SANE = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2039, 1, 1, tzinfo=UTC))


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _source()


@contextmanager
def fixed(moment: datetime | Callable[[], datetime]) -> Iterator[None]:
    """Within the block, `now()` is `moment` (aware) or whatever the callable gives."""
    global _source  # noqa: PLW0603 - the one injectable clock, for all threads
    before = _source
    _source = moment if callable(moment) else lambda: moment.astimezone(UTC)
    try:
        yield
    finally:
        _source = before


def is_sane(moment: datetime) -> bool:
    """Whether a clock that says so can be right."""
    return SANE[0] <= moment < SANE[1]
