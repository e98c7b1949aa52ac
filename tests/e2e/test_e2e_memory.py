"""What a long crawl of many sites needs."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from statistics import median

import psutil
import pytest
from sites import Installation, Site, serve
from test_e2e_crash import article

from newsspider.store import Store

MIB = 1 << 20
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
VOCABULARY = 400_000


@lru_cache(VOCABULARY)
def word(rank: int) -> str:
    rng = random.Random(rank)
    return "".join(rng.choices(LETTERS, k=rng.randint(3, 7)))


def of_many_words(number: int) -> str:
    """An article with words by Zipf's law, so that every thousand articles bring new ones."""
    rng = random.Random(number)
    words = " ".join(word(int(VOCABULARY ** rng.random())) for _ in range(120))
    return article(number).replace("</article>", f"<p>{words}.</p></article>")


@pytest.mark.chaos
@pytest.mark.timeout(3600)
def test_c15_ten_thousand_pages_of_fifty_hosts_need_no_more_than_the_first_thousands(tmp_path: Path) -> None:
    pages, hosts = 10_000, [f"site{number}.test" for number in range(50)]
    site = Site()
    for number in range(pages):
        site.add(f"/news/{number}", of_many_words(number))
    with serve(site):
        names = ", ".join(f'"{host}" = "127.0.0.1:{site.port}"' for host in hosts)
        installation = Installation(
            tmp_path,
            f'concurrency = 16\nconcurrency_per_site = 4\n[net]\nallow_networks = ["127.0.0.0/8"]\nhosts = {{{names}}}\n'
            "[schedule]\nsources_at_once = 16\n",
        )
        for number, host in enumerate(hosts):
            urls = "".join(f"<url><loc>http://{host}/news/{page}</loc></url>" for page in range(number, pages, len(hosts)))
            sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
            site.add(f"/map{number}.xml", sitemap, "application/xml")
            installation.source(f"s{number}", homepage=f"http://{host}/", sitemaps=[f"http://{host}/map{number}.xml"])
        url = f"sqlite:///{tmp_path / 'data' / 'newsspider.db'}"
        Store.open(url).close()
        crawl = installation.start("crawl", "--all")
        process = psutil.Process(crawl.pid)
        seen: list[list[tuple[int, int]]] = [
            [] for _ in range(pages // 1000 + 1)
        ]  # memory and open files, again and again, of every thousand pages
        with Store.open(url) as store:
            while crawl.poll() is None:
                with suppress(psutil.Error):  # it has just ended
                    seen[store.count() // 1000].append((process.memory_info().rss, process.num_fds()))
                time.sleep(0.2)
            crawl.communicate()
            assert crawl.returncode == 0
            assert store.count() == pages
    seen.pop()  # of the end, when nothing is fetched any more
    # A delivery to the index needs 30 MiB for a moment: what grows is seen in the median.
    memory = [median(rss for rss, _ in of_thousand) for of_thousand in seen]
    files = [median(count for _, count in of_thousand) for of_thousand in seen]
    shown = [round(size / MIB) for size in memory]
    peak = max(rss for of_thousand in seen for rss, _ in of_thousand)
    print(f"MiB in the median of each thousand pages: {shown}, at most {peak / MIB:.0f}; open files: {files}")
    assert peak <= 400 * MIB
    assert max(memory[3:]) <= 1.1 * max(memory[:3]), shown
    assert max(files[3:]) <= max(files[:3]) + 10, files
