"""Pages a second and peak memory of the whole chain, against a bare Scrapy spider and a spider with a peer's extractor.

    python bench/crawl.py [--pages 2000]

One loopback server gives made-up Arabic article pages and a sitemap of them; each contestant runs in a process of its own, without delays:
(a) a bare Scrapy spider that downloads the pages, (b) the same through trafilatura, (c) newsspider: frontier, extraction, dates, dedupe, store,
index. Printed: seconds, pages a second, peak memory, and ratios to (a) and (b).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rich.console import Console
from rich.table import Table

WORDS = (
    "قالت الحكومة إن الوزارة أعلنت اليوم خطة جديدة لدعم القطاع الزراعي في المحافظات وأضاف المتحدث أن المشروع سيبدأ خلال الشهر المقبل بتمويل من "
    "البنك المركزي وشدد على أهمية التعاون بين المؤسسات العامة والخاصة من أجل تحسين الخدمات ورفع مستوى المعيشة وأشار التقرير إلى ارتفاع الأسعار "
    "في الأسواق المحلية وتراجع الإنتاج بسبب الجفاف بينما يرى خبراء الاقتصاد أن الحل يكمن في تنويع مصادر الدخل وتشجيع الاستثمار"
).split()
SPIDER = """
import sys, scrapy
from scrapy.crawler import AsyncCrawlerProcess
class Bare(scrapy.Spider):
    name = "bare"
    async def start(self):
        yield scrapy.Request(sys.argv[1] + "/sitemap.xml", callback=self.sitemap)
    def sitemap(self, response):
        response.selector.remove_namespaces()
        for url in response.xpath("//loc/text()").getall():
            yield scrapy.Request(url, callback=self.page)
    def page(self, response):
        {extract}
        yield {{"url": response.url, "body": text}}
process = AsyncCrawlerProcess({{"LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 16, "DOWNLOAD_DELAY": 0,
    "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False}})
crawler = process.create_crawler(Bare)
process.crawl(crawler)
process.start()
sys.exit(crawler.stats.get_value("item_scraped_count") != int(sys.argv[2]))
"""
BARE = SPIDER.format(extract="text = response.text")
PEER = SPIDER.format(extract="text = bare_extraction(response.text, url=response.url, with_metadata=True).text").replace(
    "import sys, scrapy", "import sys, scrapy\nfrom trafilatura import bare_extraction"
)


def page(number: int, origin: str) -> bytes:
    """One article page of about 30 kB: chrome, a header date, related links, structured data."""
    rng = random.Random(number)
    sentence = lambda n: " ".join(rng.choices(WORDS, k=n))  # noqa: E731
    title = f"{sentence(8)} {number}"
    day = f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}"
    paragraphs = "".join(f"<p>{sentence(45)}.</p>" for _ in range(6))
    menu = "".join(f'<li><a href="/section/{i}">{sentence(2)}</a></li>' for i in range(40))
    related = "".join(
        f'<div class="card"><a href="/article/{rng.randrange(10_000)}"><h3>{sentence(8)}</h3></a><span>{sentence(12)}</span></div>'
        for _ in range(60)
    )
    linked_data = json.dumps(
        {"@context": "https://schema.org", "@type": "NewsArticle", "headline": title, "datePublished": f"{day}T10:00:00+03:00"},
        ensure_ascii=False,
    )
    return f"""<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{title} | موقع القياس</title>
<meta property="og:type" content="article"><meta property="og:title" content="{title}"><link rel="canonical" href="{origin}/article/{number}">
<script type="application/ld+json">{linked_data}</script></head><body><header><div>الأربعاء ٢٢ يناير ٢٠٢٥</div><nav><ul>{menu}</ul></nav></header>
<main><article><h1>{title}</h1><time datetime="{day}T10:00:00+03:00">{day}</time>{paragraphs}</article></main><aside>{related}</aside></body></html>""".encode()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    made: dict[str, bytes]  # by path


def serve(pages: int) -> tuple[Server, str]:
    made: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = made.get(self.path)
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "application/xml" if self.path.endswith(".xml") else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *arguments: object) -> None:
            """Quiet."""

    server = Server(("127.0.0.1", 0), Handler)
    server.made = made
    origin = f"http://127.0.0.1:{server.server_port}"
    made.update({f"/article/{n}": page(n, origin) for n in range(pages)})
    locations = "".join(f"<url><loc>{origin}/article/{n}</loc></url>" for n in range(pages))
    made["/sitemap.xml"] = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locations}</urlset>'.encode()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, origin


def newsspider_folder(folder: Path, origin: str) -> None:
    (folder / "sources").mkdir()
    (folder / "newsspider.toml").write_text(
        'data_folder = "data"\n[sources]\nfolder = "sources"\nbuiltin = false\n[net]\nallow_networks = ["127.0.0.0/8"]\n'
        "[crawl]\ndelay = 0\nautothrottle = false\nconcurrency = 16\nconcurrency_per_site = 16\n",
        encoding="utf-8",
    )
    (folder / "sources" / "bench.toml").write_text(
        f'name = "bench"\ntitle = "قياس"\nhomepage = "{origin}/"\ncountry = "SY"\ntimezone = "Asia/Damascus"\nlanguage = "ar"\nsitemaps = ["{origin}/sitemap.xml"]\n',
        encoding="utf-8",
    )


def script(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def export(folder: Path) -> bool:
    command = [sys.executable, "-m", "newsspider", "export", str(folder / "out.jsonl")]
    return subprocess.run(command, env=os.environ | {"NEWSSPIDER_CONFIG": str(folder / "newsspider.toml")}, check=False).returncode == 0


def measure(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Wall-clock seconds and peak memory in MiB of one process."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[:3]} failed with status {status}")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=2000)
    pages = parser.parse_args().pages
    server, origin = serve(pages)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        newsspider_folder(folder, origin)
        contestants = {
            "bare Scrapy spider": ([sys.executable, str(script(folder, "bare.py", BARE)), origin, str(pages)], {}),
            "Scrapy + trafilatura": ([sys.executable, str(script(folder, "peer.py", PEER)), origin, str(pages)], {}),
            "newsspider": ([sys.executable, "-m", "newsspider", "crawl", "bench"], {"NEWSSPIDER_CONFIG": str(folder / "newsspider.toml")}),
        }
        results = {title: measure(command, environment) for title, (command, environment) in contestants.items()}
        stored = sum(1 for _ in (folder / "out.jsonl").open()) if export(folder) else 0
    server.shutdown()
    if stored != pages:
        sys.exit(f"newsspider stored {stored} of {pages} pages: the figures mean nothing")
    bare, peer = (results[title][0] for title in list(results)[:2])
    table = Table("contestant", "seconds", "pages/s", "peak MiB", "time ÷ bare", "time ÷ peer", title=f"{pages} pages")
    for title, (seconds, memory) in results.items():
        table.add_row(title, f"{seconds:.1f}", f"{pages / seconds:.0f}", f"{memory:.0f}", f"{seconds / bare:.2f}", f"{seconds / peer:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
