"""Migrations: all or nothing, wherever they are killed."""

from __future__ import annotations

import gzip
import shutil
import signal
from importlib import import_module
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import update
from store_samples import article, database, python, store_url

from newsspider.errors import StoreUnavailable, StoreVersionError
from newsspider.items import Role
from newsspider.store import OWNER, Note, Owner, Store, migrate, schema

NEWER = "9998"  # a revision after every one there is


def test_migrations_make_the_schema_and_its_revision_is_the_newest(new_url: str) -> None:
    with Store.open(new_url) as store, store._database.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx.connection), schema.metadata) == []
        assert migrate.current(tx.connection) == schema.REVISION


def test_s12_a_newer_schema_is_refused_clearly(url: str) -> None:
    with Store.open(url) as store, store._database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreVersionError, match=rf"newer newsspider \(schema 9999; this one knows {schema.REVISION}\)"):
        Store.open(url)


@pytest.fixture
def newer_scripts(tmp_path: Path) -> Path:
    """The migrations with one more."""
    scripts = tmp_path / "migrations"
    shutil.copytree(migrate.SCRIPTS, scripts)
    (scripts / "versions" / f"{NEWER}_more.py").write_text(
        f"from alembic import op\nimport sqlalchemy as sa\nrevision, down_revision = '{NEWER}', '{schema.REVISION}'\n"
        "def upgrade():\n"
        "    for n in range(5): op.create_table(f'extra{n}', sa.Column('id', sa.Text(), primary_key=True))\n"
        "    op.add_column('runs', sa.Column('extra', sa.Text()))\n"
        "    op.execute('DELETE FROM addresses')\n"
    )
    return scripts


UPGRADE = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event, Engine
from newsspider.store import Store, migrate, schema
url, scripts, after = sys.argv[1], sys.argv[2], int(sys.argv[3])
if scripts:
    migrate.SCRIPTS, schema.REVISION = Path(scripts), "9998"
count = 0
@event.listens_for(Engine, "before_cursor_execute")
def kill(conn, cursor, statement, *rest):
    global count
    if statement.split()[0] in ("CREATE", "ALTER", "DELETE", "UPDATE", "INSERT"):
        count += 1
        if count == after:
            os.kill(os.getpid(), signal.SIGKILL)
Store.open(url).close()
"""


def upgrade_killed_at(step: int, url: str, scripts: Path | str = "") -> int:
    child = python(UPGRADE, url, str(scripts), str(step))
    child.communicate()
    return child.returncode


RELEASES = Path(__file__).parent / "releases"


@pytest.mark.parametrize("release", sorted(RELEASES.glob("*.db.gz")), ids=lambda path: path.name)
def test_o05_a_store_of_an_earlier_version_opens_with_all_it_had(tmp_path: Path, release: Path) -> None:
    database(tmp_path).parent.mkdir()
    database(tmp_path).write_bytes(gzip.decompress(release.read_bytes()))
    with Store.open(store_url(tmp_path)) as store:
        assert store.check() == []
        assert (store.count(), store.last_change(), store.pending(3)) == (3, 6, 3)
        assert [len(store.revisions(change.article_id)) for change in store.changes(0, 10)] == [0, 0, 1, 0]
        (run,) = store.runs()
        assert run.discovered == sum(run.outcomes.values()) == 4
        assert (store.checkpoint("index"), len(store.dead("index"))) == (3, 1)
        assert store.record(article("later", "لاحق")).change_no == 7


def test_s12_killed_at_any_step_of_an_upgrade_either_version_works_with_its_schema(url: str, newer_scripts: Path) -> None:
    with Store.open(url) as store:
        for number in range(3):
            store.record(article(str(number), f"نص {number}"))
    for step in (1, 3, 6, 7, 8):
        assert upgrade_killed_at(step, url, newer_scripts) == -signal.SIGKILL
        with Store.open(url) as old:
            assert old.check() == []
            assert old.count() == 3
    assert upgrade_killed_at(0, url, newer_scripts) == 0
    with pytest.raises(StoreVersionError, match=NEWER):
        Store.open(url)


@pytest.mark.parametrize("step", [1, 5, 21])
def test_s12_killed_while_being_made_a_store_is_made_at_the_next_start(new_url: str, step: int) -> None:
    assert upgrade_killed_at(step, new_url) == -signal.SIGKILL
    with Store.open(new_url) as store:
        assert store.record(article()).change_no == 1
        assert store.check() == []


def test_s12_a_store_in_use_is_not_upgraded(url: str, newer_scripts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(url):
        monkeypatch.setattr("newsspider.store.postgresql.ALONE_SECONDS", 0.1)
        monkeypatch.setattr(migrate, "SCRIPTS", newer_scripts)
        monkeypatch.setattr(schema, "REVISION", NEWER)
        with pytest.raises(StoreUnavailable, match="older newsspider has it open"):
            Store.open(url)


def test_searches_whose_user_has_gone_become_the_owners_under_other_addresses(url: str) -> None:
    with Store.open(url) as store:
        store.add_user("omar", Role.READER)
        kept, left = (store.save_search("قمح", "القمح", owner="omar") for _ in range(2))
        with store._database.write() as tx:
            tx.connection.execute(update(schema.searches).where(schema.searches.c.id == left.id).values(owner="gone"))
        with store._database.write() as tx, Operations.context(MigrationContext.configure(tx.connection)):
            import_module("newsspider.store.migrations.versions.0014_owned").upgrade()
        assert store.searches("omar") == [kept]
        (given,) = store.searches(OWNER)
        assert given.id == left.id
        assert not given.opens_with(left.feed_key)


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("no text on 21 pages in a row: has the site changed its layout?", {"missing": "text", "pages": 21}),
        ("dates: 10%, and 100% in earlier runs: has the site changed its layout?", {"missing": "dates", "share": 0.1, "before": 1.0}),
        ("something else", {}),
    ],
)
def test_facts_are_taken_from_the_notes_that_had_them_in_words(url: str, said: str, facts: dict[str, object]) -> None:
    with Store.open(url) as store:
        run = store.begin_run("levant", Owner.current())
        store.end_run(run.id, "degraded", Note(said))
        with store._database.write() as tx, Operations.context(MigrationContext.configure(tx.connection)):
            tx.connection.exec_driver_sql("ALTER TABLE runs DROP COLUMN facts")
            import_module("newsspider.store.migrations.versions.0019_facts").upgrade()
        assert store.run(run.id).note == (said, facts)
