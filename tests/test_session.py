"""A session begins only where it can be done right."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from articles import article

from newsspider import clock, intake
from newsspider.archive.locks import is_written
from newsspider.config import ArchiveConfig, Config
from newsspider.errors import ConfigError, RunActive, StoreFull
from newsspider.extract import Page
from newsspider.items import Link, Outcome
from newsspider.session import MOST_AT_ONCE, TURN_SECONDS, CrawlSession, open_store
from newsspider.sources import Source
from newsspider.store import FrontierRow, Note, NoticeKind, Owner

SOURCE = Source.model_validate(
    {"name": "s", "title": "s", "homepage": "http://127.0.0.1/", "timezone": "UTC", "feeds": ["http://127.0.0.1/feed"]}
)


@pytest.mark.parametrize("year", [1970, 2019, 2045])
def test_o04_a_clock_that_cannot_be_right_stops_a_crawl_before_it_begins(tmp_path: Path, year: int) -> None:
    with clock.fixed(datetime(year, 1, 2, tzinfo=UTC)), pytest.raises(ConfigError, match=f"clock says {year}-01-02"):
        CrawlSession(Config(data_folder=tmp_path / "data"), SOURCE)
    assert not (tmp_path / "data").exists()


def test_a_store_that_fails_at_the_end_leaves_no_file_of_the_archive_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(data_folder=tmp_path, archive=ArchiveConfig(enabled=True))
    session = CrawlSession(config, SOURCE)
    reference = session.keep(Page(b"<p>x", "http://127.0.0.1/a", {}, clock.now()))
    assert reference
    with (config.archive_folder / reference.file).open("rb") as file:
        assert is_written(file)

    def full(run_id: str, state: str, note: Note, owner: Owner) -> None:
        raise StoreFull("the disk is full")

    monkeypatch.setattr(session.store, "end_run", full)
    session.close("finished", retries=0)
    assert isinstance(session.problem, StoreFull)
    with (config.archive_folder / reference.file).open("rb") as file:
        assert not is_written(file)


def test_a_run_tells_what_stopped_it_in_words_and_as_a_fact(tmp_path: Path) -> None:
    session = CrawlSession(Config(data_folder=tmp_path), SOURCE)
    store, run = session.store, session.run
    session._shares_store = True
    session.seed()
    session.fail(StoreFull("the disk is full"))
    session.close("store_error", retries=0)
    with store:
        ended = store.run(run.id)
    assert (ended.state, ended.note) == ("stopped", Note("the disk is full", {"problem": "StoreFull"}))


def test_o01_a_process_that_was_silent_too_long_leaves_the_run_to_who_has_it(tmp_path: Path) -> None:
    """Ended under its new owner, it would end as skipped what that one is visiting."""
    session = CrawlSession(Config(data_folder=tmp_path), SOURCE)
    store, other = session.store, Owner("another machine", 7, "")
    session.seed()
    session.claim(10)
    with clock.fixed(clock.now() + timedelta(seconds=11)):
        assert store.begin_run(SOURCE.name, other).resumed
        visited = store.claim(session.run.id, other, 10)
        session._shares_store = True
        session.close("finished", retries=0)
        assert isinstance(session.problem, RunActive)
        assert visited
        assert not store.claim(session.run.id, other, 10), "what the other is visiting was given back"
        assert store.run(session.run.id).state == "running"
    store.close()


def test_what_broke_on_the_way_is_tried_again_though_its_feed_has_forgotten_it(tmp_path: Path) -> None:
    """By then another version may be at work."""
    session = CrawlSession(Config(data_folder=tmp_path), SOURCE)
    links = [Link(f"http://127.0.0.1/news/{number}") for number in range(3)]
    session.store.announce(session.run.id, SOURCE.name, links)
    for row, reason in zip(session.claim(3), ("callback_error: KeyError", "pipeline_error: DataError", "http_404"), strict=True):
        session.finish(row.key, Outcome.FAILED, reason)
    session.close("finished", retries=0)
    with clock.fixed(clock.now() + timedelta(minutes=11)):
        again = CrawlSession(Config(data_folder=tmp_path), SOURCE)
        assert [row.url for row in again.claim(3)] == [link.url for link in links[:2]]
        again.close("finished", retries=0)


def test_what_a_process_that_was_taken_for_dead_has_ended_does_not_stop_who_has_the_run(tmp_path: Path) -> None:
    session = CrawlSession(Config(data_folder=tmp_path), SOURCE)
    session.seed()
    (row,) = session.claim(10)
    session.store.finish(session.run.id, row.key, Outcome.FAILED, "timeout")
    asyncio.run(session.finish_discovery(row, Outcome.NEW, "read", [], [], (None, None)))
    session.finish(row.key, Outcome.UNCHANGED, "not_modified")
    assert session.idle
    assert session.progress.outcomes == {Outcome.FAILED: 1}
    assert [(end.outcome, end.reason) for end in session.store.ledger(session.run.id)] == [(Outcome.FAILED, "timeout")]
    session.close("finished", retries=0)
    assert session.problem is None


def test_the_progress_shows_what_stands_of_an_address_that_another_process_ended(tmp_path: Path) -> None:
    session = CrawlSession(Config(data_folder=tmp_path), SOURCE)
    taken = article(1)
    session.store.announce(session.run.id, SOURCE.name, [Link(taken.url), Link("http://127.0.0.1/missing")])
    row, missing = session.claim(2)
    for one in (row, missing):
        session.store.finish(session.run.id, one.key, Outcome.SKIPPED, "robots")
    taken.frontier_key = row.key
    taken.publication, taken.keys = intake.decide(taken), intake.fingerprint(taken)
    session.record(taken)
    session.finish(missing.key, Outcome.FAILED, "http_404")
    assert session.progress.outcomes == {Outcome.SKIPPED: 2}
    assert session.store.count() == 0
    session.close("finished", retries=0)


def test_who_has_lost_the_run_ends_nothing_otherwise(tmp_path: Path) -> None:
    session = CrawlSession(Config(data_folder=tmp_path), SOURCE)
    session.seed()
    (row,) = session.claim(10)
    other = Owner("another machine", 7, "")
    with clock.fixed(clock.now() + timedelta(seconds=11)):
        session.store.begin_run(SOURCE.name, other)
        session.store.finish(session.run.id, row.key, Outcome.NEW, "read")
        with pytest.raises(RunActive):
            session.finish(row.key, Outcome.FAILED, "timeout")
    session.store.close()


LONG_SITEMAP = [Link(f"http://127.0.0.1/news/{number}") for number in range(2 * MOST_AT_ONCE + 1)]


def reading(folder: Path) -> tuple[CrawlSession, FrontierRow]:
    """A session that has its discovery page in hand."""
    session = CrawlSession(Config(data_folder=folder), SOURCE)
    session.seed()
    (row,) = session.claim(1)
    return session, row


def test_a_long_sitemap_leaves_other_writers_their_turns(tmp_path: Path) -> None:
    session, row = reading(tmp_path)
    seen = []

    async def crawl() -> None:
        ending = asyncio.ensure_future(session.finish_discovery(row, Outcome.NEW, "read", LONG_SITEMAP, [], (None, None)))
        with open_store(session.config) as other:
            while not ending.done():
                await asyncio.sleep(0.01)
                other.set_notices(NoticeKind.DEAD_FEED, "another", [])
                (run,) = other.runs()
                seen.append((run.discovered, bool(run.discovery)))
        await ending

    asyncio.run(crawl())
    assert list(dict.fromkeys(seen)) == [(MOST_AT_ONCE, False), (2 * MOST_AT_ONCE, False), (2 * MOST_AT_ONCE + 1, True)]
    assert session.progress.discovered == len(LONG_SITEMAP) + 1
    assert session.idle
    session.close("finished", retries=0)


def test_a_crawl_that_dies_within_a_long_sitemap_reads_it_again(tmp_path: Path) -> None:
    session, row = reading(tmp_path)

    async def killed() -> None:
        await asyncio.wait_for(session.finish_discovery(row, Outcome.NEW, "read", LONG_SITEMAP, [], (None, None)), TURN_SECONDS / 2)

    with pytest.raises(TimeoutError):
        asyncio.run(killed())
    session.store.close()
    with clock.fixed(clock.now() + timedelta(seconds=11)):
        session = CrawlSession(Config(data_folder=tmp_path), SOURCE)
        assert session.run.resumed
        (again,) = session.claim(1)
        assert again.key == row.key
        asyncio.run(session.finish_discovery(again, Outcome.NEW, "read", LONG_SITEMAP, [], (None, None)))
        (run,) = session.store.runs()
        assert (run.discovered, run.discovery) == (len(LONG_SITEMAP), {Outcome.NEW: 1})
        session.close("finished", retries=0)


def test_o01_a_long_sitemap_is_announced_no_further_once_another_has_the_run(tmp_path: Path) -> None:
    """A row given to a run that has ended would never end."""
    session, row = reading(tmp_path)

    async def lost() -> None:
        ending = asyncio.ensure_future(session.finish_discovery(row, Outcome.NEW, "read", LONG_SITEMAP, [], (None, None)))
        await asyncio.sleep(0)
        with clock.fixed(clock.now() + timedelta(seconds=11)):
            session.store.begin_run(SOURCE.name, Owner("another machine", 7, ""))
        with pytest.raises(RunActive):
            await ending

    asyncio.run(lost())
    (run,) = session.store.runs()
    assert run.discovered == MOST_AT_ONCE
    assert not run.discovery
    session.store.close()
