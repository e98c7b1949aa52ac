"""How many searches may be under way at once, and the threads they run in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

T = TypeVar("T")


class Turns:
    """Turns at the engine, `most` at a time; `async with` holds one."""

    def __init__(self, most: int) -> None:
        self._most = asyncio.Semaphore(most)
        self._threads = ThreadPoolExecutor(most, "search")
        self.taken = 0

    async def __aenter__(self) -> None:
        await self._most.acquire()
        self.taken += 1

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.taken -= 1
        self._most.release()

    async def run(self, work: Callable[..., T], *given: object) -> T:
        """What `work` gives, in a turn and a thread of its own. anyio's way to a thread takes twice as long."""
        async with self:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)

    def close(self) -> None:
        """What is under way comes to its end."""
        self._threads.shutdown(wait=False)
