"""Crawls given addresses in a process of its own with the real settings, and tells how each request ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EXTENSIONS = {
    "scrapy.extensions.memusage.MemoryUsage": None,
    "newsspider.extensions.memory.PresentMemory": 200,
}  # the real ones but the ledger


@dataclass(frozen=True)
class Probed:
    """`endings` by requested address: `status`, `final`, `length` of a response, or `outcome`, `reason`, `next_try` of what brought none."""

    endings: dict[str, dict[str, Any]]
    grown_mib: float  # peak memory beyond what it was before the first request
    stats: dict[str, Any]
    log: str

    def reason(self, url: str) -> str:
        return str(self.endings[url].get("reason", self.endings[url].get("status")))


def probe(
    urls: Sequence[str],
    *,
    hosts: Mapping[str, str] | None = None,
    allow: Sequence[str] = ("127.0.0.2/32",),
    crawl: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    accepts: Sequence[str] | None = None,
    meta: Mapping[str, Any] | None = None,
    stop_after: int = 0,
    runner: bool = False,
    environ: Mapping[str, str] | None = None,
) -> Probed:
    """`accepts` are the hosts of the source (None: all); after `stop_after` responses the spider is closed; `runner` starts it without the guard."""
    job = {
        "urls": list(urls),
        "config": {
            "net": {"hosts": dict(hosts or {}), "allow_networks": list(allow)},
            "crawl": {
                "delay": 0,
                "autothrottle": False,
                "timeout": 30,
                "retries": 1,
                "respect_robots": False,
                "max_page_bytes": 1 << 20,
                **(crawl or {}),
            },
            "log": {"level": "INFO"},
        },
        "settings": {"EXTENSIONS": EXTENSIONS, "ITEM_PIPELINES": {}, "SPIDER_MODULES": [], **(settings or {})},
        "accepts": accepts,
        "meta": dict(meta or {}),
        "stop_after": stop_after,
        "runner": runner,
    }
    done = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, **(environ or {})},
        check=False,
    )
    if done.returncode:
        raise AssertionError(done.stderr)
    return Probed(**json.loads(done.stdout), log=done.stderr)


def _peak_mib() -> float:
    """Of this process alone; ru_maxrss would begin with that of the process that started it."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> None:
    import asyncio

    from scrapy import Request, Spider
    from scrapy.crawler import AsyncCrawlerProcess, AsyncCrawlerRunner
    from scrapy.settings import Settings
    from scrapy.utils.reactor import install_reactor

    from newsspider.config import Config
    from newsspider.middlewares.failures import reason_of
    from newsspider.settings import scrapy_settings

    job = json.load(sys.stdin)
    endings: dict[str, Any] = {}
    twice: list[str] = []
    before = 0.0

    def ended(url: str, **how: Any) -> None:
        if url in endings:
            twice.append(url)
        endings[url] = how

    class ProbeSpider(Spider):
        name = "probe"

        async def start(self) -> Any:
            nonlocal before
            before = _peak_mib()
            for url in job["urls"]:
                yield Request(url, self.parse, errback=self.failed, meta={"asked": url, **job["meta"]})

        if job["accepts"] is not None:

            def accepts_host(self, host: str) -> bool:
                return host in job["accepts"]

        async def parse(self, response: Any) -> None:
            ended(response.meta["asked"], status=response.status, final=response.url, length=len(response.body))
            if job["stop_after"] and len(endings) == job["stop_after"]:
                self.closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="shutdown"))

        def failed(self, failure: Any) -> None:
            outcome, reason = reason_of(failure.value)
            next_try = getattr(failure.value, "next_try", None)
            ended(
                failure.request.meta["asked"],
                outcome=outcome,
                reason=reason,
                next_try=next_try and next_try.isoformat(),
                message=str(failure.value),
            )

    settings = Settings({**scrapy_settings(Config(**job["config"])), **job["settings"]}, priority="project")
    if job["runner"]:
        install_reactor(settings["TWISTED_REACTOR"])
        from twisted.internet import reactor
        from twisted.internet.defer import Deferred

        crawler = AsyncCrawlerRunner(settings).create_crawler(ProbeSpider)
        done = Deferred.fromFuture(asyncio.get_event_loop().create_task(crawler.crawl_async()))
        done.addBoth(lambda _: reactor.stop())
        reactor.run()
    else:
        process = AsyncCrawlerProcess(settings)
        crawler = process.create_crawler(ProbeSpider)
        process.crawl(crawler)
        process.start()
    assert not twice, f"ended twice: {twice}"
    stats = {key: value for key, value in crawler.stats.get_stats().items() if isinstance(value, int | str)}
    json.dump({"endings": endings, "grown_mib": _peak_mib() - before, "stats": stats}, sys.stdout)


if __name__ == "__main__":
    main()
