"""A store made before there were families."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from store_samples import article, database, store_url
from stories import story, text

from newsspider.store import Store, migrate, sqlite

BEFORE = "0007"


def insert(connection: sa.Connection, table: str, **values: object) -> None:
    connection.execute(sa.table(table, *map(sa.column, values)).insert().values(values))


def old_article(connection: sa.Connection, number: int, family_id: str, body: str) -> None:
    needed = [(name, kind) for _, name, kind, not_null, *_ in connection.exec_driver_sql("PRAGMA table_info(articles)") if not_null]
    row: dict[str, Any] = {name: "[]" if kind == "TEXT" else 0 for name, kind in needed}
    row |= {"id": f"a{number}", "family_id": family_id, "body": body, "first_seen_at": number, "change_no": number, "timezone": "UTC"}
    insert(connection, "changes", article_id=row["id"], change_no=number, deleted=False)
    insert(connection, "articles", **row)
    insert(connection, "addresses", url_key=f"k{number}", article_id=row["id"], url="https://old.example/", first_seen_at=number)


def test_its_articles_are_found_by_their_text_and_families_that_lost_their_first_member_have_the_next(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    engine = sqlite.make_engine(database(tmp_path))
    with engine.begin() as connection:
        command.upgrade(migrate._scripts(connection, "old"), BEFORE)
        old_article(connection, 1, "deleted", text(story(1)))
        old_article(connection, 2, "deleted", text(story(1)))
        old_article(connection, 3, "a3", text(story(2)))
        connection.exec_driver_sql("UPDATE counters SET value = 3 WHERE name = 'change'")
    engine.dispose()
    with Store.open(store_url(tmp_path)) as store:
        assert [stored.family_id for stored in store.articles()] == ["a1", "a1", "a3"]
        recorded = store.record(article(text=text(story(2), story(9, 5)), source="gulf"))
        family = store.family(recorded.article_id)
        assert family is not None
        assert family.id == "a3"
        assert store.check() == []
