"""Any order of calls keeps the store's invariants: hypothesis against a model in plain dictionaries."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pg_server import PostgresServer
from store_samples import SITE, article, link, on_day, seed, store_url

from newsspider.items import Delivered, Delivery, Outcome, Publication
from newsspider.store import FrontierRow, Owner, Run, Store

PATHS = st.sampled_from([f"p{number}" for number in range(6)])
LONG = " ".join(f"كلمة{number}" for number in range(60))
TEXTS = st.sampled_from(
    ["نص أول", "نص ثان", LONG, f"{LONG} وزيادة في آخره", f"{LONG[: len(LONG) // 2]} {LONG[: len(LONG) // 2].replace('كلمة', 'قول')}"]
)
DATES: st.SearchStrategy[Publication | None] = st.sampled_from([None, on_day(3, 0.3), on_day(4, 0.6), on_day(5, 0.9)])
ENDINGS = st.sampled_from([Outcome.NOT_ARTICLE, Outcome.REJECTED, Outcome.FAILED, Outcome.SKIPPED])


class StoreMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.url = self.new_url()
        self.store = Store.open(self.url)
        me = Owner.current()
        self.me = Owner(me.host, me.pid, me.started + "0")  # another process of the same number, which is gone
        self.run: Run | None = None
        self.leased: list[FrontierRow] = []
        self.ended: dict[str, Outcome] = {}  # in this run
        self.numbers: dict[str, int] = {}  # of each article, its newest change
        self.families: dict[str, str] = {}
        self.indexed: dict[str, tuple[int, str | None]] = {}
        self.checkpoint = 0

    def new_url(self) -> str:
        return store_url(self.folder)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule()
    def reopen_without_closing(self) -> None:
        old, self.store = self.store, Store.open(self.url)
        old.close()

    @precondition(lambda self: self.run is None)
    @rule()
    def begin(self) -> None:
        self.run = self.store.begin_run("levant", self.me)
        self.ended, self.leased = {}, []

    @precondition(lambda self: self.run)
    @rule()
    def crash_and_take_over(self) -> None:
        assert self.run
        before = self.run.id
        self.me = Owner(self.me.host, self.me.pid, self.me.started + "0")
        self.run = self.store.begin_run("levant", self.me)
        assert (self.run.id, self.run.resumed) == (before, True)
        self.leased = []

    @precondition(lambda self: self.run)
    @rule(state=st.sampled_from(["finished", "stopped", "failed"]))
    def end(self, state: str) -> None:
        assert self.run
        self.store.end_run(self.run.id, state)
        summary = self.store.run(self.run.id)
        assert summary.open == 0
        self.run = None

    @precondition(lambda self: self.run)
    @rule(paths=st.lists(PATHS, max_size=4), force=st.booleans())
    def announce(self, paths: list[str], force: bool) -> None:
        assert self.run
        before = self.store.run(self.run.id).discovered
        announced = self.store.announce(self.run.id, "levant", [link(path) for path in paths], force=force)
        assert announced.new + announced.known == len(paths)
        assert self.store.run(self.run.id).discovered == before + announced.new

    @precondition(lambda self: self.run)
    @rule(limit=st.integers(1, 3))
    def claim(self, limit: int) -> None:
        assert self.run
        rows = self.store.claim(self.run.id, self.me, limit)
        assert not {row.key for row in rows} & {row.key for row in self.leased}, "leased twice"
        assert not {row.key for row in rows} & set(self.ended), "visited again after its end"
        self.leased += rows

    @precondition(lambda self: self.leased and self.run)
    @rule(outcome=ENDINGS)
    def finish(self, outcome: Outcome) -> None:
        assert self.run
        row = self.leased.pop()
        self.store.finish(self.run.id, row.key, outcome, "because")
        self.store.finish(self.run.id, row.key, outcome, "repeated")
        self.ended[row.key] = outcome

    @precondition(lambda self: self.leased and self.run)
    @rule()
    def release(self) -> None:
        assert self.run
        self.store.release(self.run.id, [self.leased.pop(0).key])

    @precondition(lambda self: self.run)
    @rule(paths=st.lists(PATHS, max_size=3))
    def discover(self, paths: list[str]) -> None:
        assert self.run
        self.store.announce(self.run.id, "levant", [seed("feed")], force=True)
        row = next((row for row in self.store.claim(self.run.id, self.me, 1)), None)
        if row and row.kind == "discovery":
            self.store.finish_discovery(self.run.id, row.key, Outcome.NEW, "read", [link(path) for path in paths], depth=1)
            self.ended[row.key] = Outcome.NEW
        elif row:
            self.leased.append(row)

    @precondition(lambda self: self.leased and self.run)
    @rule(text=TEXTS, publication=DATES)
    def record_visit(self, text: str, publication: Publication | None) -> None:
        assert self.run
        row = self.leased.pop()
        recorded = self.store.record(
            article(row.url.removeprefix(SITE), text, publication=publication, frontier_key=row.key), run_id=self.run.id
        )
        self.ended[row.key] = recorded.outcome
        self._recorded(recorded.article_id, recorded.change_no, text)

    @rule(path=PATHS, also=st.lists(PATHS, max_size=1), text=TEXTS, publication=DATES, source=st.sampled_from(["levant", "gulf"]))
    def record(self, path: str, also: list[str], text: str, publication: Publication | None, source: str) -> None:
        recorded = self.store.record(article(path, text, also=tuple(also), publication=publication, source=source))
        assert (recorded.change_no is None) == (recorded.outcome not in (Outcome.NEW, Outcome.UPDATED))
        self._recorded(recorded.article_id, recorded.change_no, text)

    def _recorded(self, article_id: str, change_no: int | None, text: str) -> None:
        if change_no is not None:
            assert change_no > max(self.numbers.values(), default=0), "numbers only rise"
            assert change_no == self.store.last_change()
            self.numbers[article_id] = change_no
            stored = self.store.article(article_id)
            assert stored is not None
            assert (stored.body, stored.change_no) == (text, change_no)
            assert len(self.store.revisions(article_id)) == stored.revision - 1
            self._renumbered()

    def _renumbered(self) -> None:
        """Articles whose family got another id have newer change numbers, and nothing else has changed of them."""
        for stored in self.store.articles():
            number, family_id = self.numbers[stored.id], self.families.get(stored.id, stored.family_id)
            assert stored.change_no == number or (stored.change_no > number and stored.family_id != family_id)
            self.numbers[stored.id], self.families[stored.id] = stored.change_no, stored.family_id

    @precondition(lambda self: self.store.count())
    @rule()
    def delete(self) -> None:
        victim = next(self.store.articles())
        self.numbers[victim.id] = self.store.delete(victim.id)
        self._renumbered()

    @rule(limit=st.integers(1, 3))
    def deliver(self, limit: int) -> None:
        """What indexing does: the present state of a few changes behind the checkpoint."""
        changes = self.store.changes(self.checkpoint, limit)
        for change in changes:
            self.indexed[change.article_id] = (change.change_no, change.article and change.article.body)
            self.checkpoint = change.change_no
        self.store.set_checkpoint("index", self.checkpoint)

    @precondition(lambda self: self.numbers)
    @rule()
    def bury(self) -> None:
        article_id, number = next(iter(self.numbers.items()))
        self.store.bury("index", Delivered(number, article_id, Delivery.DEAD, "type", "reason"))
        assert [letter.article_id for letter in self.store.dead("index")] == [article_id]
        assert self.store.unbury("index", article_id)

    @invariant()
    def the_feed_is_every_article_once_with_its_newest_number(self) -> None:
        feed = self.store.changes(0, 100)
        assert {change.article_id: change.change_no for change in feed} == self.numbers
        assert [change.change_no for change in feed] == sorted(self.numbers.values())

    @invariant()
    def an_index_that_followed_the_feed_lacks_only_what_is_pending(self) -> None:
        assert self.store.checkpoint("index") == self.checkpoint
        pending = {change.article_id for change in self.store.changes(self.checkpoint, 100)}
        assert len(pending) == self.store.pending(self.checkpoint)
        for article_id, number in self.numbers.items():
            if article_id not in pending:
                stored = self.store.article(article_id)
                assert self.indexed[article_id] == (number, stored and stored.body)

    @invariant()
    def the_books_add_up(self) -> None:
        if self.run:
            summary = self.store.run(self.run.id)
            assert summary.discovered == sum(summary.outcomes.values()) + summary.open
            ended = {row.outcome for row in self.store.ledger(self.run.id) if row.outcome}
            assert ended == set(self.ended.values())
            assert self.store.waiting(self.run.id) >= len(self.leased)

    @invariant()
    def nothing_breaks_a_rule(self) -> None:
        assert self.store.check() == []


StoreMachine.TestCase.settings = settings(
    max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
TestStoreMachine = StoreMachine.TestCase


class PostgresqlMachine(StoreMachine):
    server: PostgresServer

    def new_url(self) -> str:
        return self.server.fresh_store()


@pytest.fixture(scope="module")
def server(postgresql: PostgresServer) -> None:
    PostgresqlMachine.server = postgresql


PostgresqlMachine.TestCase.settings = settings(StoreMachine.TestCase.settings, max_examples=4)
TestPostgresqlMachine = pytest.mark.usefixtures("server")(PostgresqlMachine.TestCase)
