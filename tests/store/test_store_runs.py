"""Runs: one a source at a time, taken over when their process is gone, and books that add up."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from store_samples import NOON, link, seed

from newsspider import clock
from newsspider.errors import RunActive, StoreError
from newsspider.items import Outcome
from newsspider.store import REASONS, Note, Owner, Run, Store
from newsspider.store.owner import is_live

ME = Owner.current()
ELSEWHERE = Owner("another-machine", 4711, "boot/pid/1")


def gone() -> Owner:
    """A process of this machine that has ended."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    ticks = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[19]
    child.communicate()
    return Owner(ME.host, child.pid, f"{ME.started.rpartition('/')[0]}/{ticks}")


def test_o01_a_second_run_of_a_source_is_refused(store: Store, run: Run) -> None:
    with pytest.raises(RunActive, match=rf"levant: already running, pid {os.getpid()} on \S+ since \d{{4}}-") as caught:
        store.begin_run("levant", ELSEWHERE)
    assert caught.value.exit_code == 75
    assert store.begin_run("gulf", ELSEWHERE).source == "gulf", "other sources run in parallel"


def test_o01_a_dead_owners_run_is_taken_over_at_once_with_its_leases(store: Store) -> None:
    dead = gone()
    run = store.begin_run("levant", dead)
    store.announce(run.id, "levant", [link("a"), link("b"), link("c")])
    leased = store.claim(run.id, dead, 2)
    store.finish(run.id, leased[0].key, Outcome.FAILED, "timeout")
    again = store.begin_run("levant", ME)
    assert (again.id, again.resumed, again.started_at) == (run.id, True, run.started_at)
    assert {row.url for row in store.claim(run.id, ME, 5)} == {leased[1].url, link("c").url}
    assert store.run(run.id).resumed == 1
    with pytest.raises(RunActive, match="taken over"):
        store.heartbeat(run.id, dead)


@pytest.mark.parametrize(("seconds", "taken"), [(9, False), (11, True), (-9, False), (-7200, True)])
def test_o01_a_silent_owner_on_another_machine_is_given_ten_seconds(store: Store, seconds: int, taken: bool) -> None:
    """Also a heartbeat in the future, left by a clock that was set back, does not hold a run for ever."""
    with clock.fixed(NOON):
        run = store.begin_run("levant", ELSEWHERE)
    with clock.fixed(NOON + timedelta(seconds=seconds)):
        if taken:
            assert store.begin_run("levant", ME).id == run.id
        else:
            with pytest.raises(RunActive):
                store.begin_run("levant", ME)


def test_o01_who_waits_long_for_the_turn_to_write_looks_at_the_clock_when_it_comes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [NOON]
    write = store._database.write

    def after_others(**options: Any) -> Any:
        monkeypatch.undo()
        now[0] += timedelta(seconds=12)
        store.heartbeat(run.id, ELSEWHERE)
        assert store.take_lease("index", ELSEWHERE, 10)
        return write(**options)

    with clock.fixed(lambda: now[0]):
        run = store.begin_run("levant", ELSEWHERE)
        monkeypatch.setattr(store._database, "write", after_others)
        with pytest.raises(RunActive, match="already running"):
            store.begin_run("levant", ME)
        monkeypatch.setattr(store._database, "write", after_others)
        assert not store.take_lease("index", ME, 10)


def test_a_heartbeat_keeps_a_run(store: Store) -> None:
    for second in range(0, 40, 3):
        with clock.fixed(NOON + timedelta(seconds=second)):
            if second == 0:
                run = store.begin_run("levant", ELSEWHERE)
            store.heartbeat(run.id, ELSEWHERE)
    with clock.fixed(NOON + timedelta(seconds=45)), pytest.raises(RunActive):
        store.begin_run("levant", ME)


