"""Known articles are visited again, and what their site has no more is flagged, never deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from store_samples import NOON, SITE, article, link, on_day, said

from newsspider import clock
from newsspider.items import ArchiveRef, Outcome, Publication
from newsspider.store import Owner, Run, Store
from newsspider.urls import url_key

ME = Owner.current()
KEY = url_key(SITE + "a")
HOUR = timedelta(hours=1)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> Clock:
    ticking = Clock()
    monkeypatch.setattr(clock, "now", ticking)
    return ticking


@pytest.fixture
def stored(ticking: Clock, store: Store) -> str:
    """An article to be visited again after an hour."""
    run = store.begin_run("levant", ME)
    store.announce(run.id, "levant", [link("a", said("one"))])
    store.claim(run.id, ME, 1)
    recorded = store.record(article(frontier_key=KEY), run_id=run.id, next_try=NOON + HOUR, validators=('"v1"', None))
    store.end_run(run.id, "finished")
    return recorded.article_id


def next_run(store: Store) -> Run:
    return store.begin_run("levant", ME)


def answered(store: Store, reason: str) -> int:
    """A run in which the article, if it is due, is answered so; how often it was visited."""
    run = next_run(store)
    rows = store.claim(run.id, ME, 5)
    for row in rows:
        if reason == "not_modified":
            store.finish(run.id, row.key, Outcome.UNCHANGED, reason)
        else:
            store.finish(run.id, row.key, Outcome.FAILED, reason)
    store.end_run(run.id, "finished")
    return len(rows)


def test_an_article_is_due_again_when_its_time_has_come(ticking: Clock, store: Store, stored: str) -> None:
    assert answered(store, "not_modified") == 0
    ticking.now += HOUR
    run = next_run(store)
    (row,) = store.claim(run.id, ME, 5)
    assert (row.etag, row.last_modified, row.read_at) == ('"v1"', None, NOON)
    assert store.run(run.id).discovered == 1


def test_an_answer_that_nothing_changed_keeps_the_validators_and_the_time_of_reading(ticking: Clock, store: Store, stored: str) -> None:
    ticking.now += HOUR
    run = next_run(store)
    store.claim(run.id, ME, 5)
    store.finish(run.id, KEY, Outcome.UNCHANGED, "not_modified", next_try=ticking.now + HOUR)
    store.end_run(run.id, "finished")
    ticking.now += HOUR
    run = next_run(store)
    (row,) = store.claim(run.id, ME, 5)
    assert (row.etag, row.read_at) == ('"v1"', NOON)


def test_a_feed_that_tells_another_date_does_not_wait_for_the_next_visit(ticking: Clock, store: Store, stored: str) -> None:
    run = next_run(store)
    assert store.announce(run.id, "levant", [link("a", said("one"))]).new == 0
    assert store.announce(run.id, "levant", [link("a", said("two"))]).new == 1


@pytest.mark.parametrize("reason", ["http_404", "http_410"])
def test_c13_gone_is_what_was_missing_twice_a_day_apart(ticking: Clock, store: Store, stored: str, reason: str) -> None:
    ticking.now += HOUR
    assert answered(store, reason) == 1
    ticking.now += 23 * HOUR
    assert answered(store, reason) == 0, "it is looked at again after a day"
    assert store.article(stored).gone_at is None
    ticking.now += HOUR
    assert answered(store, reason) == 1
    gone = store.article(stored)
    assert (gone.gone_at, gone.title, gone.revision) == (ticking.now, "عنوان", 1)
    ticking.now += 100 * HOUR
    assert answered(store, reason) == 0, "it is not asked for for ever"


def test_c13_two_looks_within_a_day_are_not_enough(ticking: Clock, store: Store, stored: str) -> None:
    ticking.now += HOUR
    answered(store, "http_404")
    ticking.now += HOUR
    run = next_run(store)
    store.announce(run.id, "levant", [link("a", said("two"))], force=True)
    store.claim(run.id, ME, 5)
    store.finish(run.id, KEY, Outcome.FAILED, "http_404")
    store.end_run(run.id, "finished")
    assert store.article(stored).gone_at is None
    ticking.now += 23 * HOUR
    assert answered(store, "http_404") == 1
    assert store.article(stored).gone_at == ticking.now


def test_c13_a_server_error_says_nothing_of_the_article(ticking: Clock, store: Store, stored: str) -> None:
    for _ in range(3):
        ticking.now += 25 * HOUR
        answered(store, "http_500")
    assert store.article(stored).gone_at is None


@pytest.mark.parametrize("how", ["not_modified", "read"])
def test_what_is_there_again_is_not_gone(ticking: Clock, store: Store, stored: str, how: str) -> None:
    for _ in range(2):
        ticking.now += 25 * HOUR
        answered(store, "http_410")
    assert store.article(stored).gone_at is not None
    run = next_run(store)
    store.announce(run.id, "levant", [link("a")], force=True)
    store.claim(run.id, ME, 5)
    if how == "read":
        store.record(article(frontier_key=KEY), run_id=run.id)
    else:
        store.finish(run.id, KEY, Outcome.UNCHANGED, how)
    assert store.article(stored).gone_at is None
    store.end_run(run.id, "finished")
    run = next_run(store)
    store.announce(run.id, "levant", [link("a")], force=True)
    store.claim(run.id, ME, 5)
    store.finish(run.id, KEY, Outcome.FAILED, "http_410")
    assert store.article(stored).gone_at is None, "the count begins anew"


def test_an_address_that_never_had_an_article_is_not_waited_for(ticking: Clock, store: Store) -> None:
    run = next_run(store)
    store.announce(run.id, "levant", [link("b")])
    store.claim(run.id, ME, 1)
    store.finish(run.id, url_key(SITE + "b"), Outcome.FAILED, "http_404")
    store.end_run(run.id, "finished")
    ticking.now += 48 * HOUR
    assert answered(store, "http_404") == 0


def test_what_was_read_again_makes_a_version_only_where_readers_see_it(store: Store, stored: str) -> None:
    seen = store.article(stored)
    same = article(publication=on_day(21))
    recorded, changed = store.revise(same, seen, dry_run=True)
    assert (recorded.outcome, changed) == (Outcome.UPDATED, ["published_at", "precision", "published_day"])
    assert store.article(stored).revision == 1
    recorded, changed = store.revise(same, seen)
    now = store.article(stored)
    assert (now.revision, now.change_no, now.publication.published_day.day) == (2, recorded.change_no, 21)
    assert len(store.revisions(stored)) == 1
    assert store.revise(article(publication=on_day(21, confidence=0.9)), now)[1] == []
    again = store.article(stored)
    assert (again.revision, again.change_no, again.publication.confidence) == (2, now.change_no, 0.9)
    assert store.revise(article(publication=on_day(3)), seen)[1] == [], "it was changed since it was seen"
    assert store.check() == []


def test_a_worse_reading_loses_its_date_too(store: Store, stored: str) -> None:
    store.revise(article(publication=on_day(21)), store.article(stored))
    store.revise(article(publication=Publication()), store.article(stored))
    assert store.article(stored).publication.published_at is None


def test_authors_of_a_page_that_named_them_stay_when_a_later_one_does_not(store: Store, stored: str) -> None:
    """The archive has the later page: read again, it still names nobody."""
    store.revise(article(authors=["سلمى الحلبي"], publication=on_day(3)), store.article(stored))
    later = article(text="نص الخبر بعد تصحيحه", archive=ArchiveRef("later.warc.gz", 0), publication=on_day(3))
    assert store.record(later).reason == "text_changed"
    assert store.revise(later, store.article(stored))[1] == []
    assert store.article(stored).authors == ["سلمى الحلبي"]


def test_authors_that_only_an_old_rule_saw_on_the_page_go(store: Store, stored: str) -> None:
    store.revise(article(authors=["المشاهدات"], publication=on_day(3)), store.article(stored))
    assert store.revise(article(publication=on_day(3)), store.article(stored))[1] == ["authors"]
    assert store.article(stored).authors == []
