"""The quick look leaves out no word: what analysis finds in a text, by stem or as it stands, is in a piece that was given."""

from __future__ import annotations

import gzip
import json
from collections.abc import Collection

from hypothesis import given
from hypothesis import strategies as st
from shared_data import shared

from newsspider.text import analyse
from newsspider.text.analysis import Token
from newsspider.text.names import ARTICLES, CONJUNCTIONS, names
from newsspider.text.places import places
from newsspider.text.stem import plurals, roots

LETTERS = "ابتلمصركيهوء"
FORMS = "أإآىةؤئیکۇ"  # that fold to another letter
ODD = "\u064b\u0651\u0654\u0640\u200c\ufefb\ufdf2\ufdfa٣3._:'İKΣß_\U0001f600\U00010400"


def assert_found(text: str, token: Token, looked_for: Collection[str]) -> None:
    found = list(places(text, frozenset(looked_for)))
    assert any(start <= token.start and token.end <= end for start, end in found), (token, looked_for)
    assert found == sorted(set(found))
    assert not any(" " in text[start:end] for start, end in found)


@given(st.text(st.sampled_from(LETTERS + FORMS + ODD + "   \n"), max_size=60))
def test_no_word_of_any_text_is_left_out(text: str) -> None:
    text = text.replace("\n", " ")
    for token in analyse(text):
        assert_found(text, token, [token.exact])
        assert_found(text, token, [token.exact[:2], "لا شيء"])
        assert_found(text, token, roots(token.stem) if token.stem else [""])


def test_no_word_of_the_news_is_left_out() -> None:
    with gzip.open(shared("ir", "news.docs.jsonl.gz"), "rt", encoding="utf-8") as lines:
        words = {word for _, line in zip(range(4_000), lines, strict=False) for word in json.loads(line)["text"].split()}
    for word in words:
        for token in analyse(word):
            if token.stem:
                assert_found(word, token, roots(token.stem))


def test_no_form_of_a_name_or_plural_is_left_out() -> None:
    words = [*names().bare, *(article + form for article in ARTICLES for form in names().articled), *plurals()]
    for word in (before + word for before in CONJUNCTIONS for word in words):
        for token in analyse(word):
            if token.stem:
                assert_found(word, token, roots(token.stem))


def test_few_words_are_looked_at() -> None:
    assert list(places("قال الوزير إنه زار مصر", frozenset({"وزير"}))) == [(4, 10)]
    assert list(places("أيضا في مِصر", frozenset({"ايضا"}))) == [(0, 4), (8, 12)]  # a vowel sign: what it stands in may be anything
    assert not list(places("قال الوزير إنه زار مصر", frozenset()))
