"""Saved searches, alerts and the outbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from store_samples import article, store_url

from newsspider import clock
from newsspider.errors import StoreError
from newsspider.items import Role, Secret
from newsspider.store import OWNER, Match, OutgoingMessage, Receiver, SavedSearch, Store, searches
from newsspider.store.schema import articles

HOOK = "https://hooks.example/a"


def saved(store: Store, *, webhook: str | None = HOOK, owner: str = "sara") -> SavedSearch:
    if store.user(owner) is None:
        store.add_user(owner, Role.READER)
    return store.save_search("قمح", "القمح", {"sources": ["levant"]}, owner=owner, webhook_url=webhook)


def match(store: Store, path: str = "a", text: str = "نص الخبر") -> Match:
    recorded = store.record(article(path, text))
    found = store.article(recorded.article_id)
    assert found
    return Match(found.id, found.family_id, f'{{"of": "{path}"}}')


def due(store: Store) -> list[OutgoingMessage]:
    return [message for receiver in store.due_receivers() for message in store.due_messages(receiver, 9)]


def test_a_search_is_kept_whole_and_only_its_owner_removes_it(store: Store) -> None:
    made = saved(store)
    saved(store, owner="omar")
    assert store.searches("sara") == [made] == [store.search(made.id)]
    assert [search.owner for search in store.searches()] == ["sara", "omar"]
    assert not store.remove_search(made.id, "omar")
    assert store.remove_search(made.id, "sara")
    assert store.search(made.id) is None


def test_another_name_changes_nothing_else(store: Store) -> None:
    made, other = saved(store), saved(store, owner="omar")
    found = match(store)
    store.note_matches(made, [found], 99)
    renamed = store.rename_search(made.id, "حبوب")
    assert renamed == replace(made, name="حبوب", change_no=99) == store.search(made.id)
    assert [alert.article.id for alert in store.alerts(made.id)] == [found.article_id]
    assert store.search(other.id) == other
    assert store.rename_search("0", "حبوب") is None


def test_secrets_are_made_and_not_shown(store: Store) -> None:
    first, second = saved(store), saved(store)
    assert first.webhook_secret
    assert first.webhook_secret.startswith("whsec_")
    assert first.feed_key not in repr(first)
    assert first.webhook_secret not in repr(first)
    assert first.feed_key != second.feed_key
    assert first.opens_with(first.feed_key)
    assert not first.opens_with(second.feed_key)
    assert not first.opens_with("")
    assert saved(store, webhook=None).webhook_secret is None


def test_a_secret_is_renewed_by_itself(store: Store) -> None:
    made = saved(store)
    feeds = store.renew_secret(made.id, Secret.FEEDS)
    assert feeds
    assert not feeds.opens_with(made.feed_key)
    assert feeds.webhook_secret == made.webhook_secret
    webhook = store.renew_secret(made.id, Secret.WEBHOOK)
    assert webhook
    assert webhook.feed_key == feeds.feed_key
    assert webhook.webhook_secret != made.webhook_secret
    assert store.search(made.id) == webhook
    assert store.renew_secret(saved(store, webhook=None).id, Secret.WEBHOOK) is None
    assert store.renew_secret("0" * 16, Secret.FEEDS) is None


def test_a_removed_users_searches_end_with_all_that_waits(store: Store) -> None:
    made, other = saved(store), saved(store, owner="omar")
    store.note_matches(made, [match(store)], 2)
    assert due(store)
    assert [search.id for search in store.remove_user("sara")] == [made.id]
    assert due(store) == []
    assert store.searches() == [other]
    store.add_user("sara", Role.READER)
    assert store.searches("sara") == []


def test_a_removed_users_searches_may_be_handed_over(store: Store) -> None:
    made = saved(store)
    store.add_user("omar", Role.READER)
    store.note_matches(made, [match(store)], 2)
    with pytest.raises(StoreError, match="no user nobody"):
        store.remove_user("sara", heir="nobody")
    assert store.user("sara")
    assert [search.id for search in store.remove_user("sara", heir="omar")] == [made.id]
    (given,) = store.searches("omar")
    assert (given.id, given.webhook_secret) == (made.id, made.webhook_secret)
    assert not given.opens_with(made.feed_key)
    assert len(store.alerts(made.id)) == len(due(store)) == 1
    with pytest.raises(StoreError, match="no user omar"):
        store.remove_user("omar", heir="omar")
    store.remove_user("omar", heir=OWNER)
    assert [search.owner for search in store.searches()] == [OWNER]


def test_nobody_has_searches_who_is_no_user(store: Store) -> None:
    with pytest.raises(StoreError, match="no user nobody"):
        store.save_search("قمح", "القمح", owner="nobody")


def test_an_owner_has_no_end_of_searches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "MOST_SEARCHES", 2)
    saved(store), saved(store)
    with pytest.raises(StoreError, match="sara has 2 saved searches"):
        saved(store)
    saved(store, owner="omar")


def test_a_family_is_told_once(store: Store) -> None:
    search = saved(store)
    first, reprint, other = match(store, "a"), match(store, "b"), match(store, "c", "نص آخر تماما")
    elsewhere = Match("f" * 32, first.family_id, "{}")
    assert reprint.article_id == first.article_id  # the same text in the same source is the same article
    assert store.note_matches(search, [first, elsewhere], 2) == 1
    assert store.note_matches(search, [elsewhere, other], 3) == 1
    assert store.note_matches(search, [first, other], 3) == 0
    assert {alert.article.id for alert in store.alerts(search.id)} == {first.article_id, other.article_id}
    assert [message.body for message in due(store)] == [first.message, other.message]
    again = store.search(search.id)
    assert again
    assert again.change_no == 3


def test_families_that_join_or_part_tell_nothing_twice(store: Store) -> None:
    search = saved(store)
    first, other, third = match(store), match(store, "c", "نص آخر تماما"), match(store, "d", "نص ثالث لا يشبههما")
    store.note_matches(search, [first, other], 2)
    joined = replace(first, family_id=other.family_id)
    parted = replace(other, family_id="f" * 32)
    assert store.note_matches(search, [joined, parted], 3) == 0
    with store._database.write() as tx:  # the first one joins the family of the third
        tx.connection.execute(update(articles).where(articles.c.id == first.article_id).values(family_id=third.article_id))
    assert store.note_matches(search, [third], 4) == 0
    assert len(store.alerts(search.id)) == 2


def test_a_search_never_goes_back(store: Store) -> None:
    search = saved(store)
    assert store.note_matches(search, [match(store)], 5) == 1
    store.note_matches(search, [], 4)
    again = store.search(search.id)
    assert again
    assert again.change_no == 5


def test_a_search_begins_behind_what_was_searchable_when_it_was_saved(store: Store) -> None:
    match(store), match(store, "c", "نص آخر تماما")
    assert saved(store).change_no == 0
    store.set_checkpoint("index-1", 1)
    assert saved(store).change_no == 1


def test_what_is_found_for_a_removed_search_is_dropped(store: Store) -> None:
    search = saved(store)
    found = match(store)
    store.note_matches(search, [found], 1)
    store.remove_search(search.id)
    assert store.note_matches(search, [found], 2) == 0
    assert due(store) == store.alerts(search.id) == []


def test_deleted_articles_are_in_no_feed_and_not_looked_at(store: Store) -> None:
    search = saved(store)
    found, other = match(store), match(store, "c", "نص آخر تماما")
    store.note_matches(search, [found, other], 2)
    store.delete(found.article_id)
    assert [alert.article.id for alert in store.alerts(search.id)] == [other.article_id]
    assert store.changed_ids(0, 9, 9) == [(2, other.article_id)]
    assert store.changed_ids(2, 9, 9) == store.changed_ids(0, 1, 9) == []


def test_the_outbox_waits_retries_and_buries(store: Store) -> None:
    search = saved(store)
    store.note_matches(search, [match(store)], 1)
    (message,) = due(store)
    assert (message.receiver, message.attempts) == (Receiver("webhook", search.id), 0)
    store.not_delivered(message.id, "status 500", clock.now() + timedelta(minutes=5))
    assert due(store) == []
    with clock.fixed(clock.now() + timedelta(minutes=6)):
        (waited,) = due(store)
        assert (waited.id, waited.attempts, waited.error) == (message.id, 1, "status 500")
        store.not_delivered(message.id, "status 410", None)
    assert [dead.error for dead in store.messages("dead")] == ["status 410"]
    assert store.retry_messages("msg_other") == 0
    assert store.retry_messages(message.id) == 1
    store.delivered(due(store)[0].id)
    assert store.messages("dead") == store.messages("pending") == []
    assert len(store.messages("delivered")) == 1


def test_a_restored_store_looks_at_what_came_after_the_backup_only(file_store: Store, tmp_path: Path) -> None:
    search = saved(file_store)
    file_store.note_matches(search, [match(file_store)], file_store.last_change())
    backup = tmp_path / "backup.db"
    file_store.backup(backup)
    file_store.close()
    Store.restore(backup, store_url(tmp_path))
    with Store.open(store_url(tmp_path)) as restored:
        again = restored.search(search.id)
        assert again
        assert again.change_no == restored.last_change()
        assert len(restored.alerts(search.id)) == 1
