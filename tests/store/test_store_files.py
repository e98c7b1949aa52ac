"""A store's files: refused when opening them would lose something, private, upgraded in one transaction, backed up and brought back."""

from __future__ import annotations

import os
import random
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from store_samples import article, database, store_url

from newsspider.errors import NewsspiderError, StoreCorrupt, StoreError, StoreFull, StoreUnavailable, StoreVersionError
from newsspider.items import Outcome
from newsspider.store import Owner, Store, files, migrate, schema, sqlite, sqlite_in_use

AS_ROOT = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a file system needs root")


def fill(folder: Path, count: int = 200) -> None:
    with Store.open(store_url(folder)) as store:
        for number in range(count):
            store.record(article(str(number), f"نص طويل {number} " * 60))


def killed_with(folder: Path, code: str) -> None:
    """Run `code` with a Store `store` open in a process of its own, which then ends without closing anything."""
    lines = f"import os\nfrom newsspider.store import Store\nfrom store_samples import *\nstore = Store.open({store_url(folder)!r})\n{code}\nos._exit(0)"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    subprocess.run([sys.executable, "-c", lines], check=True, env=environment)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB; it can be remounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


# --- S06: damage is refused at start ---


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def truncated_to_a_part_of_a_page(path: Path) -> None:
    os.truncate(path, 1000)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def replaced_by_text(path: Path) -> None:
    path.write_bytes(b"not a database" * 1000)


@pytest.mark.parametrize("damage", [truncated, truncated_to_a_part_of_a_page, emptied, replaced_by_text, Path.unlink])
def test_s06_a_damaged_or_missing_file_is_refused_and_left_as_it_is(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    fill(tmp_path)
    path = database(tmp_path)
    damage(path)
    before = path.read_bytes() if path.exists() else None
    for _ in range(2):
        with pytest.raises(StoreCorrupt, match=r"newsspider\.db .*newsspider store check.*newsspider store restore"):
            Store.open(store_url(tmp_path))
    assert (path.read_bytes() if path.exists() else None) == before


def content(path: Path) -> list[str]:
    raw = sqlite.driver.connect(path)
    tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = [str(row) for table in tables for row in raw.execute(f"SELECT * FROM {table}")]
    raw.close()
    return found


def test_s06_a_zeroed_kilobyte_anywhere_is_found_at_start(tmp_path: Path) -> None:
    """Wherever it destroys something: zeros over unused bytes of a page do not."""
    fill(tmp_path)
    path = database(tmp_path)
    sound, stored = path.read_bytes(), content(path)
    seed = random.randrange(10_000)
    rng = random.Random(seed)
    refused = 0
    for _ in range(40):
        at = rng.randrange(len(sound) - 1024)
        path.write_bytes(sound[:at] + bytes(1024) + sound[at + 1024 :])
        try:
            Store.open(store_url(tmp_path)).close()
        except StoreCorrupt:
            refused += 1
        else:
            assert content(path) == stored, f"seed {seed}: a kilobyte of zeros at {at} was not noticed"
    assert refused > 20, f"seed {seed}"


def test_s06_a_deleted_wal_is_refused_and_one_put_back_is_not(tmp_path: Path) -> None:
    killed_with(tmp_path, "store.record(article())")
    wal = database(tmp_path).with_name("newsspider.db-wal")
    kept = wal.rename(tmp_path / "kept")
    with pytest.raises(StoreCorrupt, match=r"newsspider\.db-wal is missing.*store restore.*delete .*-state"):
        Store.open(store_url(tmp_path))
    kept.rename(wal)
    with Store.open(store_url(tmp_path)) as store:
        assert store.count() == 1


def test_s06_a_database_missing_beside_its_wal_is_refused(tmp_path: Path) -> None:
    killed_with(tmp_path, "store.record(article())")
    for name in ("newsspider.db", "newsspider.db-state"):
        database(tmp_path).with_name(name).unlink()
    with pytest.raises(StoreCorrupt, match=r"beside its newsspider\.db-wal"):
        Store.open(store_url(tmp_path))


def test_damage_found_while_working_is_told_the_same_way(tmp_path: Path) -> None:
    fill(tmp_path)
    with Store.open(store_url(tmp_path)) as store:
        with database(tmp_path).open("r+b") as file:
            file.seek(8192)
            file.write(bytes(database(tmp_path).stat().st_size - 8192))
        with pytest.raises(StoreCorrupt, match="store check"):
            list(store.articles())
        with pytest.raises(StoreCorrupt, match="store check"):
            store.check()


# --- what closing leaves ---


def test_a_closed_store_is_one_file_and_not_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, 3)
    assert {path.name for path in database(tmp_path).parent.iterdir()} == {"newsspider.db", "newsspider.db-state"}
    monkeypatch.setattr(sqlite, "quick_check", lambda *_: ["checked"])
    Store.open(store_url(tmp_path)).close()
    os.utime(database(tmp_path))
    with pytest.raises(StoreCorrupt, match="checked"):
        Store.open(store_url(tmp_path))


