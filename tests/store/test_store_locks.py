"""In which order transactions of several processes lock rows of a store on PostgreSQL: two that wait for each other would cost one of them its work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from pg_server import PostgresServer
from store_samples import NOON, SITE, article, link

from newsspider import clock
from newsspider.items import Outcome
from newsspider.store import Owner, Store
from newsspider.urls import url_key

ME = Owner.current()


class Two:
    """A store as two processes have it open, and a session that holds up whoever comes to what it locks."""

    def __init__(self, server: PostgresServer, url: str, threads: ThreadPoolExecutor) -> None:
        self._server, self._url, self._threads = server, url, threads
        self.first, self.second = Store.open(url), Store.open(url)

    @contextmanager
    def holding(self, lock: str) -> Iterator[None]:
        with psycopg.connect(self._url.replace("+psycopg", "")) as session:
            session.execute(lock.encode())
            yield

    def begun(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """`work` in a thread of its own, which waits for a lock by now or has ended."""
        waiting = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{self._url.rpartition('/')[2]}' AND wait_event_type = 'Lock'"
        ((before,),) = self._server.sql(waiting)
        future = self._threads.submit(work, *arguments)
        deadline = time.monotonic() + 30
        while self._server.sql(waiting) == [(before,)] and not future.done():
            assert time.monotonic() < deadline
        return future


@pytest.fixture
def two(postgresql: PostgresServer) -> Iterator[Two]:
    with ThreadPoolExecutor(2) as threads:
        two = Two(postgresql, postgresql.fresh_store(), threads)
        with two.first, two.second:
            yield two


def test_forgetting_an_article_that_is_just_seen_to_be_gone(two: Two) -> None:
    with clock.fixed(NOON):
        run = two.first.begin_run("levant", ME)
        two.first.announce(run.id, "levant", [link("a")])
        two.first.record(article("a", frontier_key=two.first.claim(run.id, ME, 1)[0].key), run_id=run.id)
        two.first.end_run(run.id, "finished")
    for hours in (25, 50):
        now = NOON + timedelta(hours=hours)
        with clock.fixed(now):
            run = two.first.begin_run("levant", ME)
            two.first.announce(run.id, "levant", [link("a")], force=True)
            (row,) = two.first.claim(run.id, ME, 1)
            if hours == 25:
                two.first.finish(run.id, row.key, Outcome.FAILED, "http_404")
                two.first.end_run(run.id, "finished")
    with clock.fixed(now):
        with two.holding("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE"):
            forgotten = two.begun(two.second.forget, SITE + "a")  # has deleted the article, and waits
            gone = two.begun(two.first.finish, run.id, row.key, Outcome.FAILED, "http_404")
        assert len(forgotten.result(60)) == 1
        gone.result(60)
    assert (two.first.count(), two.first.waiting(run.id), two.first.check()) == (0, 0, [])


def test_giving_leases_back_while_another_process_takes_the_run_over(two: Two) -> None:
    a, b, c = (url_key(SITE + name) for name in "abc")
    with clock.fixed(NOON):
        run = two.first.begin_run("levant", Owner("another-machine", 7, "boot/1"))
        two.first.announce(run.id, "levant", [link(name) for name in "abc"])
        two.first.claim(run.id, run.owner, 3)
    with clock.fixed(NOON + timedelta(minutes=1)):
        with two.holding(f"SELECT 1 FROM frontier WHERE url_key = '{b}' FOR UPDATE"):
            taken = two.begun(two.second.begin_run, "levant", ME)  # has the first, and waits for the second
            released = two.begun(two.first.release, run.id, [c, a])  # has the third, and waits for the first
        assert taken.result(60).resumed
        released.result(60)
        assert {row.key for row in two.second.claim(run.id, ME, 9)} == {a, b, c}


def test_a_claim_does_not_wait_for_a_row_that_another_process_changes(two: Two) -> None:
    keys = [url_key(SITE + name) for name in "abc"]
    with clock.fixed(NOON):
        run = two.first.begin_run("levant", ME)
        two.first.announce(run.id, "levant", [link(name) for name in "abc"])
        two.first.claim(run.id, ME, 3)
    with clock.fixed(NOON + timedelta(hours=25)), two.holding(f"SELECT 1 FROM frontier WHERE url_key = '{keys[1]}' FOR UPDATE"):
        claimed = two.begun(two.first.claim, run.id, ME, 3)
        assert [row.key for row in claimed.result(60)] == [keys[0], keys[2]], "their leases have run out"
