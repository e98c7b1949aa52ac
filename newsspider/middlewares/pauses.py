"""When each host is asked: one request after the other, none while it rests; and nothing waits on when the run stops."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request
from scrapy.utils.asyncio import create_looping_call
from twisted.python.failure import Failure

from newsspider import clock
from newsspider.middlewares.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy import Spider
    from scrapy.core.downloader import Slot

    from newsspider.store import Store, Turn

LOOK_SECONDS = 1.0  # how soon a stopped run is noticed
LONGEST_TURN = 10.0  # seconds until a turn that a request waits for on its way out; for a later one, it is sent back
SHORTEST_GAP = 0.05  # seconds; a site that may be asked faster needs no turns
UNANSWERED = 5.0  # seconds that others leave to a request until its answer, besides the gap: on a busy machine it may reach the site late


@dataclass(slots=True, frozen=True)
class _Pause:
    until: float  # of the monotonic clock
    next_try: datetime
    waited: bool  # False: too long for this run


class _SentBack(Exception):
    """Takes a request out of a paused host's queue; it is scheduled again."""


class Pauses:
    """Knows which hosts (downloader slots) rest. Their requests wait, or end with `retry_after` where the pause is longer than a run waits.

    Where the spider has a store, rests and turns stand there: whoever else crawls a host, in any process on any machine, keeps to them, and so
    does whoever goes on when this process is killed.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._longest: float = crawler.settings["NEWSSPIDER_CONFIG"].crawl.retry_after_wait
        self._pauses: dict[str, _Pause] = {}
        self._store: Store | None = None
        self._met: set[str] = set()
        self._turns: dict[str, Turn] = {}  # of requests under way, where a host is asked one at a time
        self._watch = create_looping_call(self._look)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        self = cls(crawler)
        crawler.signals.connect(self._spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self._spider_closed, signal=signals.spider_closed)
        return self

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """The one of a crawl under way."""
        pauses = crawler.get_downloader_middleware(cls)
        if pauses is None:
            raise RuntimeError("the Pauses middleware is not enabled; newsspider.settings does it")
        return pauses

    def pause(self, slot_key: str, seconds: float) -> None:
        """Send no further request of the slot for `seconds`, nor those that are queued already; a longer pause is not shortened."""
        if self._store:
            self._store.rest(slot_key, seconds)
        self._pause_here(slot_key, seconds)

    def _pause_here(self, slot_key: str, seconds: float) -> None:
        before = self._pauses.get(slot_key)
        until = monotonic() + seconds
        if before is None or before.until < until:
            self._pauses[slot_key] = _Pause(until, clock.now() + timedelta(seconds=seconds), seconds <= self._longest)
        if slot := self._crawler.engine.downloader.slots.get(slot_key):
            _empty(slot, lambda request: _SentBack())

    def rests(self, slot_key: str) -> bool:
        return self._left(slot_key) > 0

    def waits(self, slot_key: str) -> bool:
        """True when the slot rests and the run waits for it."""
        return self.rests(slot_key) and self._pauses[slot_key].waited

    def check(self, request: Request) -> None:
        """Raises Refused when the request's host rests for longer than a run waits."""
        key = self._crawler.engine.downloader.get_slot_key(request)
        if self.rests(key) and not self.waits(key):
            at = self._pauses[key].next_try
            raise Refused("retry_after", f"{request.url}: the site asks to come again after {at:%Y-%m-%d %H:%M:%S} UTC", at)

    async def process_request(self, request: Request) -> None:
        self.check(request)
        key = self._crawler.engine.downloader.get_slot_key(request)
        while (seconds := self._left(key)) > 0:
            await self._wait(request, seconds)

    async def turn(self, request: Request) -> None:
        """Return when the request is to be sent, at once; a request whose host rests goes back to the scheduler."""
        key = request.meta["download_slot"]
        while True:
            if self.rests(key):
                raise _SentBack
            seconds = self._take_turn(key)
            if not seconds:
                return
            if seconds > LONGEST_TURN:
                self._pause_here(key, seconds)
            else:
                await self._wait(request, seconds)

    def _take_turn(self, slot_key: str) -> float:
        """Take the host's turn in the store; in how many seconds to ask again, 0 where it was taken or none is needed."""
        slot = self._crawler.engine.downloader.slots[slot_key]
        if not self._store or (slot.delay < SHORTEST_GAP and slot_key in self._met):
            return 0.0
        gap = slot.delay + UNANSWERED if slot.concurrency == 1 else slot.delay
        turn = self._store.next_turn(slot_key, gap)
        if slot.concurrency == 1 and not turn.wait:
            self._turns[slot_key] = turn
        # Another's request may be answered soon: whoever asks again a gap later is never behind it.
        return turn.wait if turn.wait > gap else min(turn.wait, max(slot.delay, SHORTEST_GAP))

    def answered(self, request: Request) -> None:
        """Where a host is asked one at a time, the gap counts from its answer: when a request reached it is not known here, and may be late."""
        key = request.meta["download_slot"]
        self._met.add(key)
        slot = self._crawler.engine.downloader.slots[key]
        if slot.concurrency == 1:
            slot.lastseen = monotonic()
        if self._store and (turn := self._turns.pop(key, None)):
            self._store.answered(key, turn, slot.delay)

    async def _wait(self, request: Request, seconds: float) -> None:
        """Part of the seconds, so that a stopped run is noticed."""
        if self._stopping():
            raise _stopped(request)
        await asyncio.sleep(min(seconds, LOOK_SECONDS))

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        return request.replace(dont_filter=True) if isinstance(exception, _SentBack) else None

    def _left(self, slot_key: str) -> float:
        pause = self._pauses.get(slot_key)
        return pause.until - monotonic() if pause else 0.0

    def _spider_opened(self, spider: Spider) -> None:
        session = getattr(spider, "session", None)  # a spider of others has none
        self._store = session.store if session else None
        self._watch.start(LOOK_SECONDS, now=False)

    def _spider_closed(self) -> None:
        self._store = None
        self._watch.stop()

    def _look(self) -> None:
        """Scrapy ends a run when the last queued request is through, at one a delay, which is too late for a stop; and it does not know when a
        host has rested."""
        engine = self._crawler.engine
        if self._stopping():
            for slot in engine.downloader.slots.values():
                _empty(slot, _stopped)
        elif engine._slot and self._pauses:
            engine._slot.nextcall.schedule()

    def _stopping(self) -> bool:
        engine = self._crawler.engine
        return not engine.running or (engine._slot is not None and engine._slot.closing is not None)


def _stopped(request: Request) -> Refused:
    return Refused("stopped", f"{request.url}: the run ended first")


def _empty(slot: Slot, error: Callable[[Request], Exception]) -> None:
    """End all requests of the slot that are not being sent."""
    waiting = list(slot.queue)
    slot.queue.clear()
    for request, result in waiting:
        result.errback(Failure(error(request)))  # type: ignore[no-untyped-call]
