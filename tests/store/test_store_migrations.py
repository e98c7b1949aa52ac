"""Migrations: all or nothing, wherever they are killed."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from store_samples import article, database, fill, python, store_url

from newsspider.errors import StoreUnavailable, StoreVersionError
from newsspider.store import Store, migrate, schema, sqlite

NEWER = "9998"  # a revision after every one there is


def test_migrations_make_the_schema_and_its_revision_is_the_newest(tmp_path: Path) -> None:
    Store.open(store_url(tmp_path)).close()
    engine = sqlite.make_engine(database(tmp_path))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        assert migrate.current(connection) == schema.REVISION
    engine.dispose()


def test_s12_a_newer_schema_is_refused_clearly(tmp_path: Path) -> None:
    Store.open(store_url(tmp_path)).close()
    raw = sqlite.driver.connect(database(tmp_path))
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()
    with pytest.raises(StoreVersionError, match=rf"newer newsspider \(schema 9999; this one knows {schema.REVISION}\)"):
        Store.open(store_url(tmp_path))


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


def test_s12_killed_at_any_step_of_an_upgrade_either_version_works_with_its_schema(tmp_path: Path, newer_scripts: Path) -> None:
    fill(tmp_path, 3)
    for step in (1, 3, 6, 7, 8):
        assert upgrade_killed_at(step, store_url(tmp_path), newer_scripts) == -signal.SIGKILL
        with Store.open(store_url(tmp_path)) as old:
            assert old.check() == []
            assert old.count() == 3
    assert upgrade_killed_at(0, store_url(tmp_path), newer_scripts) == 0
    with pytest.raises(StoreVersionError, match=NEWER):
        Store.open(store_url(tmp_path))


@pytest.mark.parametrize("step", [1, 5, 21])
def test_s12_killed_while_being_made_a_store_is_made_at_the_next_start(tmp_path: Path, step: int) -> None:
    assert upgrade_killed_at(step, store_url(tmp_path)) == -signal.SIGKILL
    with Store.open(store_url(tmp_path)) as store:
        assert store.record(article()).change_no == 1
        assert store.check() == []


def test_s12_a_store_in_use_is_not_upgraded(tmp_path: Path, newer_scripts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(store_url(tmp_path)):
        monkeypatch.setattr(migrate, "SCRIPTS", newer_scripts)
        monkeypatch.setattr(schema, "REVISION", NEWER)
        with pytest.raises(StoreUnavailable, match="older newsspider has it open"):
            Store.open(store_url(tmp_path))