def test_what_a_run_leaves_is_skipped_in_its_books_and_due_in_the_next(store: Store, run: Run) -> None:
    store.announce(run.id, "levant", [seed("feed.xml"), link("a"), link("b")])
    for row in store.claim(run.id, ME, 2):
        store.finish(run.id, row.key, Outcome.NOT_ARTICLE, "section_page")
    store.end_run(run.id, "stopped", Note("interrupted"))
    ended = store.run(run.id)
    assert (ended.state, ended.note, ended.active, ended.open) == ("stopped", Note("interrupted"), False, 0)
    assert ended.outcomes == {Outcome.NOT_ARTICLE: 1, Outcome.SKIPPED: 1}
    following = store.begin_run("levant", ME)
    assert (following.resumed, store.waiting(following.id)) == (False, 1)
    assert [row.url for row in store.claim(following.id, ME, 5)] == [link("b").url]


def test_books_add_up_while_a_run_goes_on(store: Store, run: Run) -> None:
    store.announce(run.id, "levant", [seed("feed.xml"), *(link(str(number)) for number in range(10))])
    for row, outcome in zip(store.claim(run.id, ME, 6), list(Outcome)[:6], strict=True):
        store.finish(run.id, row.key, outcome, f"because {outcome}")
    summary = store.run(run.id)
    assert summary.discovered == 10 == sum(summary.outcomes.values()) + summary.open
    assert sum(summary.discovery.values()) == 1
    assert sum(row.count for row in summary.reasons) == 11
    assert {row.reason for row in summary.reasons if row.outcome} == {f"because {outcome}" for outcome in list(Outcome)[:6]}
    assert [row.url for row in store.ledger(run.id, Outcome.DUPLICATE)] == [link("2").url]
    assert len(store.ledger(run.id, limit=4)) == 4
    assert [row.at is None for row in store.ledger(run.id)] == [True] * 5 + [False] * 6


def test_runs_are_listed_newest_first(store: Store) -> None:
    ids = []
    for hour, source in enumerate(("levant", "gulf", "levant", "levant")):
        with clock.fixed(NOON + timedelta(hours=hour // 3)):
            run = store.begin_run(source, ME)
            store.end_run(run.id, "finished")
            ids.append(run.id)
    assert ids[0] == "levant-20250122-120000"
    assert ids[2] == "levant-20250122-120000-2", "two in one second"
    assert {run.id for run in store.runs(limit=3)} <= set(ids)
    assert store.runs(limit=1)[0].id == ids[3]
    assert [run.source for run in store.runs("gulf")] == ["gulf"]


def test_wrong_endings_are_refused(store: Store, run: Run) -> None:
    with pytest.raises(ValueError, match="finished, stopped, limited, failed, degraded"):
        store.end_run(run.id, "done")
    store.end_run(run.id, "finished")
    with pytest.raises(StoreError, match="not running"):
        store.end_run(run.id, "finished")
    with pytest.raises(StoreError, match="runs list"):
        store.run("nothing")


def test_an_owner_is_alive_unless_surely_gone() -> None:
    assert ME.alive()
    assert not gone().alive()
    assert not Owner(ME.host, ME.pid, ME.started + "0").alive(), "a later process of the same number"
    assert ELSEWHERE.alive(), "another machine cannot be seen from here"
    assert Owner(ME.host, 1, "").alive()
    assert is_live(ME, NOON, NOON + timedelta(seconds=10), timedelta(seconds=10))
    assert not is_live(ME, NOON, NOON + timedelta(seconds=11), timedelta(seconds=10))


def test_the_stores_own_reasons_are_words() -> None:
    assert "left_for_next_run" in REASONS
    assert all(reason.replace("_", "").isalpha() for reason in REASONS)


def test_how_long_ago_runs_came_to_their_end(store: Store) -> None:
    for minutes, source, state in (
        (0, "levant", "degraded"),
        (10, "levant", "finished"),
        (20, "levant", "failed"),
        (20, "gulf", "stopped"),
    ):
        with clock.fixed(NOON + timedelta(minutes=minutes)):
            run = store.begin_run(source, ME)
        with clock.fixed(NOON + timedelta(minutes=minutes + 1)):
            store.end_run(run.id, state)
    with clock.fixed(NOON + timedelta(minutes=30)):
        assert store.seconds_since_runs() == {"levant": 19 * 60}
