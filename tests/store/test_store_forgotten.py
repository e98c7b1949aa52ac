"""Takedowns: what was forgotten is gone from every table that names it, and neither visited nor stored again."""

from __future__ import annotations

from pathlib import Path

import pytest
from articles import article, fill
from store_samples import database

from newsspider import intake
from newsspider.items import Delivered, Delivery, Link, Outcome, Role
from newsspider.store import Condition, Match, NoticeKind, Owner, Receiver, Store
from newsspider.store.messages import new_message
from newsspider.store.schema import metadata

OWNER = Owner.current()


def everything(store: Store) -> str:
    """All values of all tables."""
    with store._database.read() as tx:
        tables = [table for name, table in metadata.tables.items() if name != "forgotten"]
        return "\n".join(str(row) for table in tables for row in tx.connection.execute(table.select()))


def test_o13_a_forgotten_address_is_gone_from_every_table(store: Store) -> None:
    ids = fill(store, range(3))
    run = store.begin_run("farm", OWNER)
    store.announce(run.id, "farm", [Link("https://farm.example/news/1"), Link("https://farm.example/news/2")])
    intake.take_in(store, article(1, body="نص آخر لهذا الخبر بعد تصحيحه.\n\nوفقرة ثانية فيه."))
    store.bury("an-index", Delivered(1, ids[1], Delivery.DEAD, "type", "reason"))
    (deletion,) = store.forget("http://www.farm.example/news/1?utm_source=x")
    assert (deletion.article_id, deletion.article) == (ids[1], None)
    assert deletion.change_no == store.last_change()
    assert store.article("https://farm.example/news/1") is None
    assert (store.count(), store.dead(), store.revisions(ids[1])) == (2, [], [])
    assert "farm.example/news/1" not in everything(store)
    assert "خبر رقم 1 " not in everything(store)
    assert store.check() == []
    assert [row.url for row in store.claim(run.id, OWNER, 9)] == ["https://farm.example/news/2"]
    assert [(row.outcome, row.reason) for row in store.ledger(run.id) if row.outcome] == [(Outcome.REJECTED, "forgotten")]


def test_o13_what_was_forgotten_is_neither_visited_nor_stored_again(store: Store) -> None:
    fill(store, range(2))
    store.forget("https://farm.example/news/1")
    run = store.begin_run("farm", OWNER)
    links = [Link(f"https://farm.example/news/{n}") for n in (1, 7)]
    announced = store.announce(run.id, "farm", links, force=True)
    assert (announced.new, announced.known) == (1, 1)
    recorded = intake.take_in(store, article(1))
    assert (recorded.outcome, recorded.reason, recorded.change_no) == (Outcome.REJECTED, "forgotten", None)
    assert store.count() == 1


def test_o13_a_domain_is_forgotten_with_the_hosts_below_it(store: Store) -> None:
    fill(store, range(2))
    others = [intake.take_in(store, article(n, source=host)).article_id for n, host in ((1, "sub.farm"), (2, "notfarm"))]
    assert len(store.forget("farm.example")) == 3
    assert [one.id for one in store.articles()] == [others[1]]
    run = store.begin_run("farm", OWNER)
    seeds = [
        Link("https://farm.example/feed", discovery=True, kind="feed"),
        Link("https://sub.farm.example/a"),
        Link("https://other.example/a"),
    ]
    assert store.announce(run.id, "farm", seeds, force=True).new == 1
    assert intake.take_in(store, article(50)).reason == "forgotten"
    assert store.is_forgotten("https://a.b.farm.example/x")
    assert not store.is_forgotten("https://farm.example.org/x")


def test_forgetting_again_takes_what_came_since_and_tells_all_deletions(store: Store) -> None:
    ids = fill(store, range(2))
    first = store.forget("farm.example")
    assert {change.article_id for change in first} == set(ids)
    assert store.forget("FARM.example.") == first
    (takedown,) = store.takedowns()
    assert (takedown.asked, takedown.articles) == ("farm.example", 2)


def test_an_address_that_was_never_stored_is_kept_out(store: Store) -> None:
    assert store.forget("https://farm.example/news/1") == []
    assert intake.take_in(store, article(1)).reason == "forgotten"


@pytest.mark.parametrize("asked", ["https://farm.example/news/1", "farm.example"])
def test_o13_notices_of_a_forgotten_address_and_their_messages_go_too(store: Store, asked: str) -> None:
    fill(store, range(2))
    of = [
        Condition(url, f"7 addresses have one text: {url}", {"detail": url})
        for url in ("https://farm.example/news/1", "https://b.example/1")
    ]
    store.set_notices(NoticeKind.SOFT_404, "farm", of)
    store.tell_notices(lambda notice: [(Receiver("webhook", None), notice.text)])
    store.forget(asked)
    assert [notice.subject for notice in store.notices()] == ["https://b.example/1"]
    assert "farm.example/news/1" not in everything(store)


@pytest.mark.parametrize("asked", ["", "farm example", "ftp://farm.example/x", "farm.example/news/1", "https://"])
def test_what_is_neither_address_nor_domain_is_refused(store: Store, asked: str) -> None:
    with pytest.raises(ValueError, match=r"address|host name"):
        store.forget(asked)


def test_an_arabic_domain_is_the_same_in_both_spellings(store: Store) -> None:
    store.forget("موقع.example")
    assert store.is_forgotten("https://xn--4gbrim.example/x")


def test_a_visit_under_way_ends_as_forgotten(store: Store) -> None:
    run = store.begin_run("farm", OWNER)
    store.announce(run.id, "farm", [Link("https://farm.example/news/1")])
    (row,) = store.claim(run.id, OWNER, 1)
    store.forget("https://farm.example/news/1")
    fetched = article(1)
    fetched.frontier_key = row.key
    intake.take_in(store, fetched, run_id=run.id)
    store.end_run(run.id, "finished")
    assert [(one.outcome, one.reason) for one in store.ledger(run.id)] == [(Outcome.REJECTED, "forgotten")]
    assert store.check() == []


def test_deleted_text_is_overwritten_in_the_file(file_store: Store, tmp_path: Path) -> None:
    fill(file_store, range(3))
    file_store.forget("https://farm.example/news/1")
    file_store.close()
    assert "خبر رقم 1 ".encode() not in database(tmp_path).read_bytes()


def test_alerts_and_messages_that_name_a_forgotten_article_go_too(store: Store) -> None:
    first, other, reprint = fill(store, range(3))
    store.add_user("sara", Role.READER)
    search = store.save_search("قمح", "القمح", owner="sara", webhook_url="https://hooks.example/a")
    assert store.note_matches(search, [Match(first, first, f'{{"id": "{first}"}}'), Match(other, other, f'{{"id": "{other}"}}')], 2) == 2
    later = store.save_search("شعير", "الشعير", owner="sara", webhook_url="https://hooks.example/b")
    assert store.note_matches(later, [Match(reprint, other, f'{{"id": "{reprint}", "family_id": "{other}"}}')], 3) == 1
    with store._database.write() as tx:
        new_message(tx, "of_a_notice", Receiver("mail", None), "farm is silent")
    assert len(store.messages("pending")) == 4
    store.forget("https://farm.example/news/1")
    assert {message.body for message in store.messages("pending")} == {f'{{"id": "{first}"}}', "farm is silent"}
    assert [[alert.article.id for alert in store.alerts(of.id)] for of in (search, later)] == [[first], [reprint]]
