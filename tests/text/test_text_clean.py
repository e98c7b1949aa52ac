"""What the store keeps of a text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsspider.text import clean_text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\ufeffخبر\u200b عاجل\u200f", "خبر عاجل"),
        ("\u202aنص\u202c \u2066آخر\u2069", "نص آخر"),
        ("سطر\r\nآخر\rثالث\u2028رابع", "سطر\nآخر\nثالث\nرابع"),
        ("  خبر \u00a0\t عاجل  ", "خبر عاجل"),
        ("فقرة \n\n\n\n فقرة", "فقرة\n\nفقرة"),
        ("a\x00b\x1b[31m\x85c", "ab[31m\nc"),
        ("\ufefb\ufe8e", "لاا"),  # presentation forms
        ("قال \ufdfa", "قال \ufdfa"),  # a formula in one character stays one
        ("می\u200cرود \u200cو\u200c", "می\u200cرود و"),  # the non-joiner only between letters
        ("هـ\u200d 1446", "هـ 1446"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("\ud83d\ude00 \ud83d", "\U0001f600 \ufffd"),
        ("e\u0301", "\u00e9"),
        ("الـسَّلامُ ٢٠٢٥ ۲۰۲۵", "الـسَّلامُ ٢٠٢٥ ۲۰۲۵"),  # as the page wrote it
    ],
)
def test_only_what_cannot_be_seen_goes(text: str, cleaned: str) -> None:
    assert clean_text(text) == unicodedata.normalize("NFC", cleaned)


@given(st.text(st.characters()))
def test_cleaning_again_changes_nothing(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert once == once.strip()
    once.encode()


@given(st.text(st.sampled_from("ا\u200c\u200d\u0640\u064b\U0001f468\ufe0f \n\u00a0\u202e\ud83d\ude00ﷺﻻ")))
def test_cleaning_dirt_again_changes_nothing(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
