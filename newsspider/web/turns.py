"""How many searches may be under way at once, and the threads they run in."""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop, Future
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")
Work = tuple[Callable[..., Any], tuple[object, ...], "Future[Any]", AbstractEventLoop]


class Turns:
    """Turns at the engine, `most` at a time; `async with` holds one."""

    def __init__(self, most: int) -> None:
        self._most = asyncio.Semaphore(most)
        self._given: SimpleQueue[Work | None] = SimpleQueue()
        self._threads = [Thread(target=self._serve, name=f"search-{number}", daemon=True) for number in range(most)]
        self.taken = 0

    async def __aenter__(self) -> None:
        await self._most.acquire()
        self.taken += 1

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.taken -= 1
        self._most.release()

    async def run(self, work: Callable[..., T], *given: object) -> T:
        """What `work` gives, in a turn and a thread of its own. An executor's way there and back takes twice as long, anyio's four times."""
        async with self:
            loop = asyncio.get_running_loop()
            result: Future[T] = loop.create_future()
            self._given.put((work, given, result, loop))
            return await result

    def open(self) -> None:
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Wait for the end of what is under way."""
        for _ in self._threads:
            self._given.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        while taken := self._given.get():
            work, given, result, loop = taken
            try:
                done = work(*given)
            except BaseException as e:  # noqa: BLE001 - raised by whoever waits
                loop.call_soon_threadsafe(_end, result, result.set_exception, e)
            else:
                loop.call_soon_threadsafe(_end, result, result.set_result, done)


def _end(result: Future[T], end: Callable[[Any], None], value: object) -> None:
    if not result.cancelled():  # nobody waits any more
        end(value)
