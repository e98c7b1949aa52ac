"""Pages are read in processes of their own: the crawl goes on meanwhile, and a page that takes too long, or ends its process, is given up."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from typing import Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from newsspider.extract.article import extract_page
from newsspider.extract.page import Extraction, Hints, Page

MOST = 4  # more than one crawl's loop can keep busy
MEMORY = 1 << 30  # bytes that a process may take: some pages of few kilobytes would take gibibytes

Extract = Callable[[Page, Hints], Extraction]
T = TypeVar("T")


class NotRead(Exception):
    """A page on which reading fails by itself, whatever reads it; `reason` is a word of docs/outcomes.md."""

    reason: str


class ExtractTimeout(NotRead):
    """The page was not read within the time that one may take."""

    reason = "extract_timeout"


class ExtractCrash(NotRead):
    """The process that read the page ended, and so did another that tried again; or reading needs more memory than a process may take."""

    reason = "extract_crash"


class Workers:
    """A pool of processes that read pages. `timeout` is in seconds of wall-clock time for one page, waiting not counted.

    The processes are started when the first page comes, ignore Ctrl-C, and end with this object or with the process that made it.
    """

    def __init__(self, count: int, timeout: float, extract: Extract = extract_page) -> None:
        self._count = count or min(MOST, max(1, (os.cpu_count() or 2) - 1))
        self._pool = _pool(self._count)
        self._closed = False
        self._timeout = timeout
        self._extract = extract

    async def extract(self, page: Page, hints: Hints) -> Extraction:
        """What `extract_page` makes of the page. Raises NotRead, and whatever it raises."""
        return await self.read(page.url, partial(self._extract, page, hints))

    def extract_now(self, page: Page, hints: Hints) -> Extraction:
        """The same, for callers that have nothing else to do."""
        return asyncio.run(self.extract(page, hints))

    async def read(self, url: str, reading: Callable[[], T], *, times: int = 1) -> T:
        """What `reading` makes of the page at `url`, in up to so many `times` the time of one page. Raises NotRead, and whatever it raises."""
        seconds = times * self._timeout
        with _telling(url, seconds):
            try:
                return await asyncio.wrap_future(self._begin(reading, seconds))
            except (BrokenProcessPool, ProcessExpired):  # killed while the page waited, or while it was read: perhaps for something else
                return await asyncio.wrap_future(self._begin(reading, seconds))

    def read_now(self, url: str, reading: Callable[[], T], *, times: int = 1) -> T:
        """The same, for callers that have nothing else to do."""
        return asyncio.run(self.read(url, reading, times=times))

    def _begin(self, reading: Callable[[], T], seconds: float) -> Future[T]:
        if not self._closed and not self._pool.active:  # a process that is killed while it reads nothing takes pebble's whole pool with it
            _end(self._pool)
            self._pool = _pool(self._count)
        future: Future[T] = self._pool.schedule(_bounded, args=[reading, 2 * seconds], timeout=seconds)
        return future

    def close(self) -> None:
        """End the processes; pages that are still with them are given up."""
        self._closed = True
        _end(self._pool)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _pool(count: int) -> ProcessPool:
    context = multiprocessing.get_context("forkserver")  # the crawl's process has threads and connections that no fork may inherit
    context.set_forkserver_preload(["newsspider.extract"])
    return ProcessPool(count, context=context, initializer=_prepare)


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


@contextmanager
def _telling(url: str, seconds: float) -> Iterator[None]:
    try:
        yield
    except TimeoutError as e:
        raise ExtractTimeout(f"{url}: not read within {seconds:g} s") from e
    except (BrokenProcessPool, ProcessExpired) as e:
        raise ExtractCrash(f"{url}: two processes ended while they read it") from e
    except MemoryError as e:
        raise ExtractCrash(f"{url}: reading it needs more than {MEMORY >> 20} MiB") from e


def _bounded(reading: Callable[[], T], at_most: float) -> T:
    """Ends the process after `at_most` seconds: the crawl that would give the page up may have been killed. The kernel does it, whatever holds the GIL."""
    signal.setitimer(signal.ITIMER_REAL, at_most)
    try:
        return reading()
    except MemoryError:
        pass  # the error itself would hold on to all that was made of the page
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    gc.collect()
    raise MemoryError


def _prepare() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all processes; ending is the crawl's business
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most), most))
