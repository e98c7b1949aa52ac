"""The form in which two spellings of one word are equal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsspider.text import clean_text, fold


@pytest.mark.parametrize(
    "spellings",
    [
        ("2025", "٢٠٢٥", "۲۰۲۵", "２０２５", "२०२५"),
        ("أحمد", "احمد", "ٱحمد", "أَحْمَد"),
        ("إيران", "ايران", "آيران"),
        ("مدرسة", "مدرسه"),
        ("مستشفى", "مستشفي", "مستشفی"),
        ("السلام", "الســــلام", "السَّلامُ", "ال\u200fسلام", "السـ\u200dـلام"),
        ("مسؤول", "مسئول", "مسو\u0654ول", "مسي\u0654ول"),
        ("أصدقائه", "أصدقاؤه", "أصدقاءه"),
        ("كوكب", "کوکب"),
        ("فيروس", "ڤيروس"),
        ("باريس", "پاریس"),
        ("لا", "ﻻ", "ﻟﺎ"),
        ("الله", "اللّٰه"),
        ("bbc", "BBC"),
        ("istanbul", "İstanbul"),
        ("σασ", "ΣΑΣ"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_spellings_meet(spellings: tuple[str, ...]) -> None:
    assert {fold(spelling) for spelling in spellings} == {fold(spellings[0])}


@pytest.mark.parametrize(("one", "other"), [("علم", "عمل"), ("سبتمبر", "نوفمبر"), ("ضرب", "ظرب"), ("2025", "2026")])
def test_words_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(st.characters()))
def test_folding_again_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@given(st.text(st.characters(min_codepoint=0x600, max_codepoint=0x6FF)))
def test_cleaning_before_folding_makes_no_difference_within_words(text: str) -> None:
    assert "".join(fold(clean_text(text)).split()) == "".join(fold(text).split())