def test_a_store_left_open_at_the_end_of_a_process_is_closed(tmp_path: Path) -> None:
    code = f"from newsspider.store import Store; store = Store.open({store_url(tmp_path)!r}); store.begin_run('levant', __import__('newsspider.store').store.Owner.current())"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert not database(tmp_path).with_name("newsspider.db-wal").exists()
    with Store.open(store_url(tmp_path), create=False) as store:
        assert len(store.runs()) == 1


def test_a_forked_child_leaves_its_parents_store_alone(tmp_path: Path) -> None:
    with Store.open(store_url(tmp_path)) as store:
        store.record(article())
        child = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", FORK.format(url=store_url(tmp_path))], check=True, capture_output=True, text=True
        )
        assert child.stdout.split() == ["0", "2"]
        assert store.count() == 2


FORK = """
import os, sys
sys.path.insert(0, "tests/store")
from newsspider.store import Store
from store_samples import article
store = Store.open({url!r})
if (pid := os.fork()) == 0:
    sys.exit(0)
print(os.waitpid(pid, 0)[1])
store.record(article("b", "آخر"))
print(store.count())
"""


def test_two_stores_open_at_once_share_the_files(tmp_path: Path) -> None:
    first, second = Store.open(store_url(tmp_path)), Store.open(store_url(tmp_path))
    second.record(article())
    second.close()
    second.close()
    assert first.count() == 1
    first.close()
    assert not database(tmp_path).with_name("newsspider.db-wal").exists()


# --- S08, O12: folders ---


def test_o12_folder_and_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = Store.open(store_url(tmp_path))
        store.record(article())
        store.backup(tmp_path / "backup.db")
    finally:
        os.umask(before)
    folder = database(tmp_path).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [*folder.iterdir(), tmp_path / "backup.db"]}
    assert {"newsspider.db", "newsspider.db-wal", "newsspider.db-shm", "newsspider.db-state", "backup.db"} <= set(modes)
    assert set(modes.values()) == {0o600}
    store.close()


@AS_ROOT
def test_s08_a_read_only_folder_is_refused_with_its_path(small_disk: Path) -> None:
    fill(small_disk, 3)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(StoreUnavailable, match=f"{small_disk}.*(cannot be opened for writing|Read-only)"):
        Store.open(store_url(small_disk))


def test_s08_a_missing_mount_is_refused_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"missing/data cannot be made.*mounted"):
        Store.open(store_url(tmp_path / "missing"))
    assert list(tmp_path.iterdir()) == []


def test_s08_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreUnavailable, match="newsspider.db cannot be opened"):
        Store.open(store_url(tmp_path))


def test_nothing_is_made_when_only_looking(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="no store here"):
        Store.open(store_url(tmp_path), create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql://user:secret@host/db", "nonsense"])
def test_other_urls_are_refused_without_their_password(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="write sqlite:") as caught:
        Store.open(url)
    assert "secret" not in str(caught.value)


def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "network_filesystem", lambda folder: "nfs4")
    with pytest.raises(StoreUnavailable, match="nfs4"):
        Store.open(store_url(tmp_path))


