"""Extraction in processes of its own: the crawl goes on meanwhile, and a page that takes too long is given up with its process."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Self

from pebble import ProcessPool

from newsspider.extract.article import extract_page
from newsspider.extract.page import Extraction, Hints, Page

MOST = 4  # more than one crawl's loop can keep busy

Extract = Callable[[Page, Hints], Extraction]


class ExtractTimeout(Exception):
    """A page was not read within the time that one may take."""


class Workers:
    """A pool of processes that read pages. `timeout` is in seconds of wall-clock time for one page, waiting not counted.

    The processes are started when the first page comes, ignore Ctrl-C, and end with this object or with the process that made it.
    """

    def __init__(self, count: int, timeout: float, extract: Extract = extract_page) -> None:
        context = multiprocessing.get_context("forkserver")  # the crawl's process has threads and connections that no fork may inherit
        context.set_forkserver_preload(["newsspider.extract"])
        self._pool = ProcessPool(count or min(MOST, max(1, (os.cpu_count() or 2) - 1)), context=context, initializer=_ignore_interrupts)
        self._timeout = timeout
        self._extract = extract

    async def extract(self, page: Page, hints: Hints) -> Extraction:
        """What `extract_page` makes of the page. Raises ExtractTimeout, and whatever it raises."""
        with self._telling(page):
            return await asyncio.wrap_future(self._begin(page, hints))

    def extract_now(self, page: Page, hints: Hints) -> Extraction:
        """The same, for callers that have nothing else to do."""
        with self._telling(page):
            return self._begin(page, hints).result()

    def _begin(self, page: Page, hints: Hints) -> Future[Extraction]:
        future: Future[Extraction] = self._pool.schedule(_read, args=[self._extract, 2 * self._timeout, page, hints], timeout=self._timeout)
        return future

    @contextmanager
    def _telling(self, page: Page) -> Iterator[None]:
        try:
            yield
        except TimeoutError as e:
            raise ExtractTimeout(f"{page.url}: not read within {self._timeout:g} s") from e

    def close(self) -> None:
        """End the processes; pages that are still with them are given up."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _read(extract: Extract, at_most: float, page: Page, hints: Hints) -> Extraction:
    """Ends the process after `at_most` seconds: the crawl that would give the page up may have been killed. The kernel does it, whatever holds the GIL."""
    signal.setitimer(signal.ITIMER_REAL, at_most)
    try:
        return extract(page, hints)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all processes; ending is the crawl's business
