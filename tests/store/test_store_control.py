"""What operators decide: states of sources, and requests, which the next run of a source does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from store_samples import link

from newsspider import clock
from newsspider.errors import StoreError
from newsspider.items import Outcome
from newsspider.store import Action, Owner, SourceState, Store

ME = Owner.current()


def test_a_source_is_enabled_until_somebody_says_otherwise(store: Store) -> None:
    assert store.source_state("levant") is SourceState.ENABLED
    store.set_source_state("levant", SourceState.DISABLED, "sara", "asks for it")
    (standing,) = store.standings().values()
    assert (standing.source, standing.state, standing.set_by, standing.note) == ("levant", SourceState.DISABLED, "sara", "asks for it")
    store.set_source_state("levant", SourceState.ENABLED, "omar")
    assert store.source_state("levant") is SourceState.ENABLED


def test_a_request_stays_until_a_run_has_done_it(store: Store) -> None:
    store.request("levant", Action.RUN, "sara")
    store.request("levant", Action.RUN, "omar")
    store.request("gulf", Action.RETRY, "omar")
    assert [(asked.source, asked.action, asked.asked_by) for asked in store.requests()] == [
        ("levant", Action.RUN, "omar"),
        ("gulf", Action.RETRY, "omar"),
    ]
    run = store.begin_run("levant", ME)
    assert len(store.requests()) == 2
    store.end_run(run.id, "finished")
    assert [asked.source for asked in store.requests()] == ["gulf"]


def test_a_run_that_began_before_a_request_does_not_do_it(store: Store) -> None:
    store.begin_run("levant", Owner("elsewhere", 1, ""))
    store.request("levant", Action.RUN, "sara")
    with clock.fixed(clock.now() + timedelta(minutes=1)):
        run = store.begin_run("levant", ME)
        assert run.resumed
        store.end_run(run.id, "finished")
        assert len(store.requests()) == 1
        store.end_run(store.begin_run("levant", ME).id, "finished")
        assert store.requests() == []


@pytest.mark.parametrize("behind", [timedelta(0), timedelta(seconds=3)])
def test_nor_one_that_began_by_a_clock_a_little_ahead(store: Store, behind: timedelta) -> None:
    now = clock.now()
    with clock.fixed(now):
        run = store.begin_run("levant", ME)
    with clock.fixed(now - behind):
        store.request("levant", Action.RETRY, "sara")
        store.end_run(run.id, "finished")
        assert [asked.action for asked in store.requests()] == [Action.RETRY]
        store.end_run(store.begin_run("levant", ME).id, "finished")
    assert store.requests() == []


def test_a_run_that_is_cut_off_or_stopped_leaves_the_request(store: Store) -> None:
    store.request("levant", Action.RUN, "sara")
    store.begin_run("levant", Owner("elsewhere", 1, ""))
    with clock.fixed(clock.now() + timedelta(minutes=1)):
        run = store.begin_run("levant", ME)
        assert run.resumed
        store.end_run(run.id, "stopped")
        assert len(store.requests()) == 1
        store.end_run(store.begin_run("levant", ME).id, "failed")
        assert store.requests() == []


@pytest.mark.parametrize("state", [SourceState.DISABLED, SourceState.RETIRED])
def test_a_source_that_is_not_crawled_takes_no_requests(store: Store, state: SourceState) -> None:
    store.request("levant", Action.RUN, "sara")
    store.set_source_state("levant", state, "sara")
    assert store.requests() == []
    with pytest.raises(StoreError, match=f"levant is {state}"):
        store.request("levant", Action.RUN, "sara")
    with pytest.raises(StoreError, match=f"levant is {state}; `newsspider sources enable levant`"):
        store.begin_run("levant", ME)


def test_a_paused_source_takes_them(store: Store) -> None:
    store.set_source_state("levant", SourceState.PAUSED, "sara")
    store.request("levant", Action.RUN, "sara")


def run_of(store: Store) -> dict[str, str]:
    run = store.begin_run("levant", ME)
    return {row.url.rpartition("/")[2]: row.key for row in store.claim(run.id, ME, 10)} | {"run": run.id}


def test_retry_visits_again_what_failed_lately_and_what_waits(store: Store) -> None:
    run = store.begin_run("levant", ME)
    store.announce(run.id, "levant", [link("gone"), link("waits"), link("good")])
    keys = {row.url.rpartition("/")[2]: row.key for row in store.claim(run.id, ME, 10)}
    store.finish(run.id, keys["gone"], Outcome.FAILED, "http_404")
    store.finish(run.id, keys["waits"], Outcome.FAILED, "timeout", next_try=clock.now() + timedelta(hours=9))
    store.finish(run.id, keys["good"], Outcome.NOT_ARTICLE, "listing", next_try=clock.now() + timedelta(hours=9))
    store.end_run(run.id, "finished")
    without = run_of(store)
    assert without.keys() == {"run"}
    store.end_run(without["run"], "finished")

    store.request("levant", Action.RETRY, "sara")
    assert run_of(store).keys() == {"run", "waits"}  # the last run had no failures


def test_retry_visits_again_what_failed_in_the_last_run(store: Store) -> None:
    run = store.begin_run("levant", ME)
    store.announce(run.id, "levant", [link("gone"), link("good")])
    keys = {row.url.rpartition("/")[2]: row.key for row in store.claim(run.id, ME, 10)}
    store.finish(run.id, keys["gone"], Outcome.FAILED, "http_404")
    store.finish(run.id, keys["good"], Outcome.NOT_ARTICLE, "listing")
    store.end_run(run.id, "finished")
    store.request("levant", Action.RETRY, "sara")
    again = run_of(store)
    assert again.keys() == {"run", "gone"}
    assert store.run(again["run"]).discovered == 1
