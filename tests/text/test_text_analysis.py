"""The one analysis: tokens, offsets, grams, and the id that says which analysis it is."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsspider.text import Token, analyse, analysis_id, fold, grams
from newsspider.text import analysis as module

SAMPLE = (
    "قال الوزير:إن «مصر» وبلبنان في ٢٠٢٥م، والمصريون بـ10 #وسم_طويل ـــ d'été F-16 جرائم البطولة ﻻ على. "
    "وزار الرئيس اللبنانية بالرياض ولاعبيها مسئولون می\u200cرود"
)


def test_levels_and_positions() -> None:
    assert analyse("زار الوزيرُ في لبنانَ") == [
        Token(0, 0, 3, "زار", "زار"),
        Token(1, 4, 11, "الوزير", "زير"),
        Token(2, 12, 14, "في", None),
        Token(3, 15, 21, "لبنان", "_لبنان_"),
    ]


def test_sentences_without_a_space_and_the_words_of_a_hashtag_part() -> None:
    assert [token.exact for token in analyse("انتهى.وقال:نعم #وسم_طويل a.b أ.ف.ب")] == "انتهي وقال نعم وسم طويل a.b ا.ف.ب".split()


def test_words_of_nothing_but_tatweel_are_no_words() -> None:
    assert [(token.position, token.exact) for token in analyse("كلمة ـــ أخرى")] == [(0, "كلمه"), (1, "اخري")]


@given(st.text(st.characters()))
def test_never_raises_and_offsets_are_right(text: str) -> None:
    for position, token in enumerate(analyse(text)):
        assert token.position == position
        assert fold(text[token.start : token.end].replace(".", " ").replace(":", " ").replace("_", " ")) == token.exact or (
            fold(text[token.start : token.end]) == token.exact
        )
        assert token.exact
        assert not token.exact.isspace()


@given(st.text(st.sampled_from("ابل نم\n.:_ـ،ً1"), max_size=40), st.integers(0, 40))
def test_every_piece_is_analysed_as_it_is_within_the_text(text: str, at: int) -> None:
    before, after = text[:at] + " ", text[at:]
    whole = [token.exact for token in analyse(before + after)]
    assert whole == [token.exact for token in analyse(before)] + [token.exact for token in analyse(after)]


def test_texts_longer_than_any_memory_are_analysed() -> None:
    assert len(analyse("س" * 1_000_000)) == -(-1_000_000 // 255)


@pytest.mark.parametrize(
    ("word", "found"),
    [("لبنان", "_لبن لبنا بنان نان_"), ("قمه", "_قمه قمه_"), ("في", "_في_"), ("و", "_و__"), ("2025", "_202 2025 025_")],
)
def test_grams(word: str, found: str) -> None:
    assert grams(word) == found.split()


def test_the_version_is_raised_with_every_change_of_the_rules() -> None:
    """When this fails, raise VERSION in newsspider/text/analysis.py, so that indexes know they are old, and write the new value here."""
    tokens = "|".join(f"{token.exact} {token.stem}" for token in analyse(SAMPLE))
    digest = hashlib.sha256(tokens.encode()).hexdigest()[:12]
    assert (module.VERSION, digest) == (1, "5d5100ca57c5")


def test_the_id_depends_on_version_and_word_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    make = module.analysis_id.__wrapped__
    assert make() == analysis_id()
    monkeypatch.setattr(module, "VERSION", module.VERSION + 1)
    other = make()
    monkeypatch.setattr(module, "word_list", lambda file: "")
    assert len({analysis_id(), other, make()}) == 3


def test_pieces_that_come_again_stay_known_and_the_others_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MEMO", 100)
    worked_out: list[str] = []

    def work(piece: str) -> str:
        worked_out.append(piece)
        return piece

    memo = module._Memo(work)
    for number in range(1000):
        assert (memo["common"], memo[f"rare{number}"]) == ("common", f"rare{number}")
        assert len(memo) + len(memo._before) <= 200
    assert len(worked_out) == 1001
    memo.cache_clear()
    assert memo["common"] == "common"
    assert len(worked_out) == 1002