def test_the_file_system_of_a_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert files.network_filesystem(tmp_path) is None
    kinds = {line.split(" - ", 1)[1].split()[0] for line in Path("/proc/self/mountinfo").read_text().splitlines()}
    monkeypatch.setattr(files, "NETWORK_FILESYSTEMS", kinds)
    assert files.network_filesystem(tmp_path) in kinds


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    database(tmp_path).parent.mkdir()
    other = sqlite.driver.connect(database(tmp_path))
    other.execute("CREATE TABLE bookmarks (url)")
    other.commit()
    other.close()
    with pytest.raises(StoreUnavailable, match="another program .*bookmarks"):
        Store.open(store_url(tmp_path))


# --- S02, S03, S11: the disk ---


@AS_ROOT
def test_s02_a_full_disk_tears_nothing_and_work_goes_on_when_space_is_freed(small_disk: Path) -> None:
    stored = 0
    with Store.open(store_url(small_disk)) as store:
        with pytest.raises(StoreFull, match=rf"{small_disk}.* \d+ bytes are free") as caught:
            for number in range(5000):
                store.record(article(str(number), f"نص {number} " * 100))
                stored += 1
        assert caught.value.exit_code == 75
        assert store.count() == stored > 50
        subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)
        store.record(article("more", "بعد"))
        assert store.check() == []
    with Store.open(store_url(small_disk)) as store:
        assert store.count() == stored + 1


@AS_ROOT
def test_s02_a_store_killed_on_a_full_disk_opens_when_space_is_freed(small_disk: Path) -> None:
    killed_with(
        small_disk,
        "try:\n    for n in range(5000): store.record(article(str(n), f'نص {n} ' * 100)); done = n\nexcept Exception: open('/dev/stdout', 'w')",
    )
    subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)
    with Store.open(store_url(small_disk)) as store:
        assert store.count() > 50
        assert store.check() == []


@AS_ROOT
def test_s02_a_backup_onto_a_full_disk_leaves_nothing_behind(tmp_path: Path, small_disk: Path) -> None:
    fill(tmp_path, 2000)
    with Store.open(store_url(tmp_path)) as store, pytest.raises(StoreFull, match=str(small_disk)):
        store.backup(small_disk / "backup.db")
    assert list(small_disk.iterdir()) == []


def test_s03_too_little_space_is_told_before_the_disk_is_full(tmp_path: Path) -> None:
    with Store.open(store_url(tmp_path), min_free_bytes=1) as store:
        store.require_space()
    with Store.open(store_url(tmp_path), min_free_bytes=1 << 60) as store:
        with pytest.raises(StoreFull, match=str(tmp_path)):
            store.require_space()
        store.record(article())


