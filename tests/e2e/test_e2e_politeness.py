"""A host's rest is kept by every process, killed ones' successors included: the judge is the site's own log."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hostile import HostileSite, in_turn, late, reply, serving
from pg_server import PostgresServer
from sites import Installation
from test_e2e_crash import article

from newsspider.store import Store

DELAY, CRAWL_DELAY, RETRY_AFTER = 0.8, 2, 5  # seconds
LATENCY = 0.5  # of the host that two processes crawl: each request comes a whole delay after the answer to the one before
CLOCKS = 0.05  # the store's is not the log's
ARTICLES = 3
LONG_REST = 3600
SOURCES = ("shared", "other", "slow", "busy", "away")
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'shared.db'}"
    server: PostgresServer = request.getfixturevalue("postgresql")
    return server.fresh_store()


def site() -> HostileSite:
    """`other` is a second source on the host of `shared`; `busy` and `away` send the first request for their feed away."""
    made = HostileSite()
    for number, source in enumerate(SOURCES):
        host = f"{'shared' if source == 'other' else source}.test"
        links = "".join(f"<item><title>خبر</title><link>http://{host}/{source}/{at}</link></item>" for at in range(ARTICLES))
        feed = reply(f'<rss version="2.0"><channel>{links}</channel></rss>'.encode())
        made.routes[f"{host}/{source}"] = feed
        for at in range(ARTICLES):
            made.routes[f"{host}/{source}/{at}"] = reply(article(10 * number + at).encode())
    made.routes["shared.test/robots.txt"] = reply(b"", status="404 Not Found")
    for name in [name for name in made.routes if name.startswith("shared.test/")]:
        made.routes[name] = late(made.routes[name], LATENCY)  # type: ignore[arg-type]
    wait = {"busy": RETRY_AFTER, "away": LONG_REST}
    for source, seconds in wait.items():
        throttled = reply(b"", f"Retry-After: {seconds}", status="429 Too Many Requests")
        made.routes[f"{source}.test/{source}"] = in_turn(throttled, made.routes[f"{source}.test/{source}"])  # type: ignore[arg-type]
    made.routes["slow.test/robots.txt"] = reply(f"User-agent: *\nCrawl-delay: {CRAWL_DELAY}".encode())
    return made


def installation(folder: Path, store_url: str, port: int) -> Installation:
    hosts = ", ".join(f'"{source}.test" = "127.0.0.2:{port}"' for source in SOURCES)
    made = Installation(
        folder,
        f'[net]\nallow_networks = ["127.0.0.0/8"]\nhosts = {{{hosts}}}\n[store]\nurl = "{store_url}"\n[index]\nduring_crawl = false\n'
        "[schedule]\nsources_at_once = 8\n",
    )
    for source in SOURCES:
        host = f"http://{'shared' if source == 'other' else source}.test"
        made.source(source, homepage=f"{host}/", feeds=[f"{host}/{source}"], **{"limits.delay": DELAY})
    return made


def test_c04_a_hosts_rest_outlives_a_kill_and_holds_for_every_process(tmp_path: Path, store_url: str) -> None:
    """C04, C06: of one process that is killed, its successor, and another beside that one which crawls another source of the same host."""
    with serving(site()) as running, Store.open(store_url) as store:
        one, two = (installation(tmp_path / name, store_url, running.port) for name in ("one", "two"))
        killed = one.start("crawl", "shared", "slow", "busy", "away")

        def all_under_way() -> bool:
            resting = [store.next_turn(f"{name}.test", 0).wait for name in ("busy", "away")]
            return (
                all(resting)
                and resting[1] > LONG_REST / 2
                and len(running.paths("slow.test")) > 1
                and len(running.paths("shared.test")) > 2
            )

        while not all_under_way():
            assert killed.poll() is None, "it has come to its end, and the store did not know of the rests"
            time.sleep(0.05)
        killed.kill()
        killed.communicate()
        crawls = [one.start("crawl", "shared", "slow", "busy", "away"), two.start("crawl", "other")]
        ended = [(*crawl.communicate(), crawl.returncode) for crawl in crawls]
        assert [code for _, _, code in ended] == [0, 0], ended

        assert {article.source for article in _stored(store)} == {"shared", "other", "slow", "busy"}
        assert len(_stored(store)) == 4 * ARTICLES
        assert min(running.gaps("shared.test")) > LATENCY + DELAY - CLOCKS
        after_robots = [hit.path == "/robots.txt" for hit in running.hits if hit.host == "slow.test"]
        slow = [gap for gap, excused in zip(running.gaps("slow.test"), after_robots, strict=False) if not excused]
        assert min(slow) > CRAWL_DELAY - CLOCKS
        busy = running.paths("busy.test").index("/busy")
        assert running.gaps("busy.test")[busy] > RETRY_AFTER - CLOCKS
        assert running.paths("away.test").count("/away") == 1
        assert len(running.paths("away.test")) == 2, "robots.txt, and the request that was sent away; nothing of the second process"


def _stored(store: Store) -> list:  # type: ignore[type-arg]
    return [change.article for change in store.changes(0, 100) if change.article]
