"""What only a store on PostgreSQL can meet: a server that goes away or is full, sessions of several machines, and its own way of backups."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from pg_server import BINARIES, PostgresServer, postgres_server
from store_samples import article, link, python

from newsspider import clock
from newsspider.errors import RunActive, StoreError, StoreFull, StoreUnavailable, StoreVersionError
from newsspider.items import Outcome
from newsspider.store import Owner, Store
from newsspider.store.rows import micros
from newsspider.store.runs import hold_run

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a file system needs root")
ME = Owner.current()

HELD = """
import sys
from newsspider.store import Store
store = Store.open(sys.argv[1])
with store._database.write() as tx:
    print("writing", flush=True)
    sys.stdin.readline()
"""
OPEN = """
import sys
from newsspider.store import Store
sys.stdin.readline()
with Store.open(sys.argv[1]) as store:
    print(store.count())
"""
BEGIN = """
import sys
from newsspider.errors import RunActive
from newsspider.store import Owner, Store
with Store.open(sys.argv[1]) as store:
    sys.stdin.readline()
    for number in range(30):
        try:
            print(store.begin_run(f"source{number}", Owner.current()).source, flush=True)
        except RunActive:
            pass
    print("tried", flush=True)
    sys.stdin.readline()
"""


def go(*children: subprocess.Popen[str]) -> None:
    for child in children:
        assert child.stdin
        child.stdin.write("go\n")
        child.stdin.flush()


def test_a_server_that_went_away_is_told_and_used_again_once_it_is_back() -> None:
    with postgres_server() as server, Store.open(server.fresh_database()) as store:
        run = store.begin_run("levant", ME)
        store.announce(run.id, "levant", [link("a"), link("b")])
        (row, other) = store.claim(run.id, ME, 2)
        server.stop(signal.SIGQUIT)
        for work in (
            lambda: store.record(article("a", frontier_key=row.key), run_id=run.id),
            store.count,
            lambda: store.heartbeat(run.id, ME),
        ):
            with pytest.raises(StoreUnavailable, match=rf"127\.0\.0\.1:{server.port}/test1 cannot be reached"):
                work()
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            Store.open(server.url("test1"))
        server.start()
        assert store.record(article("a", frontier_key=row.key), run_id=run.id).change_no == 1
        store.finish(run.id, other.key, Outcome.FAILED, "timeout")
        assert (store.count(), store.waiting(run.id), store.check()) == (1, 0, [])


@AS_ROOT
def test_who_was_cut_off_while_a_newer_version_upgraded_writes_no_more(postgresql: PostgresServer) -> None:
    url = postgresql.fresh_store()
    name = url.rpartition("/")[2]
    with Store.open(url) as store:
        store.record(article("1"))
        postgresql.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        postgresql.sql("UPDATE alembic_version SET version_num = '9999'", name)
        with pytest.raises(StoreUnavailable):
            store.record(article("2"))
        for _ in range(2):
            with pytest.raises(StoreVersionError, match="schema 9999"):
                store.record(article("2"))
            with pytest.raises(StoreVersionError):
                store.count()


def test_s02_a_full_disk_tears_nothing_and_work_goes_on_when_space_is_freed(postgresql: PostgresServer, tmp_path: Path) -> None:
    small = Path("/tmp") / f"newsspider-small-{os.getpid()}"  # the server's user cannot enter pytest's folders
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", small], check=True)
    try:
        (small / "space").mkdir()
        shutil.chown(small / "space", "postgres")
        postgresql.sql(f"CREATE TABLESPACE small LOCATION '{small}/space'")
        url = postgresql.fresh_database("TABLESPACE small")
        stored = 0
        with Store.open(url) as store:
            with pytest.raises(StoreFull, match="disk is full") as caught:  # noqa: PT012
                for number in range(20_000):
                    store.record(article(str(number), os.urandom(2000).hex()))
                    stored += 1
            assert caught.value.exit_code == 75
            assert (store.count(), store.last_change()) == (stored, stored)
            subprocess.run(["mount", "-o", "remount,size=40m", small], check=True)
            assert store.record(article("more", "نص")).change_no == stored + 1
            assert store.check() == []
        postgresql.sql(f"DROP DATABASE {url.rpartition('/')[2]}")
        postgresql.sql("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "-l", small], check=True)
        small.rmdir()


def test_a_writer_that_stands_still_stops_the_others_for_a_while_only(postgresql: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from newsspider.store import postgresql as dialect

    url = postgresql.fresh_store()
    monkeypatch.setitem(dialect.OPTIONS, "lock_timeout", "300ms")
    store = Store.open(url)  # before the other stands still, which is for 3 seconds only
    held = python(
        HELD.replace(
            "store = ", "from newsspider.store import postgresql as p; p.OPTIONS['idle_in_transaction_session_timeout'] = '3s'\nstore = "
        ),
        url,
    )
    assert held.stdout
    assert held.stdout.readline() == "writing\n"
    held.send_signal(signal.SIGSTOP)
    with store:
        with pytest.raises(StoreUnavailable, match="another session has held"):
            store.record(article())
        monkeypatch.setitem(dialect.OPTIONS, "lock_timeout", "60s")
    with Store.open(url) as patient:
        assert patient.record(article()).change_no == 1
    held.kill()
    held.communicate()


def test_o01_of_schedulers_that_begin_the_same_runs_at_once_each_run_has_one(postgresql: PostgresServer) -> None:
    url = postgresql.fresh_store()
    children = [python(BEGIN, url) for _ in range(3)]
    go(*children)
    begun = [line.strip() for child in children for line in iter(child.stdout.readline, "tried\n")]  # type: ignore[union-attr]
    go(*children)  # all have tried: before, the runs of one that has ended would be another's to take over
    for child in children:
        child.communicate()
    assert sorted(begun) == sorted(f"source{number}" for number in range(30))
    with Store.open(url) as store:
        assert not any(run.active for run in store.runs(limit=50)), "their processes have ended"
        assert store.begin_run("source7", ME).resumed
        with pytest.raises(RunActive, match=f"already running, pid {ME.pid} on {ME.host} since"):
            store.begin_run("source7", Owner("elsewhere", 1, "x"))


def test_o01_an_owner_that_calls_just_now_keeps_its_run(postgresql: PostgresServer) -> None:
    """Its call does not wait its turn among all writers, so it may be under way when another looks at the run."""
    url = postgresql.fresh_store()
    waits = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{url.rpartition('/')[2]}' AND wait_event_type = 'Lock'"
    owner, now = Owner("another-machine", 7, "boot/1"), clock.now()
    with Store.open(url) as store, Store.open(url) as other, ThreadPoolExecutor(1) as threads:
        with clock.fixed(now):
            run = store.begin_run("levant", owner)
        with clock.fixed(now + timedelta(seconds=11)):
            with store._database.write(own_rows=True) as tx:
                hold_run(tx, run.id, owner, micros(clock.now()))
                taken = threads.submit(other.begin_run, "levant", Owner.current())
                deadline = time.monotonic() + 30
                while postgresql.sql(waits) == [(0,)] and not taken.done():
                    assert time.monotonic() < deadline
            with pytest.raises(RunActive):
                taken.result(60)


def test_processes_that_open_a_new_store_at_once_make_one(postgresql: PostgresServer) -> None:
    url = postgresql.fresh_database()
    children = [python(OPEN, url) for _ in range(3)]
    go(*children)
    assert [child.communicate()[0] for child in children] == ["0\n"] * 3
    with Store.open(url) as store:
        assert store.check() == []


def test_nothing_is_made_when_only_looking(postgresql: PostgresServer) -> None:
    url = postgresql.fresh_database()
    with pytest.raises(StoreUnavailable, match="no store here"):
        Store.open(url, create=False)
    assert postgresql.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", url.rpartition("/")[2]) == [(0,)]


def test_what_is_no_store_of_ours_is_refused_without_the_password(postgresql: PostgresServer) -> None:
    secret = postgresql.url("missing").replace("tester@", "tester:geheim@")
    with pytest.raises(StoreUnavailable, match='database "missing" does not exist') as caught:
        Store.open(secret)
    assert "geheim" not in str(caught.value)
    other = postgresql.fresh_database()
    postgresql.sql("CREATE TABLE theirs (id int)", other.rpartition("/")[2])
    with pytest.raises(StoreUnavailable, match=r"another program.*theirs"):
        Store.open(other)


@pytest.fixture
def dumped(postgresql: PostgresServer, tmp_path: Path) -> tuple[str, str]:
    """Of a store, and of another one that was put back from the first one's dump."""
    first, second = postgresql.fresh_store(), postgresql.fresh_database()
    with Store.open(first) as store:
        store.record(article("a", "قبل"))
        dump = tmp_path / "dump"
        address = ["-h", "127.0.0.1", "-p", str(postgresql.port), "-U", "tester"]
        subprocess.run([BINARIES[-1] / "pg_dump", *address, "--format=custom", f"--file={dump}", first.rpartition("/")[2]], check=True)
        subprocess.run([BINARIES[-1] / "pg_restore", *address, "-d", second.rpartition("/")[2], dump], check=True)
        store.record(article("a", "بعد"))
    return first, second


