"""Word boundaries, after the rules of UAX #29 as Lucene's `standard` tokenizer has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsspider.text.words import LONGEST, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("قال الوزير: نعم.", "قال الوزير نعم"),
        ("«كتاب»، (قلم)؟ [ورق]؛", "كتاب قلم ورق"),
        ("كلمة،أخرى", "كلمة أخرى"),  # the comma parts letters (MidNum)
        ("1،5 1٬234٫5 1,000.50", "1،5 1٬234٫5 1,000.50"),  # but not digits (WB11, WB12)
        ("1، 2", "1 2"),
        ("12:30", "12 30"),  # the colon does part digits (MidLetter)
        ("ا:ب don't l’été", "ا:ب don't l’été"),  # WB6, WB7
        ("'quoted'", "quoted"),
        ("example.com www.a.b", "example.com www.a.b"),
        ("F-16 كوفيد-19", "F 16 كوفيد 19"),
        ("2025م بـ10 3D", "2025م بـ10 3D"),  # WB9, WB10
        ("snake_case _a_ #وسم_طويل", "snake_case _a_ وسم_طويل"),  # WB13a, WB13b
        ("صَحِيحٌ", "صَحِيحٌ"),  # WB4
        ("می\u200cرود", "می\u200cرود"),
        ("ال\u200fنص", "ال\u200fنص"),
        ("\u064bنص \u064b", "نص"),  # a mark without a letter is no word
        ("كلمة\u200bكلمة", "كلمة كلمة"),
        ("ـــ", "ـــ"),
        ("٪ % $ € \u06dd", ""),
        ("日本 ひら カタカナ 한국어", "日 本 ひ ら カタカナ 한국어"),
        ("カタ漢字", "カタ 漢 字"),
        ("ภาษาไทย", "ภาษาไทย"),
        ("צה\"ל ג'", "צה\"ל ג'"),  # WB7a to WB7c
        ("Ａ１", "Ａ１"),
        ("\U0001d538\U0001d539", "\U0001d538\U0001d539"),  # beyond the first plane
        ("", ""),
    ],
)
def test_examples(text: str, found: str) -> None:
    assert [word for word, _, _ in words(text)] == found.split()


def test_a_word_of_endless_letters_is_cut() -> None:
    lengths = [len(word) for word, _, _ in words("س" * (2 * LONGEST + 10))]
    assert lengths == [LONGEST, LONGEST, 10]


@given(st.text(st.characters()))
def test_offsets_are_right_and_never_overlap(text: str) -> None:
    end_before = 0
    for word, start, end in words(text):
        assert text[start:end] == word
        assert end_before <= start < end
        end_before = end


@given(st.text(st.sampled_from("ابجد123 .,:'_-\"،ـ\u064b\u200fab\n")))
def test_white_space_ends_every_word(text: str) -> None:
    """Which lets `analyse` look at the pieces between spaces one by one."""
    apart = [(word, start, end) for piece, at in _pieces(text) for word, start, end in _moved(words(piece), at)]
    assert apart == words(text)


def _pieces(text: str) -> list[tuple[str, int]]:
    pieces, at = [], 0
    for piece in text.replace("\n", " ").split(" "):
        pieces.append((piece, at))
        at += len(piece) + 1
    return pieces


def _moved(found: list[tuple[str, int, int]], by: int) -> list[tuple[str, int, int]]:
    return [(word, start + by, end + by) for word, start, end in found]
