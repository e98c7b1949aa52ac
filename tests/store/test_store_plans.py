"""Every statement on a crawl's path finds its rows through an index."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event
from store_samples import SITE, article, link, seed

from newsspider.items import Outcome
from newsspider.store import Owner, Store, announce, articles, changes, families, frontier, ledger, recording, runs

READ_WHOLE = ("SCAN dead_letters", "SCAN forgotten", "SCAN runs")  # a few rows
STATEMENTS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": statement
    for module in (announce, articles, changes, families, frontier, ledger, recording, runs)
    for name, statement in vars(module).items()
    if name.startswith("_") and name.isupper() and hasattr(statement, "compile")
}


@pytest.mark.parametrize("name", [name for name, statement in STATEMENTS.items() if not statement.is_insert])
def test_prepared_statements_search(file_store: Store, name: str) -> None:
    with file_store._database.read() as tx:
        prepared = file_store._database.prepared(STATEMENTS[name])
        marks = prepared.sql.count("?")
        plan = [row[3] for row in tx.connection.exec_driver_sql("EXPLAIN QUERY PLAN " + prepared.sql, (None,) * marks)]
    assert plan
    assert [step for step in plan if step.startswith("SCAN")] == []
    assert [step for step in plan if "TEMP B-TREE" in step] == [] or name == "recording._SAME_TEXT"  # a few rows of one text


def built(store: Store) -> list[str]:
    """The statements that SQLAlchemy executes from now on."""
    seen: list[str] = []

    @event.listens_for(store._database.engine, "before_cursor_execute")
    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            seen.append(statement)

    return seen


def test_whole_runs_search(file_store: Store) -> None:
    """The statements that are built as they are needed, too: whatever a run of every call executes."""
    me = Owner.current()
    seen = built(file_store)
    run = file_store.begin_run("levant", me)
    file_store.announce(run.id, "levant", [seed("feed"), link("a"), link("b")])
    for row in file_store.claim(run.id, me, 3):
        file_store.finish(run.id, row.key, Outcome.FAILED, "timeout")
    recorded = file_store.record(article())
    file_store.article(recorded.article_id), file_store.article("https://news.example/a"), file_store.revisions(recorded.article_id)
    file_store.addresses(recorded.article_id), file_store.changes(0, 10), file_store.delete(recorded.article_id)
    file_store.end_run(run.id, "finished")
    file_store.runs("levant"), file_store.ledger(run.id)
    with file_store._database.read() as tx:
        for statement in set(seen):
            plan = [row[3] for row in tx.connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, (None,) * statement.count("?"))]
            scans = [step for step in plan if step.startswith("SCAN") and not step.startswith(READ_WHOLE)]
            assert scans == [], statement
    assert len(set(seen)) > 10


def test_the_history_of_one_address_is_searched_for(store: Store) -> None:
    """On PostgreSQL by a planner that is told to search where it can: of a small table it would read all."""
    store.record(article())
    seen = built(store)
    store.visits(SITE + "a")
    store.forget(SITE + "a")
    of_ledger = [statement for statement in seen if "ledger" in statement]
    assert len(of_ledger) == 3
    for statement in of_ledger:
        indexes = ("ledger_address", "ledger_open") if "outcome IS NULL" in statement else ("ledger_address",)
        assert any(index in plan_of(store, statement) for index in indexes), statement


def plan_of(store: Store, statement: str) -> str:
    with store._database.read() as tx:
        if store._database.at_hand:
            return str(tx.connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, (None,) * statement.count("?")).all())
        tx.connection.exec_driver_sql("SET enable_seqscan = off")
        return str(tx.connection.exec_driver_sql("EXPLAIN " + re.sub(r"%\(\w+\)s", "'1'", statement)).all())
