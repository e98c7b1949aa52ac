"""Which articles are one family, and what becomes of its id."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from store_samples import NOON, SITE, article, on_day
from stories import story, text

from newsspider import clock, intake
from newsspider.items import Outcome, Precision, Publication, StoredArticle
from newsspider.store import Store, families
from newsspider.store.schema import shingles

WIRE = story(1)


def record(store: Store, path: str, body: str, source: str = "", **fields: object) -> str:
    found = article(path, body, source=source or path, **fields)
    found.keys = intake.fingerprint(found)
    return store.record(found).article_id


def present(store: Store, article_id: str) -> StoredArticle:
    stored = store.article(article_id)
    assert stored is not None
    return stored


def family_of(store: Store, article_id: str) -> str:
    return present(store, article_id).family_id


def changed_since(store: Store, number: int) -> set[str]:
    return {change.article_id for change in store.changes(number, 1000)}


@pytest.mark.parametrize(
    ("version", "least", "most"),
    [
        (text(WIRE), 0, 0),
        (text(WIRE[:50], story(2, 6), WIRE[50:]), 1, 5),
        (text(WIRE[60:], WIRE[:60]), 20, 60),
        (text(WIRE[:70]), 20, 40),
        (text(story(2, 8), WIRE, story(3, 20)), 5, 20),
        (text(WIRE) + "\n\nاقرأ أيضاً: خبر آخر لا شأن له بهذا", 0, 0),
    ],
)
def test_a_version_in_another_source_joins_the_family(store: Store, version: str, least: float, most: float) -> None:
    first = record(store, "a", text(WIRE))
    found = article("b", version, source="gulf", title="عنوان من عند المحرر")
    found.keys = intake.fingerprint(found)
    recorded = store.record(found)
    assert (recorded.outcome, recorded.reason) == (Outcome.NEW, "reprint")
    family = store.family(recorded.article_id)
    assert family is not None
    assert family.id == first
    assert [(member.article_id, member.source) for member in family.members] == [(first, "a"), (recorded.article_id, "gulf")]
    assert family.members[0].changed == 0
    assert least <= family.members[1].changed <= most
    assert store.check() == []


def test_h25_mirrors_are_one_family_and_the_table_of_sketches_stays_small(store: Store) -> None:
    ids = [record(store, f"m{number}", text(WIRE[:number], story(100 + number, 2), WIRE[number:])) for number in range(100)]
    assert {family_of(store, id_) for id_ in ids} == {ids[0]}
    with store._database.read() as tx:
        most = select(func.count()).select_from(shingles).group_by(shingles.c.hash).order_by(func.count().desc()).limit(1)
        assert tx.connection.scalar(most) == families.IN_BUCKET


def test_h25_stories_with_the_same_boilerplate_are_not_one(store: Store) -> None:
    boilerplate = story(7, 60)
    ids = [record(store, f"s{number}", text(story(10 + number, 60), boilerplate)) for number in range(40)]
    assert len({family_of(store, id_) for id_ in ids}) == len(ids)
    reprint = record(store, "other", text(story(10 + 33, 60), boilerplate))
    assert family_of(store, reprint) == ids[33], "what is their own still tells them"


def test_h25_the_same_format_on_another_day_is_not_the_same_story(store: Store) -> None:
    def prices(seed: int) -> str:
        return text([part for n, word in enumerate(story(5, 100)) for part in ([word] if n % 6 else [word, str(1000 + seed * 37 + n)])])

    ids = [record(store, f"p{day}", prices(day), source) for day, source in enumerate(["levant", "gulf", "levant", "maghreb"])]
    assert len({family_of(store, id_) for id_ in ids}) == len(ids)
    assert family_of(store, record(store, "copy", prices(2), "nile")) == ids[2]


def test_h25_short_items_are_one_family_only_when_equal(store: Store) -> None:
    first = record(store, "a", text(WIRE[:25]))
    assert family_of(store, record(store, "b", text([*WIRE[:24], "غيره"]))) != first
    assert family_of(store, record(store, "c", text(WIRE[:25]))) == first


def test_one_sources_own_follow_up_is_another_story_and_its_second_print_is_not(store: Store) -> None:
    first = record(store, "a", text(WIRE), "levant")
    assert family_of(store, record(store, "b", text(story(2, 60), WIRE[:60]), "levant")) != first
    assert family_of(store, record(store, "c", text(WIRE, story(3, 4)), "levant")) == first


def test_a_version_between_two_families_joins_them_and_the_index_hears_of_it(store: Store) -> None:
    middle = story(4, 130)
    left = [record(store, f"l{n}", text(story(2, 20), middle[:85])) for n in range(2)]
    right = [record(store, f"r{n}", text(middle[45:], story(3, 20))) for n in range(2)]
    assert len({family_of(store, id_) for id_ in left + right}) == 2
    assert family_of(store, right[1]) == right[0]
    number = store.last_change()
    between = record(store, "between", text(middle))
    assert {family_of(store, id_) for id_ in (*left, *right, between)} == {left[0]}
    assert changed_since(store, number) == {*right, between}, "the others' family has the same id as before"
    assert store.check() == []


def test_a_digest_of_two_stories_does_not_make_them_one(store: Store) -> None:
    one, other = record(store, "a", text(WIRE)), record(store, "b", text(story(2)))
    assert family_of(store, record(store, "digest", text(WIRE, story(2)))) in (one, other)
    assert family_of(store, one) != family_of(store, other)


def test_members_stand_in_the_order_of_their_times_though_they_arrive_in_another(store: Store) -> None:
    day = Publication(datetime(2025, 1, 3, tzinfo=UTC), Precision.DAY, datetime(2025, 1, 3, tzinfo=UTC).date())
    with clock.fixed(NOON):
        late = record(store, "late", text(WIRE), publication=on_day(4))
    with clock.fixed(NOON + timedelta(hours=1)):
        early = record(store, "early", text(WIRE, story(2, 3)), publication=on_day(3))
        unsure = record(store, "unsure", text(WIRE, story(3, 3)), publication=day)
    undated = record(store, "undated", text(WIRE, story(4, 3)))
    family = store.family(undated)
    assert family is not None
    assert family.id == late, "the first that was seen"
    assert [member.article_id for member in family.members] == [early, unsure, late, undated]


def test_an_edit_stays_a_rewriting_leaves_and_comes_back(store: Store) -> None:
    first, second, third = (record(store, name, text(WIRE)) for name in "abc")
    record(store, "b", text(WIRE, story(2, 30)))
    assert family_of(store, second) == first
    number = store.last_change()
    record(store, "b", text(story(5)))
    assert family_of(store, second) == second
    assert changed_since(store, number) == {second}
    assert family_of(store, record(store, "d", text(WIRE))) == first
    assert family_of(store, record(store, "e", text(story(5), story(6, 5)))) == second, "found by its new text"
    record(store, "b", text(WIRE))
    assert family_of(store, second) == first
    family = store.family(third)
    assert family is not None
    assert {member.article_id for member in family.members} >= {first, second, third}
    assert store.check() == []


def test_when_the_first_member_leaves_or_is_deleted_the_next_gives_the_family_its_name(store: Store) -> None:
    ids = [record(store, name, text(WIRE)) for name in "abcd"]
    number = store.last_change()
    record(store, "a", text(story(5)))
    assert [family_of(store, id_) for id_ in ids] == [ids[0], ids[1], ids[1], ids[1]]
    assert changed_since(store, number) == set(ids)
    number = store.last_change()
    store.delete(ids[1])
    assert [family_of(store, id_) for id_ in ids[2:]] == [ids[2], ids[2]]
    assert changed_since(store, number) == set(ids[1:])
    assert family_of(store, record(store, "e", text(WIRE))) == ids[2]
    assert store.family(ids[1]) is None
    assert store.check() == []


def test_an_article_that_joins_an_older_one_by_an_edit_takes_its_family_and_the_other_way_round(store: Store) -> None:
    alone = record(store, "a", text(story(5)))
    first, second = record(store, "b", text(WIRE)), record(store, "c", text(WIRE))
    record(store, "a", text(WIRE))
    assert {family_of(store, id_) for id_ in (alone, first, second)} == {alone}, "it was seen first"
    late = record(store, "d", text(story(6)))
    record(store, "d", text(WIRE))
    assert family_of(store, late) == alone


def test_the_agency_is_the_one_that_members_sign(store: Store) -> None:
    record(store, "a", text(WIRE), signature="خاص")
    record(store, "b", text(WIRE), signature="الموقع – AFP")
    last = record(store, "c", text(WIRE), signature="فرانس برس")
    family = store.family(last)
    assert family is not None
    assert family.agency == "أ ف ب"
    assert store.family("0" * 32) is None


def test_text_read_again_from_the_archive_is_placed_anew(store: Store) -> None:
    first, second = record(store, "a", text(WIRE)), record(store, "b", text(story(5)))
    better = article("b", text(WIRE), source="b", publication=Publication())
    better.keys = intake.fingerprint(better)
    store.revise(better, present(store, second))
    assert family_of(store, second) == first
    assert store.check() == []


def test_s09_a_family_keeps_each_address(store: Store) -> None:
    first, second = record(store, "a", text(WIRE)), record(store, "b", text(WIRE))
    assert [address.url for id_ in (first, second) for address in store.addresses(id_)] == [SITE + "a", SITE + "b"]
