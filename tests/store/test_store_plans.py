"""Every statement on a crawl's path finds its rows through an index."""

from __future__ import annotations

import pytest
from store_samples import article, link, seed

from newsspider.items import Outcome
from newsspider.store import Owner, Store, announce, articles, changes, frontier, runs

READ_WHOLE = ("SCAN dead_letters", "SCAN forgotten", "SCAN runs")  # a few rows
STATEMENTS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": statement
    for module in (announce, articles, changes, frontier, runs)
    for name, statement in vars(module).items()
    if name.startswith("_") and name.isupper() and hasattr(statement, "compile")
}


@pytest.mark.parametrize("name", [name for name, statement in STATEMENTS.items() if not statement.is_insert])
def test_prepared_statements_search(store: Store, name: str) -> None:
    with store._database.read() as tx:
        prepared = store._database.prepared(STATEMENTS[name])
        marks = prepared.sql.count("?")
        plan = [row[3] for row in tx.connection.exec_driver_sql("EXPLAIN QUERY PLAN " + prepared.sql, (None,) * marks)]
    assert plan
    assert [step for step in plan if step.startswith("SCAN")] == []
    assert [step for step in plan if "TEMP B-TREE" in step] == [] or name == "articles._SAME_TEXT"  # a few rows of one text


def test_whole_runs_search(store: Store) -> None:
    """The statements that are built as they are needed, too: whatever a run of every call executes."""
    me = Owner.current()
    seen: list[str] = []
    from sqlalchemy import event

    @event.listens_for(store._database.engine, "before_cursor_execute")
    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            seen.append(statement)

    run = store.begin_run("levant", me)
    store.announce(run.id, "levant", [seed("feed"), link("a"), link("b")])
    for row in store.claim(run.id, me, 3):
        store.finish(run.id, row.key, Outcome.FAILED, "timeout")
    recorded = store.record(article())
    store.article(recorded.article_id), store.article("https://news.example/a"), store.revisions(recorded.article_id)
    store.addresses(recorded.article_id), store.changes(0, 10), store.delete(recorded.article_id)
    store.end_run(run.id, "finished")
    store.runs("levant"), store.ledger(run.id)
    with store._database.read() as tx:
        for statement in set(seen):
            plan = [row[3] for row in tx.connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, (None,) * statement.count("?"))]
            scans = [step for step in plan if step.startswith("SCAN") and not step.startswith(READ_WHOLE)]
            assert scans == [], statement
    assert len(set(seen)) > 10
