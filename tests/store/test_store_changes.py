"""The change feed, checkpoints, dead letters and leases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from store_samples import NOON, article

from newsspider import clock
from newsspider.items import Delivered, Delivery
from newsspider.store import Owner, Store

ME = Owner.current()
ELSEWHERE = Owner("another-machine", 4711, "boot/pid/1")


def test_the_feed_has_each_article_once_with_its_newest_number_and_state(store: Store) -> None:
    ids = [store.record(article(str(number), f"نص {number}")).article_id for number in range(4)]
    store.record(article("1", "نص معدل"))
    store.delete(ids[2])
    feed = store.changes(0, 10)
    assert [(change.change_no, change.article_id) for change in feed] == [(1, ids[0]), (4, ids[3]), (5, ids[1]), (6, ids[2])]
    assert [change.article and change.article.body for change in feed] == ["نص 0", "نص 3", "نص معدل", None]
    assert [change.change_no for change in store.changes(4, 1)] == [5]
    assert (store.pending(0), store.pending(4), store.pending(6), store.last_change()) == (4, 2, 0, 6)


def test_a_checkpoint_belongs_to_one_index_and_never_goes_back(store: Store) -> None:
    assert store.checkpoint("index-1") == 0
    store.set_checkpoint("index-1", 5)
    store.set_checkpoint("index-1", 3)
    assert (store.checkpoint("index-1"), store.checkpoint("index-2")) == (5, 0)
    store.set_checkpoint("index-1", 7)
    assert store.checkpoint("index-1") == 7


def test_dead_letters_are_kept_until_they_are_taken_back(store: Store) -> None:
    recorded = store.record(article())
    refused = Delivered(1, recorded.article_id, Delivery.DEAD, "mapper_parsing_exception", "field [x] \ud800")
    with clock.fixed(NOON):
        store.bury("index-1", refused)
        store.bury("index-2", refused)
        store.bury("index-1", Delivered(2, recorded.article_id, Delivery.DEAD, "strict_dynamic_mapping_exception", "again"))
    (letter,) = store.dead("index-1")
    assert (letter.change_no, letter.error_type, letter.reason, letter.at) == (2, "strict_dynamic_mapping_exception", "again", NOON)
    assert {letter.index_id for letter in store.dead()} == {"index-1", "index-2"}
    assert store.unbury("index-1", recorded.article_id)
    assert not store.unbury("index-1", recorded.article_id)
    store.delete(recorded.article_id)
    assert store.dead() == [], "a takedown leaves nothing behind"


def test_o02_a_lease_is_held_by_one_until_it_ends(store: Store) -> None:
    with clock.fixed(NOON):
        assert store.take_lease("index:a", ELSEWHERE, 60)
        assert not store.take_lease("index:a", ME, 60)
        assert store.take_lease("index:b", ME, 60)
        store.drop_lease("index:a", ME)
        assert not store.take_lease("index:a", ME, 60), "only its owner gives it back"
        assert store.take_lease("index:a", ELSEWHERE, 60), "renewed"
    with clock.fixed(NOON + timedelta(seconds=61)):
        assert store.take_lease("index:a", ME, 60)
        store.drop_lease("index:a", ME)
        assert store.take_lease("index:a", ELSEWHERE, 60)


@pytest.mark.parametrize("holder", [Owner(ME.host, ME.pid, ME.started + "0"), ELSEWHERE])
def test_o02_the_lease_of_the_dead_is_free_at_once(store: Store, holder: Owner) -> None:
    with clock.fixed(NOON):
        store.take_lease("index:a", holder, 60)
        assert store.take_lease("index:a", ME, 60) is (holder is not ELSEWHERE)


def test_o03_a_lease_is_not_stuck_in_the_future_when_the_clock_goes_back(store: Store) -> None:
    with clock.fixed(NOON):
        store.take_lease("index:a", ELSEWHERE, 60)
    with clock.fixed(NOON - timedelta(hours=2)):
        assert store.take_lease("index:a", ME, 60)
