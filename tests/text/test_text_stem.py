"""Word forms that meet, and words that stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsspider.text import fold
from newsspider.text.stem import by_rules, light_stem, plurals, stem
from newsspider.text.wordlists import listed_lines, listed_words


def stems(words: str) -> set[str | None]:
    return {stem(fold(word)) for word in words.split()}


@pytest.mark.parametrize(
    "forms",
    [
        "كتاب الكتاب كتابا والكتاب بالكتاب كتابها",
        "حكومة الحكومة والحكومة للحكومة وبالحكومة حكومات",
        "مفاوضات المفاوضات بالمفاوضات وللمفاوضات بمفاوضات لمفاوضات",
        "شكر شكرا",
        "يعلن علن",
        "بطولة البطولة بطولات لبطولة ببطولتها والبطولة",
        "لاعب اللاعب للاعب لاعبين لاعبيها ولاعبون كلاعب",
        "يوم اليوم يومين يوميا ليوم يومها",
        "بلادها البلاد لبلاده",
        "برنامج البرنامج برامج ببرنامجه البرامج",
        "جريمة جرائم الجرائم والجريمة",
        "30 و30 الـ30 بـ30 ل٣٠",
        "مسؤول مسئول المسؤولين مسؤولة",
        "2025 ٢٠٢٥",
    ],
)
def test_forms_of_a_word_meet(forms: str) -> None:
    assert len(stems(forms)) == 1, stems(forms)


@pytest.mark.parametrize(
    "words",
    [
        "لبنان لبن",
        "الرياض رياضة",
        "البحرين البحر",
        "مالي المالية",
        "إيران أير",
        "عدن عدنان",
        "حسين حس",
        "بوتين وتين",
        "يزيد زيد",
        "وليد ليد",
        "فيينا في",
        "طالبان طالب",
        "سبتمبر نوفمبر",
        "علماء عالم",
        "بحث حث",
    ],
)
def test_words_stay_apart(words: str) -> None:
    assert len(stems(words)) == 2


@pytest.mark.parametrize(
    ("word", "light"),
    [
        ("الكتاب", "كتاب"),
        ("والكتب", "كتب"),
        ("للناس", "ناس"),
        ("ولد", "ولد"),  # three letters stay after a single و
        ("وولد", "ولد"),
        ("كتابها", "كتاب"),
        ("كاتبات", "كاتب"),
        ("ساعة", "ساع"),
        ("في", "في"),  # two letters stay
        ("الا", "الا"),
        ("الان", "ان"),  # two letters stay, so its ان stays too
        ("عربيه", "عرب"),
        ("abc", "abc"),
    ],
)
def test_light_stemming_is_lucenes(word: str, light: str) -> None:
    assert light_stem(word) == light


def test_stop_words_are_found_after_folding() -> None:
    assert stems("أن إن ان أنْ في فـي التي") == {None}
    assert stem(fold("على")) == stem(fold("علي")) == "_علي_"  # one spelling, folded: the name stays to be found


@given(st.text(st.sampled_from("ابتثولكهةيىءؤئأإمن0١_ab"), max_size=12))
def test_never_raises_and_never_gives_nothing(word: str) -> None:
    assert stem(fold(word)) != ""


def test_plurals_lead_to_singulars_in_one_step() -> None:
    assert not plurals().keys() & plurals().values()
    for singular, *others in listed_lines("plurals.txt"):
        assert {stem(fold(other)) for other in others} == {by_rules(fold(singular))}


def test_every_listed_initial_is_kept() -> None:
    for word in map(fold, listed_words("initials.txt")):
        assert by_rules(word)[0] == word[0]
        assert by_rules("ال" + word)[0] == word[0]
