from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from stories import story, text

from newsspider.dedupe import agencies_of, compared, formula, likeness, same_story, sketch, wire_agency

WIRE = story(1)


def alike(one: str, other: str, *, same_source: bool = False) -> bool:
    return same_story(likeness(compared(one), compared(other)), same_source=same_source)


def test_a_sketch_is_the_same_for_what_is_trivial_and_small_numbers_of_any_database() -> None:
    assert sketch(text(WIRE)) == sketch(" ،\n".join(WIRE).replace("ه", "ة") + "\n\nعدد المشاهدات: 77")
    assert len(sketch(text(WIRE))) == 10
    assert all(-(1 << 63) <= value < 1 << 63 for value in sketch(text(WIRE)))
    assert list(sketch(text(WIRE))) == sorted(set(sketch(text(WIRE))))


def test_h25_short_texts_have_no_sketch() -> None:
    assert sketch(text(WIRE[:29])) == sketch("") == ()
    assert sketch(text(WIRE[:30])) != ()


def test_spelling_clitics_and_digits_do_not_matter() -> None:
    one = "أقرّت الحكومة السوريّة، اليوم، موازنة العام 2024 البالغة 1,500 مليار ليرة لدعم المدارس والمستشفيات في المحافظات المتضررة من الجفاف والتصحر ونقص المياه"
    other = "اقرت حكومة سورية اليوم الموازنة لعام ٢٠٢٤ البالغه ١٥٠٠ مليار ليره لدعم المدارس و المستشفيات في المحافظات المتضرره من الجفاف والتصحر و نقص المياه"
    assert likeness(compared(one), compared(other)).resemblance > 0.7


def test_numbers_tell_one_day_from_another() -> None:
    prices = [part for word in story(2, 60) for part in (word, word + "ا")]
    monday = " ".join(f"{word} {n * 7}" if n % 8 == 0 else word for n, word in enumerate(prices))
    tuesday = " ".join(f"{word} {n * 7 + 1}" if n % 8 == 0 else word for n, word in enumerate(prices))
    assert likeness(compared(monday), compared(tuesday)).resemblance > 0.4
    assert not alike(monday, tuesday)
    toll = text(WIRE)
    assert alike(toll + " قتل 5", toll + " قتل 7"), "a new count is the same story"


def test_what_several_families_share_says_nothing() -> None:
    furniture = story(3, 60)
    texts = [compared(text(story(10 + n, 30), furniture)) for n in range(4)]
    common = formula([[one] for one in texts])
    assert likeness(texts[0], texts[1]).resemblance > 0.4
    assert likeness(texts[0], texts[1], common).resemblance == 0
    assert formula([texts]) == frozenset(), "four texts of one family are one story"


def test_one_source_is_compared_more_strictly() -> None:
    one, other = text(story(2, 50), WIRE), text(WIRE)
    assert alike(one, other)
    assert not alike(text(story(2, 60), WIRE), other, same_source=True)


@given(st.text(), st.text())
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    left, right = compared(one), compared(other)
    like = likeness(left, right)
    assert like == likeness(right, left)
    assert all(0 <= value <= 1 for value in like)
    assert len(sketch(one)) <= 10


def test_agencies_have_one_name_each() -> None:
    assert agencies_of("(فرانس برس)") == agencies_of("AFP") == ["أ ف ب"]
    assert agencies_of("سانا – رويترز") == ["سانا", "رويترز"]
    assert agencies_of("عربي21") == agencies_of("وكالات") == []
    assert wire_agency([None, "الموقع + أ.ف.ب", "رويترز", "AFP"]) == "أ ف ب"
    assert wire_agency([None, "خاص"]) is None
