"""What every engine does with changes: at least once, the newest state wins, concrete indexes behind one name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_samples import article, numbers, put, states

from newsspider.engines import Engine
from newsspider.errors import EngineError
from newsspider.items import Change, Delivery
from newsspider.text import analysis_id


def test_every_change_is_answered_in_order(engine: Engine) -> None:
    changes = [Change(number, f"{number:032x}", article(number, "خبر")) for number in (3, 1, 2)]
    delivered = engine.apply(changes)
    assert [(one.change_no, one.article_id) for one in delivered] == [(one.change_no, one.article_id) for one in changes]
    assert engine.apply([]) == []


def test_a_replay_changes_nothing(engine: Engine) -> None:
    for _ in range(2):
        put(engine, article(1, "خبر"), article(2, "نبأ"))
    assert engine.count() == 2


def test_an_update_takes_the_place_of_the_article(engine: Engine) -> None:
    put(engine, article(1, "زلزال"))
    put(engine, replace(article(1, "بركان"), change_no=9, revision=2))
    assert numbers(engine, "زلزال") == []
    assert numbers(engine, "بركان") == [1]
    assert engine.count() == 1


def test_a_deleted_article_is_gone_and_may_be_deleted_again(engine: Engine) -> None:
    put(engine, article(1, "خبر"), article(2, "خبر"))
    for change_no in (5, 5, 6):
        assert states(engine.apply([Change(change_no, f"{1:032x}", None)])) == [Delivery.INDEXED]
        engine.refresh()
        assert numbers(engine, "خبر") == [2]
    assert engine.count() == 1


def test_deleting_what_was_never_there_is_done(engine: Engine) -> None:
    assert states(engine.apply([Change(1, f"{1:032x}", None)])) == [Delivery.INDEXED]


def test_a_text_that_is_no_unicode_is_dead_and_blocks_nothing(engine: Engine) -> None:
    broken = article(2, "خبر \ud83d")
    changes = [Change(one.change_no, one.id, one) for one in (article(1, "خبر"), broken, article(3, "خبر"))]
    delivered = engine.apply(changes)
    assert states(delivered) == [Delivery.INDEXED, Delivery.DEAD, Delivery.INDEXED]
    assert delivered[1].error_type
    assert delivered[1].reason
    engine.refresh()
    assert engine.count() == 2


def test_an_engine_opens_with_one_empty_index(engine: Engine) -> None:
    engine.count()  # whatever asks first
    (only,) = engine.indexes()
    assert (only.index_id, only.analysis_id, only.current) == (engine.index_id, analysis_id(), True)
    assert engine.count() == 0
    assert numbers(engine, "خبر") == []


def test_a_new_index_is_filled_beside_the_searched_one_and_takes_its_place(engine: Engine) -> None:
    put(engine, article(1, "قديم"))
    old = engine.index_id
    built = engine.create()
    put(built, article(2, "جديد"))
    assert (numbers(engine, "قديم"), numbers(engine, "جديد"), numbers(built, "جديد")) == ([1], [], [2])
    built.promote()
    assert (numbers(engine, "قديم"), numbers(engine, "جديد")) == ([], [2])
    assert engine.index_id == old
    assert [index.current for index in engine.indexes() if index.index_id == built.index_id] == [True]
    assert sorted(index.current for index in engine.indexes()) == [False, True]
    engine.drop(old)
    assert [index.index_id for index in engine.indexes()] == [built.index_id]


def test_the_searched_index_cannot_be_dropped(engine: Engine) -> None:
    with pytest.raises(EngineError, match="is searched"):
        engine.drop(engine.index_id)


def test_an_index_is_found_again_by_its_id(engine: Engine) -> None:
    put(engine, article(1, "خبر"))
    assert engine.at(engine.index_id).count() == 1
    with pytest.raises(EngineError):
        engine.at("no-such-index")
