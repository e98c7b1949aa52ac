"""On every engine: an index is compared with the store and mended, dead letters are tried again, takedowns reach every index."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from articles import article, fill

from newsspider import indexing, intake
from newsspider.config import IndexConfig
from newsspider.engines import Engine
from newsspider.errors import AnalysisMismatch, EngineError
from newsspider.items import Change, Delivered, Delivery
from newsspider.search import parse_query
from newsspider.store import Owner, Store

CONFIG = IndexConfig(batch_documents=10)
OWNER = Owner.current()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        yield opened


def found(engine: Engine, text: str = "القمح") -> int:
    engine.refresh()
    return engine.search(parse_query(text)).total


def kinds(drifts: Sequence[indexing.Drift]) -> dict[str, str]:
    return {drift.article_id: drift.kind for drift in drifts}


def test_i19_verify_names_exactly_what_differs_and_mends_it(store: Store, engine: Engine) -> None:
    ids = fill(store, range(250))
    indexing.sync(store, engine, OWNER, CONFIG)
    assert indexing.verify(store, engine) == []
    other, last = store.article(ids[0]), store.last_change()
    assert other
    engine.apply([Change(last, one, None) for one in ids[:10]])
    engine.apply([Change(last, one, replace(other, id=one, title="غيرها أحد", change_no=last)) for one in ids[10:20]])
    strangers = [f"{number:032}" for number in range(150)]
    engine.apply([Change(last, one, replace(other, id=one, change_no=last)) for one in strangers])
    expected = dict.fromkeys(ids[:10], "missing") | dict.fromkeys(ids[10:20], "stale") | dict.fromkeys(strangers, "orphaned")
    drifts = indexing.verify(store, engine)
    assert kinds(drifts) == expected
    assert {drift.url for drift in drifts if drift.kind == "missing"} == {f"https://farm.example/news/{n}" for n in range(10)}
    remaining, report = indexing.fix(store, engine, OWNER, CONFIG, drifts)
    assert (remaining, report.indexed, report.pending) == ([], 20, 0)
    assert indexing.verify(store, engine) == []
    assert found(engine) == 250


def test_what_is_pending_or_dead_is_no_drift(store: Store, engine: Engine) -> None:
    ids = fill(store, range(5))
    indexing.sync(store, engine, OWNER, CONFIG)
    change = store.change(ids[0])
    assert change
    engine.apply([Change(change.change_no, ids[0], None)])
    store.bury(engine.index_id, Delivered(change.change_no, ids[0], Delivery.DEAD, "type", "reason"))
    fill(store, range(5, 8))
    store.delete(ids[1])
    assert indexing.verify(store, engine) == []


def test_verify_may_run_while_articles_change_and_are_delivered(store: Store, engine: Engine) -> None:
    fill(store, range(120))
    indexing.sync(store, engine, OWNER, CONFIG)
    stop = threading.Event()

    def edit() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            intake.take_in(store, article(number % 120, body=f"نص جديد رقم {number} عن القمح وحده.\n\nوفقرة أخرى."))
            indexing.sync(store, engine, OWNER, CONFIG)

    writer = threading.Thread(target=edit)
    writer.start()
    try:
        assert indexing.verify(store, engine) == []
    finally:
        stop.set()
        writer.join()


def test_i09_a_dead_letter_is_tried_again_after_the_index_was_mended(store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = fill(store, range(3))
    apply = type(engine).apply

    def refusing(self: Any, changes: Sequence[Change]) -> list[Delivered]:
        applied = apply(self, [change for change in changes if change.article_id != ids[1]])
        refused = [Delivered(c.change_no, c.article_id, Delivery.DEAD, "mapper", "no") for c in changes if c.article_id == ids[1]]
        return sorted([*applied, *refused], key=lambda one: one.change_no)

    with monkeypatch.context() as broken:
        broken.setattr(type(engine), "apply", refusing)
        assert indexing.sync(store, engine, OWNER, CONFIG).dead == 1
        assert indexing.retry(store, engine, OWNER, [ids[1]]).dead == 1
    assert found(engine) == 2
    report = indexing.retry(store, engine, OWNER, [ids[1]])
    assert (report.indexed, report.dead, report.pending) == (1, 0, 0)
    assert store.dead() == []
    assert found(engine) == 3


def test_a_newer_version_that_goes_in_ends_the_dead_letter(store: Store, engine: Engine) -> None:
    ids = fill(store, range(2))
    indexing.sync(store, engine, OWNER, CONFIG)
    store.bury(engine.index_id, Delivered(1, ids[0], Delivery.DEAD, "mapper", "no"))
    intake.take_in(store, article(0, body="نص آخر عن القمح بعد تصحيحه.\n\nوفقرة ثانية."))
    indexing.sync(store, engine, OWNER, CONFIG)
    assert store.dead() == []


def test_o13_i15_a_takedown_reaches_every_index_and_nothing_brings_it_back(store: Store, engine: Engine, tmp_path: Path) -> None:
    ids = fill(store, range(4))
    indexing.sync(store, engine, OWNER, CONFIG)
    old = store.change(ids[1])
    assert old
    current = indexing.rebuild(store, engine, OWNER, CONFIG)
    store.bury(current.index_id, Delivered(old.change_no, ids[1], Delivery.DEAD, "mapper", "no"))
    done = indexing.forget(store, engine, tmp_path, "https://farm.example/news/1")
    assert (done.articles, done.pages, done.problem) == (1, 0, "")
    for index in engine.indexes():
        assert ids[1] not in set(engine.at(index.index_id).ids())
    assert store.dead() == []
    assert indexing.retry(store, current, OWNER, [ids[1]]).indexed == 1, "trying it again delivers the deletion"
    indexing.sync(store, current, OWNER, CONFIG)
    rebuilt = indexing.rebuild(store, engine, OWNER, CONFIG)
    assert (found(rebuilt), set(rebuilt.ids())) == (3, {ids[0], *ids[2:]})
    assert indexing.verify(store, rebuilt) == []


def test_o13_a_takedown_counts_what_it_took_while_a_crawl_stores_more(
    store: Store, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, range(4))
    forget = Store.forget

    def crawling(self: Store, asked: str) -> list[Change]:
        fill(store, range(4, 6))
        deletions = forget(self, asked)
        fill(store, range(6, 9))
        return deletions

    monkeypatch.setattr(Store, "forget", crawling)
    assert indexing.forget(store, engine, tmp_path, "https://farm.example/news/1").articles == 1
    assert indexing.forget(store, engine, tmp_path, "https://farm.example/news/1").articles == 0
    assert indexing.forget(store, engine, tmp_path, "farm.example").articles == 8


def test_o13_a_family_whose_first_member_is_taken_down_goes_on_under_the_next(store: Store, engine: Engine, tmp_path: Path) -> None:
    reprint = article(1).body * 5
    head, heir, last = (intake.take_in(store, article(1, reprint, source)).article_id for source in ("farm", "mill", "port"))
    indexing.sync(store, engine, OWNER, CONFIG)
    folded = replace(parse_query("القمح"), fold_families=True)
    (before,) = engine.search(folded).hits
    assert (before.family_id, before.family_size) == (head, 3)
    assert indexing.forget(store, engine, tmp_path, "https://farm.example/news/1").articles == 1
    for _ in range(2):  # before and after what the takedown changed is delivered, too
        (hit,) = engine.search(folded).hits
        assert (hit.id in (heir, last), hit.family_size) == (True, 2)
        indexing.sync(store, engine, OWNER, CONFIG)
    family = store.family(last)
    assert family
    assert (hit.family_id, family.id, [member.article_id for member in family.members]) == (heir, heir, [heir, last])
    assert indexing.verify(store, engine) == []


def test_a_takedown_deletes_from_an_index_of_another_analysis(store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = fill(store, range(2))
    indexing.sync(store, engine, OWNER, CONFIG)
    where = "elasticsearch.indices" if "Elastic" in type(engine).__name__ else "embedded.folder"
    monkeypatch.setattr(f"newsspider.engines.{where}.analysis_id", lambda: "0" * 12)
    with pytest.raises(AnalysisMismatch):
        engine.apply([Change(9, ids[0], store.article(ids[0]))])
    assert engine.apply([Change(9, ids[0], None)])[0].delivery is Delivery.INDEXED


def test_i16_a_rebuilt_index_that_differs_is_not_made_current(store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = fill(store, range(20))
    indexing.sync(store, engine, OWNER, CONFIG)
    apply = type(engine).apply

    def altering(self: Any, changes: Sequence[Change]) -> list[Delivered]:
        return list(apply(self, [replace(c, article=c.article and replace(c.article, title="غيره")) for c in changes]))

    with monkeypatch.context() as broken:
        broken.setattr(type(engine), "apply", altering)
        with pytest.raises(EngineError, match="20 articles looked at, the new index lacks 20"):
            indexing.rebuild(store, engine, OWNER, CONFIG)
    assert engine.is_current()
    assert len(ids) == found(engine)


def test_an_engine_knows_when_another_index_became_current(store: Store, engine: Engine) -> None:
    fill(store, range(2))
    assert engine.is_current()
    built = indexing.rebuild(store, engine, OWNER, CONFIG)
    assert (engine.is_current(), built.is_current()) == (False, True)