FAIL_FSYNC = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
static int failing(void) { return access(getenv("FAIL_WHEN"), F_OK) == 0; }
int fsync(int fd) { if (failing()) { errno = EIO; return -1; } return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { if (failing()) { errno = EIO; return -1; } return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
"""
AFTER_AN_ERROR = """
import os, sys
sys.path.insert(0, "tests/store")
from newsspider.errors import StoreUnavailable
from newsspider.store import Store
from store_samples import article
store = Store.open(sys.argv[1])
store.record(article("a", "أول"))
open(os.environ["FAIL_WHEN"], "w").close()
for fails in (True, False):
    if not fails:
        os.unlink(os.environ["FAIL_WHEN"])
    try:
        store.record(article("b", "ثان"))
        print("stored")
    except StoreUnavailable as e:
        print(e)
os._exit(0)
"""


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_s11_after_a_failed_sync_nothing_is_said_to_be_stored(tmp_path: Path) -> None:
    source, library = tmp_path / "fail.c", tmp_path / "fail.so"
    source.write_text(FAIL_FSYNC)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    environment = os.environ | {"LD_PRELOAD": str(library), "FAIL_WHEN": str(tmp_path / "now")}
    done = subprocess.run([sys.executable, "-c", AFTER_AN_ERROR, store_url(tmp_path)], env=environment, capture_output=True, text=True)
    first, second = done.stdout.splitlines()
    assert "the disk failed" in first, done.stderr
    assert "nothing more is written after an error" in second
    with Store.open(store_url(tmp_path)) as store:
        assert store.article("https://news.example/a") is not None
        assert store.check() == []


# --- S12: migrations ---


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
    with pytest.raises(StoreVersionError, match=r"newer newsspider \(schema 9999; this one knows 0001\)"):
        Store.open(store_url(tmp_path))


@pytest.fixture
def newer_scripts(tmp_path: Path) -> Path:
    """The migrations with one more."""
    scripts = tmp_path / "migrations"
    shutil.copytree(migrate.SCRIPTS, scripts)
    (scripts / "versions" / "0002_more.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\nrevision, down_revision = '0002', '0001'\n"
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
    migrate.SCRIPTS, schema.REVISION = Path(scripts), "0002"
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
    return subprocess.run([sys.executable, "-c", UPGRADE, url, str(scripts), str(step)]).returncode


def test_s12_killed_at_any_step_of_an_upgrade_either_version_works_with_its_schema(tmp_path: Path, newer_scripts: Path) -> None:
    fill(tmp_path, 3)
    for step in (1, 3, 6, 7, 8):
        assert upgrade_killed_at(step, store_url(tmp_path), newer_scripts) == -signal.SIGKILL
        with Store.open(store_url(tmp_path)) as old:
            assert old.check() == []
            assert old.count() == 3
    assert upgrade_killed_at(0, store_url(tmp_path), newer_scripts) == 0
    with pytest.raises(StoreVersionError, match="0002"):
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
        monkeypatch.setattr(schema, "REVISION", "0002")
        with pytest.raises(StoreUnavailable, match="older newsspider has it open"):
            Store.open(store_url(tmp_path))


# --- S07: backup and restore ---


def test_s07_a_backup_taken_while_others_write_is_whole(tmp_path: Path) -> None:
    fill(tmp_path, 300)
    writer = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.path.insert(0, 'tests/store')\nfrom newsspider.store import Store\nfrom store_samples import article\n"
         f"store = Store.open({store_url(tmp_path)!r})\nn = 0\nwhile True:\n    n += 1; store.record(article(f'w{{n}}', f'كتابة {{n}}'.format(n=n)))\n    print(n, flush=True)"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert writer.stdout
    try:
        for _ in range(20):
            writer.stdout.readline()
        with Store.open(store_url(tmp_path)) as store:
            before = {stored.id for stored in store.articles()}
            store.backup(tmp_path / "backup.db")
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()
    (tmp_path / "elsewhere").mkdir()
    assert Store.restore(tmp_path / "backup.db", store_url(tmp_path / "elsewhere")) is None
    with Store.open(store_url(tmp_path / "elsewhere")) as restored:
        assert before <= {stored.id for stored in restored.articles()}
        assert restored.check() == []


def test_a_backup_never_overwrites(tmp_path: Path, store: Store) -> None:
    (tmp_path / "precious").write_text("x")
    with pytest.raises(StoreError, match="exists already"):
        store.backup(tmp_path / "precious")
    assert (tmp_path / "precious").read_text() == "x"
    with pytest.raises(StoreUnavailable, match="missing/backup.db cannot be written"):
        store.backup(tmp_path / "missing" / "backup.db")


def test_a_restored_store_is_indexed_anew_and_the_replaced_files_are_kept(tmp_path: Path) -> None:
    with Store.open(store_url(tmp_path)) as store:
        kept = store.record(article("a", "قبل"))
        store.backup(tmp_path / "backup.db")
        store.record(article("a", "بعد"))
        lost = store.record(article("b", "لاحق"))
        store.set_checkpoint("index-1", store.last_change())
        newest = store.last_change()
        with pytest.raises(StoreUnavailable, match="in use"):
            Store.restore(tmp_path / "backup.db", store_url(tmp_path))
    replaced = Store.restore(tmp_path / "backup.db", store_url(tmp_path))
    assert replaced is not None
    with Store.open(store_url(tmp_path)) as store:
        (change,) = store.changes(store.checkpoint("index-1"), 10)
        assert change.article is not None
        assert (change.article_id, change.article.body) == (kept.article_id, "قبل")
        assert change.change_no > newest, "so that an index that holds the later text takes this one"
        first = store.last_change()
        assert store.record(article("c", "جديد")).change_no == first + 1
        assert store.check() == []
    Store.restore(tmp_path / "backup.db", store_url(tmp_path))
    with Store.open(store_url(tmp_path)) as store:
        assert store.changes(0, 1)[0].change_no > first + 1, "nor does a second restore use a number again"
    shutil.copy(replaced, tmp_path / "data" / "newsspider.db")
    with Store.open(store_url(tmp_path)) as store:
        assert store.article(lost.article_id) is not None


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000, None])
def test_what_is_no_backup_replaces_nothing(tmp_path: Path, content: bytes | None) -> None:
    fill(tmp_path, 3)
    if content is not None:
        (tmp_path / "backup.db").write_bytes(content)
    with pytest.raises(NewsspiderError, match="backup.db"):
        Store.restore(tmp_path / "backup.db", store_url(tmp_path))
    with Store.open(store_url(tmp_path)) as store:
        assert store.count() == 3
    assert {path.name for path in database(tmp_path).parent.iterdir()} == {"newsspider.db", "newsspider.db-state"}


def test_a_damaged_store_can_be_restored(tmp_path: Path) -> None:
    fill(tmp_path, 100)
    with Store.open(store_url(tmp_path)) as store:
        store.backup(tmp_path / "backup.db")
    truncated(database(tmp_path))
    Store.restore(tmp_path / "backup.db", store_url(tmp_path))
    with Store.open(store_url(tmp_path)) as store:
        assert store.count() == 100


# --- the driver ---


def test_the_driver_and_journal_mode_are_safe_together(store: Store) -> None:
    version, module, mode = sqlite_in_use()
    assert mode == ("WAL" if tuple(map(int, version.split("."))) >= (3, 51, 3) else "TRUNCATE")
    assert module in ("pysqlite3", "sqlite3")
    with store._database.read() as tx:
        raw = tx.connection.connection.driver_connection
        assert raw is not None
        pragmas = {
            name: raw.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "busy_timeout")
        }
    assert pragmas == {"journal_mode": mode.lower(), "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0, "busy_timeout": 5000}


def test_an_older_sqlite_works_without_wal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    fill(tmp_path, 3)
    monkeypatch.setattr(sqlite, "driver", sqlite3)
    monkeypatch.setattr(sqlite, "WAL_FIXED", (99,))
    with Store.open(store_url(tmp_path)) as store:
        assert store.record(article("x", "آخر")).change_no == 4
        assert not database(tmp_path).with_name("newsspider.db-wal").exists()
        with pytest.raises(StoreError, match="never given"):
            store.finish(store.begin_run("levant", Owner.current()).id, "0" * 32, Outcome.FAILED, "x")
        store.backup(tmp_path / "backup.db")
        assert store.check() == []
    monkeypatch.undo()
    with Store.open(store_url(tmp_path)) as store:
        assert store.count() == 4


def test_check_names_what_breaks_a_rule(tmp_path: Path, store: Store) -> None:
    recorded = store.record(article())
    raw = sqlalchemy.text("UPDATE changes SET change_no = 7 WHERE article_id = :id")
    with store._database.write() as tx:
        tx.connection.execute(raw, {"id": recorded.article_id})
        tx.connection.execute(sqlalchemy.text("DELETE FROM addresses"))
    assert store.check() == [
        "1 articles whose change number is not that of the change feed", "1 change numbers above the counter", "1 articles without an address"
    ]  # fmt: skip


def test_opening_waits_for_a_process_that_is_opening(tmp_path: Path) -> None:
    openers = [
        subprocess.Popen([sys.executable, "-c", f"from newsspider.store import Store\nStore.open({store_url(tmp_path)!r}).close()"])
        for _ in range(3)
    ]
    assert [opener.wait(timeout=60) for opener in openers] == [0] * 3


def test_a_store_that_is_never_released_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, 1)
    held = files.StoreFiles(database(tmp_path))
    assert held.enter(create=False)
    monkeypatch.setattr(files, "LOCK_SECONDS", 0.1)
    with pytest.raises(StoreUnavailable, match="kept it locked"):
        Store.open(store_url(tmp_path))
    held.leave()
    Store.open(store_url(tmp_path)).close()