def test_s07_a_dump_is_a_backup_and_a_restored_store_is_indexed_anew(dumped: tuple[str, str], tmp_path: Path) -> None:
    first, second = dumped
    with Store.open(second) as store:
        store.set_checkpoint("index", 1)
        store.renumber()
        (change,) = store.changes(0, 10)
        assert change.article
        assert (change.article.body, store.checkpoint("index"), store.check()) == ("قبل", 0, [])
        with Store.open(first) as later:
            assert change.change_no > later.last_change()
        with pytest.raises(StoreError, match="pg_dump"):
            store.backup(tmp_path / "x")
    with pytest.raises(StoreError, match=r"pg_restore.*newsspider store renumber"):
        Store.restore(tmp_path / "dump", second)


def test_of_two_that_want_each_others_rows_one_gives_way_and_is_not_said_to_have_waited(postgresql: PostgresServer) -> None:
    url = postgresql.fresh_store()
    met = Barrier(2, timeout=60)

    def lock(store: Store, *names: str) -> str:
        try:
            with store._database.write(own_rows=True) as tx:
                for name in names:
                    tx.raw.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
                    if name == names[0]:
                        met.wait()
        except StoreUnavailable as e:
            return str(e)
        return ""

    with Store.open(url) as one, Store.open(url) as other, ThreadPoolExecutor(2) as pool:
        said = [*pool.map(lock, (one, other), ("a", "b"), ("b", "a"))]
    assert "" in said
    assert "one had to give way (deadlock detected" in "".join(said)
    assert "60 s" not in "".join(said)
