"""Many news sites on one loopback port, told apart by their host names, that publish while they are crawled and log who asked for what and when.

    python bench/fleet_sites.py SITES SECONDS SEED LOG     prints its port; a line on standard input ends it

Some forbid a part of themselves in robots.txt (and still announce it), some ask for a Crawl-delay, some answer 429 with Retry-After now and then.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import re
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from crawl import page

FEED_ENTRIES = 25
RETRY_AFTER = 8  # seconds
CRAWL_DELAY = 3.0
DATE = re.compile(r"2024-\d\d-\d\d(T10:00:00\+03:00)?")


@dataclass
class NewsSite:
    number: int
    published: list[float]  # when, in seconds since 1970, in order
    asked: int = 0
    answers: list[float] = field(default_factory=list)

    @staticmethod
    def of(host: str) -> NewsSite:
        """One of that name, which has published nothing."""
        return NewsSite(int(host.removeprefix("site").removesuffix(".test")), [])

    def url(self, at: int) -> str:
        """Of its article number `at`."""
        return f"http://{self.host}/article/{self.number * 100_000 + at}"

    @property
    def host(self) -> str:
        return f"site{self.number}.test"

    @property
    def is_slow(self) -> bool:
        return self.number % 20 == 3

    @property
    def is_often_busy(self) -> bool:
        return self.number % 10 == 5

    def robots(self) -> str:
        return "User-agent: *\nDisallow: /private/\n" + (f"Crawl-delay: {CRAWL_DELAY:g}\n" if self.is_slow else "")

    def feed(self, now: float) -> str:
        items = "".join(
            f"<item><title>خبر {at}</title><link>{self.url(at)}</link>"
            f"<pubDate>{format_datetime(datetime.fromtimestamp(self.published[at], UTC))}</pubDate></item>"
            for at in range(len(self.published))
            if self.published[at] <= now
        )
        newest = "".join(items.split("<item>")[-FEED_ENTRIES:])
        parts = "<item>" + newest.replace("</item>", "</item><item>").removesuffix("<item>") if items else ""
        hidden = f"<item><title>سر</title><link>http://{self.host}/private/{self.number}</link></item>"
        return f'<rss version="2.0"><channel>{parts}{hidden}</channel></rss>'

    def answer(self, path: str, now: float) -> tuple[int, dict[str, str], bytes]:
        if path == "/robots.txt":
            return 200, {"Content-Type": "text/plain"}, self.robots().encode()
        self.asked += 1
        if self.is_often_busy and self.asked % 7 == 4:
            return 429, {"Retry-After": str(RETRY_AFTER)}, b""
        if path == "/feed":
            return 200, {"Content-Type": "application/rss+xml"}, self.feed(now).encode()
        number = path.removeprefix("/article/")
        at = int(number) - self.number * 100_000 if number.isdigit() else -1
        if 0 <= at < len(self.published) and self.published[at] <= now:
            moment = datetime.fromtimestamp(self.published[at], UTC).isoformat(timespec="seconds")
            body = DATE.sub(moment, page(int(number), f"http://{self.host}").decode()).encode()
            return 200, {"Content-Type": "text/html; charset=utf-8"}, body
        return 404, {"Content-Type": "text/plain"}, b""


def made(count: int, seconds: float, seed: int) -> list[NewsSite]:
    """Sites whose rates differ a hundredfold; each begins with a few articles that are there already."""
    rng = random.Random(seed)
    began = time.time()
    sites = []
    for number in range(count):
        rate = math.exp(rng.uniform(math.log(0.05), math.log(5))) / 60  # a second
        published = [began - rng.uniform(60, 3600) for _ in range(3)]
        at = began
        while (at := at + rng.expovariate(rate)) < began + seconds:
            published.append(at)
        sites.append(NewsSite(number, sorted(published)))
    return sites


async def serve(sites: list[NewsSite], log_path: str) -> None:
    by_host = {site.host: site for site in sites}
    with open(log_path, "w", encoding="utf-8") as log:  # noqa: ASYNC230, PTH123

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while head := await reader.readuntil(b"\r\n\r\n"):
                    now = time.time()
                    lines = head.decode("latin-1").split("\r\n")
                    path = lines[0].split()[1]
                    host = next(line[6:].split(":")[0] for line in lines if line.lower().startswith("host: "))
                    status, headers, body = by_host[host].answer(path, now)
                    log.write(json.dumps([host, now, path, status]) + "\n")
                    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
                    writer.write(f"HTTP/1.1 {status} X\r\n{fields}Content-Length: {len(body)}\r\n\r\n".encode() + body)
                    await writer.drain()
            except (asyncio.IncompleteReadError, ConnectionError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0, backlog=512)
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        server.close()
    print(json.dumps({site.host: site.published for site in sites}), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(made(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])), sys.argv[4]))
