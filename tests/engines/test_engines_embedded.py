"""The embedded engine beyond what every engine does: files, several processes, faults."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from engine_samples import NEWS, article, numbers, put, states

from newsspider.config import Config
from newsspider.engines import open_engine
from newsspider.engines.embedded import EmbeddedEngine, folder
from newsspider.engines.shown import order
from newsspider.errors import AnalysisMismatch, EngineError, EngineUnavailable
from newsspider.items import Change, Delivery, Publication
from newsspider.search import Query


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def engine(path: Path) -> EmbeddedEngine:
    return EmbeddedEngine.open(path)


def concrete(path: Path) -> Path:
    return path / (path / "current").read_text().strip()


@contextmanager
def process(path: Path, code: str) -> Iterator[subprocess.Popen[str]]:
    """Another Python that has an engine open on the same folder; ended with the block."""
    head = """
        import sys
        from engine_samples import *
        from newsspider.engines.embedded import EmbeddedEngine
        engine = EmbeddedEngine.open(__import__("pathlib").Path(sys.argv[1]))
        """
    script = textwrap.dedent(head) + textwrap.dedent(code)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as other:
        try:
            yield other
        finally:
            other.kill()


def test_the_configured_engine_lies_in_the_data_folder(tmp_path: Path) -> None:
    engine = open_engine(Config(data_folder=tmp_path))
    assert isinstance(engine, EmbeddedEngine)
    assert engine.count() == 0
    assert (tmp_path / "index" / "current").is_file()
    assert (tmp_path / "index").stat().st_mode & 0o777 == 0o700
    engine.close()


def test_what_was_applied_is_there_after_opening_again(path: Path, engine: EmbeddedEngine) -> None:
    put(engine, *NEWS)
    again = EmbeddedEngine.open(path)
    assert (again.index_id, again.count()) == (engine.index_id, 4)
    assert numbers(again, "لبنان") == [4]


def test_an_open_engine_sees_what_another_applied_at_once(path: Path, engine: EmbeddedEngine) -> None:
    assert numbers(engine, "خبر") == []
    EmbeddedEngine.open(path).apply([Change(1, f"{1:032x}", article(1, "خبر"))])
    assert numbers(engine, "خبر") == [1]


def test_changes_of_one_article_within_a_batch_are_applied_in_order(engine: EmbeddedEngine) -> None:
    first, second = article(1, "زلزال"), replace(article(1, "بركان"), change_no=2)
    engine.apply([Change(1, first.id, first), Change(2, second.id, second)])
    assert (numbers(engine, "زلزال"), numbers(engine, "بركان"), engine.count()) == ([], [1], 1)


def test_days_before_1970_and_beyond_2106_do_not_break_the_order(engine: EmbeddedEngine) -> None:
    days = [date(1936, 5, 1), date(1970, 1, 2), date(2024, 2, 29), date(2200, 1, 1)]
    put(engine, article(9, "خبر"), *(article(number, "خبر", day=day) for number, day in enumerate(days, 1)))
    assert [number for number in numbers(engine, Query(limit=5)) if number != 9] == [4, 3, 2, 1]
    assert numbers(engine, Query())[-1] == 9
    assert numbers(engine, Query(day_to=date(1969, 12, 31))) == [1]


def test_what_is_sorted_by_has_one_length_and_order_whatever_the_dates() -> None:
    seen = datetime(1970, 1, 1, tzinfo=UTC)
    dates = (
        None,
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(1971, 1, 1, tzinfo=UTC),
        datetime(2025, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
    )
    orders = [order(article(1, first_seen_at=seen, publication=Publication(day))) for day in dates]
    assert orders == sorted(orders)
    assert {len(one) for one in orders} == {len(order(article(1, first_seen_at=dates[-1])))} == {8 + 16 + 32}


# --- several processes


def test_a_writer_elsewhere_makes_applying_unavailable_and_searching_goes_on(path: Path, engine: EmbeddedEngine) -> None:
    put(engine, *NEWS)
    code = "writer = engine._own().index.writer(20_000_000, 1); print('ready', flush=True); sys.stdin.read()"
    with process(path, code) as other:
        assert other.stdout
        other.stdout.readline()
        with pytest.raises(EngineUnavailable, match="another process is writing"):
            engine.apply([Change(9, f"{9:032x}", article(9, "خبر"))])
        assert numbers(engine, "لبنان") == [4]
        other.send_signal(signal.SIGKILL)
        other.wait()
    put(engine, article(9, "خبر"))  # a dead writer holds no lock
    assert engine.count() == 5


def test_many_processes_read_while_one_writes(path: Path, engine: EmbeddedEngine) -> None:
    reading = """
        seen = [0]
        while seen[-1] < 120:
            found = engine.search(parse_query("خبر"))
            assert found.total >= seen[-1], seen
            assert all(hit.snippet for hit in found.hits)
            seen.append(found.total)
        print(len(set(seen)), flush=True)
        """
    with process(path, reading) as one, process(path, reading) as two:
        for start in range(0, 120, 3):
            put(engine, *(article(number, "خبر", f"نص الخبر رقم {number}") for number in range(start, start + 3)))
        put(engine, *(replace(article(number, "خبر", "نص جديد"), change_no=500 + number) for number in range(60)))
        outputs = [other.communicate(timeout=240)[0] for other in (one, two)]
    assert [other.returncode for other in (one, two)] == [0, 0]
    assert all(int(output) >= 2 for output in outputs)
    assert engine.count() == 120


def test_a_writer_killed_within_a_batch_leaves_the_last_commit(path: Path, engine: EmbeddedEngine) -> None:
    put(engine, article(1, "خبر"))
    code = """
        import newsspider.engines.embedded.engine as module
        original = module._put
        def put_and_wait(writer, change):
            original(writer, change)
            print("put", flush=True)
            sys.stdin.read()
        module._put = put_and_wait
        engine.apply([Change(2, f"{2:032x}", article(2, "خبر"))])
        """
    with process(path, code) as other:
        assert other.stdout
        assert other.stdout.readline() == "put\n"
        other.send_signal(signal.SIGKILL)
        other.wait()
    assert numbers(engine, "خبر") == [1]
    put(engine, article(2, "خبر"))
    assert sorted(numbers(engine, "خبر")) == [1, 2]


def test_a_crash_between_commit_and_checkpoint_does_no_harm(path: Path, engine: EmbeddedEngine) -> None:
    with process(path, "put(engine, *NEWS); import os; os.kill(os.getpid(), 9)") as other:
        other.wait(timeout=240)
    assert engine.count() == 4
    put(engine, *NEWS)  # as a sync does that never wrote its checkpoint
    assert engine.count() == 4
    assert numbers(engine, "ميناء") == [1]


def test_processes_that_open_a_new_folder_at_once_share_one_index(path: Path) -> None:
    code = "print(engine.index_id, flush=True)"
    with process(path, code) as one, process(path, code) as two:
        ids = {other.communicate(timeout=240)[0].strip() for other in (one, two)}
    assert len(ids) == 1
    assert [index.index_id for index in EmbeddedEngine.open(path).indexes()] == list(ids)


def test_the_second_to_open_a_new_folder_takes_the_first_ones_index(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = folder.IndexFolder(path)
    create, made = folder.IndexFolder.create, []

    def create_late(self: folder.IndexFolder) -> folder.Concrete:
        made.append(create(self))
        if len(made) == 1:
            first.open_current()  # somebody else comes first
        return made[0]

    monkeypatch.setattr(folder.IndexFolder, "create", lambda self: create(self) if made else create_late(self))
    assert EmbeddedEngine.open(path).index_id != made[0].index_id
    assert not made[0].path.exists()
    assert sorted(entry.name for entry in path.iterdir()) == sorted([concrete(path).name, "current"])


# --- another analysis, damage


def test_an_index_of_another_analysis_is_neither_searched_nor_written(path: Path, engine: EmbeddedEngine) -> None:
    put(engine, *NEWS)
    about = concrete(path) / "newsspider.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"analysis_id": "older"}))
    old = EmbeddedEngine.open(path)
    assert old.analysis_id == "older"
    for work in (lambda: old.search(Query()), lambda: old.apply([])):
        with pytest.raises(AnalysisMismatch, match="index rebuild"):
            work()
    rebuilt = old.create()
    put(rebuilt, *NEWS)
    rebuilt.promote()
    assert numbers(old, "لبنان") == [4]


@pytest.mark.parametrize("damage", ["no folder", "no commit", "broken commit", "no id", "broken id", "pointer to nothing", "empty pointer"])
def test_damage_says_what_to_do(path: Path, engine: EmbeddedEngine, damage: str) -> None:
    put(engine, *NEWS)
    index = concrete(path)
    match damage:
        case "no folder":
            index.rename(path / "away")
        case "no commit":
            (index / "meta.json").unlink()
        case "broken commit":
            (index / "meta.json").write_text("{")
        case "no id":
            (index / "newsspider.json").unlink()
        case "broken id":
            (index / "newsspider.json").write_text("[]")
        case "pointer to nothing":
            (path / "current").write_text("nothing\n")
        case "empty pointer":
            (path / "current").write_text("")
    with pytest.raises(EngineError, match="index rebuild"):
        EmbeddedEngine.open(path).search(Query())


def test_damage_found_while_open_says_what_to_do(path: Path, engine: EmbeddedEngine) -> None:
    put(engine, *NEWS)
    (concrete(path) / "meta.json").unlink()
    for work in (engine.count, lambda: engine.search(Query()), lambda: engine.apply([Change(1, NEWS[0].id, NEWS[0])])):
        with pytest.raises(EngineError, match="index rebuild"):
            work()


@pytest.mark.parametrize("damaged", ["current", "meta.json", "newsspider.json"])
def test_a_damaged_index_is_replaced_by_a_rebuild(path: Path, engine: EmbeddedEngine, damaged: str) -> None:
    put(engine, *NEWS)
    (path / "current" if damaged == "current" else concrete(path) / damaged).write_text("{")
    again = EmbeddedEngine.open(path)
    rebuilt = again.create()
    put(rebuilt, *NEWS)
    rebuilt.promote()
    assert rebuilt.index_id in {index.index_id for index in again.indexes() if index.current}
    assert numbers(again, "لبنان") == [4]


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file")
    with pytest.raises(EngineError, match="data_folder"):
        EmbeddedEngine.open(tmp_path / "index").search(Query())


def test_a_half_made_index_is_none(path: Path, engine: EmbeddedEngine) -> None:
    put(engine, *NEWS)
    (path / "20250101T000000-half").mkdir()
    assert [index.index_id for index in engine.indexes()] == [engine.index_id]


def test_one_document_that_is_refused_keeps_its_older_state(engine: EmbeddedEngine) -> None:
    put(engine, article(1, "خبر"))
    broken = replace(article(1, "نبأ \ud800"), change_no=2)
    assert states(engine.apply([Change(2, broken.id, broken)])) == [Delivery.DEAD]
    assert numbers(engine, "خبر") == [1]
