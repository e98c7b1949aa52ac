"""Turns at the engine: how many at once, and what becomes of what is done in them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from newsspider.web.turns import Turns


def in_turns(most: int, ask: Callable[[Turns], Awaitable[None]]) -> None:
    """Ask within an event loop that takes any error that nobody waits for as a failure."""
    unawaited: list[object] = []

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: unawaited.append(context))
        turns = Turns(most)
        turns.open()
        try:
            await ask(turns)
        finally:
            await asyncio.to_thread(turns.close)

    with ThreadPoolExecutor(1) as thread:  # in the tests' own one, a browser's loop may be running
        thread.submit(asyncio.run, run(), debug=True).result()
    assert not unawaited


def test_what_the_work_gives_or_raises_is_the_callers() -> None:
    async def ask(turns: Turns) -> None:
        assert await turns.run(divmod, 7, 2) == (3, 1)
        with pytest.raises(ZeroDivisionError):
            await turns.run(divmod, 7, 0)
        assert await turns.run(threading.current_thread) is not threading.current_thread()
        assert turns.taken == 0

    in_turns(1, ask)


def test_only_so_many_are_at_work_at_once_whatever_is_asked_for() -> None:
    at_work, most_at_work = 0, 0
    both_there, lock = threading.Barrier(2), threading.Lock()

    def work() -> None:
        nonlocal at_work, most_at_work
        with lock:
            at_work += 1
            most_at_work = max(most_at_work, at_work)
        both_there.wait(60)  # so that two are at work at once
        with lock:
            at_work -= 1

    async def ask(turns: Turns) -> None:
        await asyncio.gather(*(turns.run(work) for _ in range(10)))

    in_turns(2, ask)
    assert most_at_work == 2


def test_a_caller_that_waits_no_more_leaves_its_thread_to_the_next() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        assert go_on.wait(60)

    async def ask(turns: Turns) -> None:
        waiting = asyncio.create_task(turns.run(work))
        await asyncio.to_thread(begun.wait, 60)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        after = asyncio.create_task(turns.run(str, 1))
        go_on.set()
        assert await after == "1"

    in_turns(1, ask)


def test_what_is_under_way_comes_to_its_end_before_the_turns_close() -> None:
    begun, go_on, done = threading.Event(), threading.Event(), []

    def work() -> None:
        begun.set()
        assert go_on.wait(60)
        done.append(True)

    async def ask(turns: Turns) -> None:
        waiting = asyncio.create_task(turns.run(work))
        await asyncio.to_thread(begun.wait, 60)
        closing = asyncio.create_task(asyncio.to_thread(turns.close))
        go_on.set()
        await closing
        assert done == [True]
        await waiting

    in_turns(1, ask)
