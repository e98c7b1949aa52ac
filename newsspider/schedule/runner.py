"""Starts the crawls that are due: once (`crawl --due`) or for good (`schedule run`). On any number of machines; the store decides who has a source."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Container
from dataclasses import dataclass, field

from newsspider import clock
from newsspider.config import Config
from newsspider.errors import NewsspiderError, RunActive, SourceError, StoreError
from newsspider.items import Outcome
from newsspider.planning import Planned, plan
from newsspider.schedule.learning import WINDOW, learned_interval
from newsspider.session import Progress, open_store
from newsspider.sources import Sources, load_sources
from newsspider.spiders.process import Crawled, Crawls
from newsspider.store import Store

logger = logging.getLogger(__name__)

SPREAD = 4  # among so many times as many of those that are due longest is chosen, so that several schedulers seldom reach for the same
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 900.0  # seconds until a source whose run could not go on is tried again; doubled each time


def crawl_due(config: Config, sources: Sources, report: Callable[[Progress], None] = lambda progress: None) -> list[Crawled]:
    """Crawl every source that is due now, some at a time. What another process begins first is left to it."""
    ended: list[Crawled] = []
    with open_store(config) as store:
        now = clock.now()
        waiting = [item for item in plan(store, sources.values(), now) if item.is_due(now)]
        waiting.reverse()
        if not waiting:
            return []
        runner = _Runner(store, Crawls(config, store, report))

        async def one_after_another() -> None:
            while waiting and not runner.crawls.stopped:
                ended.append(await runner.crawl(waiting.pop()))

        async def all_of_them() -> None:
            await asyncio.gather(*(one_after_another() for _ in range(min(config.schedule.sources_at_once, len(waiting)))))

        runner.crawls.run(all_of_them)
        ended += runner.crawls.cut_off()
    return [item for item in ended if not _was_left(item)]


def run_forever(config: Config, ended: Callable[[Crawled], None], report: Callable[[Progress], None] = lambda progress: None) -> None:
    """Crawl what is due, until a signal comes. Changed source files are read again, so that what they say is in force at once."""
    with open_store(config) as store:
        runner = _Runner(store, Crawls(config, store, report))
        running: dict[str, asyncio.Task[None]] = {}

        async def one(item: Planned) -> None:
            try:
                crawled = await runner.crawl(item)
            finally:
                del running[item.source.name]
            if not _was_left(crawled):
                ended(crawled)

        async def look_and_start() -> None:
            sources = _SourceFiles(config)
            while not runner.crawls.stopped:
                for item in runner.due(sources, config.schedule.sources_at_once - len(running), running):
                    running[item.source.name] = asyncio.ensure_future(one(item))
                ending = asyncio.ensure_future(asyncio.sleep(config.schedule.look_every))
                done, _ = await asyncio.wait([ending, *running.values()], return_when=asyncio.FIRST_COMPLETED)
                ending.cancel()
                for task in done:
                    task.result()  # what is no error of ours ends the scheduler, so that it is seen
            await asyncio.gather(*running.values())

        runner.crawls.run(look_and_start)
        for crawled in runner.crawls.cut_off():
            ended(crawled)


def _was_left(crawled: Crawled) -> bool:
    """Whether another process had begun that run first."""
    return isinstance(crawled.problem, RunActive) and crawled.run_id is None


class _SourceFiles:
    """The sources, read again when a file of the operator's has changed; as long as one cannot be read, they are as they were."""

    def __init__(self, config: Config) -> None:
        self._config = config.sources
        self._seen: list[tuple[str, int]] | None = None
        self._sources = Sources()
        self._said = ""

    def read(self) -> Sources:
        """Raises SourceError naming file and line, where they were never read."""
        folder = self._config.folder
        seen = sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.toml")) if folder.is_dir() else []
        if seen == self._seen:
            return self._sources
        try:
            self._sources, self._seen, self._said = load_sources(self._config), seen, ""
        except SourceError as e:
            if self._seen is None:
                raise
            if self._said != str(e):
                logger.error("%s\nuntil this is mended, all sources are crawled as they were before", e)  # noqa: TRY400 - the whole story
            self._said = str(e)
        return self._sources


@dataclass(slots=True)
class _Pause:
    """After a run that could not go on; by the monotonic clock, which nobody sets."""

    seconds: float
    until: float


@dataclass(slots=True)
class _Runner:
    store: Store
    crawls: Crawls
    pauses: dict[str, _Pause] = field(default_factory=dict)
    said: str = ""

    def due(self, sources: _SourceFiles, most: int, running: Container[str]) -> list[Planned]:
        """Up to `most` sources to begin with now. A store or a source file that cannot be read now is told once, and looked at again."""
        if most <= 0:
            return []
        now = clock.now()
        try:
            planned = plan(self.store, sources.read().values(), now)
        except (NewsspiderError, OSError) as e:
            if self.said != str(e):
                logger.error("nothing is started now: %s", e)  # noqa: TRY400 - the message is the whole story
            self.said = str(e)
            return []
        self.said = ""
        due = [item for item in planned if item.is_due(now) and item.source.name not in running and self._may_begin(item.source.name)]
        longest = due[: most * SPREAD]
        return random.sample(longest, min(most, len(longest)))

    def _may_begin(self, source: str) -> bool:
        return source not in self.pauses or time.monotonic() >= self.pauses[source].until

    async def crawl(self, item: Planned) -> Crawled:
        name = item.source.name
        try:
            crawled = await self.crawls.crawl(item.source, after=item.after)
        except Exception as e:  # a fault that one source meets: the others go on
            logger.exception("%s: its crawl broke", name)
            crawled = Crawled(name, problem=NewsspiderError(f"its crawl broke ({type(e).__name__}: {e}); the log tells where"))
        if crawled.problem and not isinstance(crawled.problem, RunActive):
            seconds = min(2 * self.pauses[name].seconds, LONGEST_PAUSE) if name in self.pauses else FIRST_PAUSE
            self.pauses[name] = _Pause(seconds, time.monotonic() + seconds)
        else:
            self.pauses.pop(name, None)
            if crawled.run_id and item.source.schedule.learns:
                self._learn(item, crawled.run_id)
        return crawled

    def _learn(self, item: Planned, run_id: str) -> None:
        """Unless nothing could be read, which says nothing of how often the site publishes."""
        try:
            run = self.store.run(run_id)
            if any(run.discovery.get(outcome) for outcome in (Outcome.NEW, Outcome.UNCHANGED)):
                now = clock.now()
                arrivals = self.store.arrivals(item.source.name, now - WINDOW)
                interval = learned_interval(arrivals, run.started_at, now, *item.source.schedule.limits)
                self.store.set_learned_interval(item.source.name, interval)
        except StoreError as e:  # the interval of before stays
            logger.warning("%s: nothing was learned of its schedule: %s", item.source.name, e)
