"""The download handler, where the reactor is too busy to look for longer than its connections have to close."""

from __future__ import annotations

import json
import subprocess
import sys

from probe import EXTENSIONS
from sites import Site, serve

CRAWL = """
import asyncio, json, sys, time
from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from newsspider.config import Config
from newsspider.middlewares import handler
from newsspider.settings import scrapy_settings

class Busy(handler.HostsInTurn):
    async def close(self):
        closing = asyncio.ensure_future(super().close())
        asyncio.get_running_loop().call_soon(time.sleep, handler.CLOSE_SECONDS + 0.5)  # in the same round
        await closing

class OnePage(Spider):
    name = "page"
    start_urls = [sys.argv[1]]
    def parse(self, response):
        print(response.status)

config = Config(**{"net": {"allow_networks": ["127.0.0.0/8"]}, "crawl": {"delay": 0, "autothrottle": False}})
ours = scrapy_settings(config) | {"EXTENSIONS": json.loads(sys.argv[2]), "ITEM_PIPELINES": {}, "SPIDER_MODULES": []}
process = AsyncCrawlerProcess(Settings(ours | {"DOWNLOAD_HANDLERS": {"http": Busy}}, priority="project"))
process.crawl(OnePage)
process.start()
"""


def test_connections_that_close_late_end_nothing_twice() -> None:
    site = Site()
    site.add("/", "<p>صفحة</p>")
    with serve(site) as running:
        argv = [sys.executable, "-c", CRAWL, running.origin + "/", json.dumps(EXTENSIONS)]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "200\n", done.stderr
    assert "Error" not in done.stderr, done.stderr
