"""What is dropped, what stays, and that what was counted stays counted."""

from __future__ import annotations

from datetime import timedelta

from store_samples import NOON, article, link, seed

from newsspider import clock
from newsspider.items import Delivered, Delivery, Outcome
from newsspider.store import Condition, Match, NoticeKind, Owner, Pruned, Store

ME = Owner.current()
A_YEAR, A_MONTH = timedelta(days=365), timedelta(days=30)


def prune(store: Store, **more: object) -> Pruned:
    wanted = {"runs_for": A_YEAR, "messages_for": A_MONTH, "dead_for": None} | more
    return store.prune(NOON, **wanted)  # type: ignore[arg-type]


def run_at(store: Store, days_ago: float, source: str = "levant", count: int = 2) -> str:
    with clock.fixed(NOON - timedelta(days=days_ago)):
        run = store.begin_run(source, ME)
        store.announce(run.id, source, [seed("feed"), *(link(f"{run.id}/{n}") for n in range(count))], force=True)
        for row in store.claim(run.id, ME, 99):
            store.finish(run.id, row.key, Outcome.FAILED, "http_404")
        store.end_run(run.id, "finished")
    return run.id


def test_old_runs_go_with_their_ledgers_and_the_newest_of_a_source_stays(store: Store) -> None:
    old, older = run_at(store, 400), run_at(store, 390, "gulf")
    young = run_at(store, 100)
    counted = store.outcome_counts()
    assert prune(store, dry_run=True) == Pruned(runs=1, ledger_rows=3)
    assert {run.id for run in store.runs()} == {old, older, young}
    assert prune(store) == Pruned(runs=1, ledger_rows=3)
    assert {run.id for run in store.runs()} == {older, young}
    assert store.outcome_counts() == counted
    assert store.check() == []
    assert prune(store, runs_for=None) == Pruned()


def test_a_run_under_way_stays_however_long_ago_it_began(store: Store) -> None:
    with clock.fixed(NOON - timedelta(days=500)):
        run = store.begin_run("levant", ME)
    assert prune(store) == Pruned()
    assert store.run(run.id).state == "running"


def test_the_next_run_goes_on_when_the_ones_before_are_gone(store: Store) -> None:
    run_at(store, 500), run_at(store, 400)
    prune(store)
    again = run_at(store, 0)
    assert store.run(again).discovered == 2


def test_delivered_messages_and_ended_notices_go_and_dead_and_open_ones_stay(store: Store) -> None:
    with clock.fixed(NOON - timedelta(days=40)):
        search = store.save_search("قمح", "القمح", owner="owner", webhook_url="https://hooks.example/")
        found = [store.record(article(path, f"نص {path} آخر")).article_id for path in "abc"]
        store.note_matches(search, [Match(one, one, "{}") for one in found], 3)
        delivered, dead, _ = [message for receiver in store.due_receivers() for message in store.due_messages(receiver, 9)]
        store.delivered(delivered.id)
        store.not_delivered(dead.id, "status 410", None)
        store.set_notices(NoticeKind.SILENT, "levant", [Condition("volume", "x", {})])
        store.set_notices(NoticeKind.SOFT_404, "levant", [Condition("a", "x", {})])
        store.set_notices(NoticeKind.SOFT_404, "levant", [])
    assert prune(store) == Pruned(messages=1, notices=1)
    assert store.message_counts() == {"pending": 1, "dead": 1}
    assert [notice.kind for notice in store.notices()] == [NoticeKind.SILENT]
    assert len(store.alerts(search.id)) == 3


def test_dead_letters_go_only_where_that_is_wanted_and_are_named(store: Store) -> None:
    with clock.fixed(NOON - timedelta(days=40)):
        store.bury("index-1", Delivered(1, "a" * 32, Delivery.DEAD, "mapper", "bad"))
    with clock.fixed(NOON - timedelta(days=1)):
        store.bury("index-1", Delivered(2, "b" * 32, Delivery.DEAD, "mapper", "bad"))
    assert prune(store).dead_letters == []
    (named,) = prune(store, dead_for=A_MONTH).dead_letters
    assert (named.article_id, named.reason) == ("a" * 32, "bad")
    assert [letter.article_id for letter in store.dead()] == ["b" * 32]
