"""What a user may type, and what is said when it cannot be read."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsspider.errors import QueryError
from newsspider.search import Query, Word, parse_query
from newsspider.search.expression import Phrase
from newsspider.search.query import MAX_LIMIT, MAX_OFFSET


def test_words_phrases_and_exclusions() -> None:
    query = parse_query('الحرب "مجلس الأمن" -لبنان -"وزير الدفاع" غزة')
    assert query == Query(
        words=(Word("الحرب", "حرب"), Word("غزه", "_غزه_")),
        required=(Phrase(("مجلس", "الامن")),),
        excluded=(Word("لبنان", "_لبنان_"), Phrase(("وزير", "الدفاع"))),
    )


@pytest.mark.parametrize(
    "text", ['"قمة عربية"', "«قمة عربية»", "“قمة عربية”", "”قمة عربية“", "„قمة عربية“", "»قمة عربية«", '"  قمة  عربية "']
)
def test_quotation_marks_of_any_kind(text: str) -> None:
    assert parse_query(text) == Query(required=(Phrase(("قمه", "عربيه")),))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Query()),
        ("  \u200b ", Query()),
        ("أ - ب", Query(words=(Word("ا", "ا"), Word("ب", "ب")))),
        ("كوفيد-19", Query(words=(Word("كوفيد", "كوفيد"), Word("19", "19")))),
        ("-كوفيد-19", Query(excluded=(Phrase(("كوفيد", "19")),))),  # not every article with a 19
        ('-"قمة"', Query(excluded=(Phrase(("قمه",)),))),
        ("الوزير,قال", Query(words=(Word("الوزير", "زير"), Word("قال", "قال")))),
        ("في", Query(words=(Word("في", None),))),
    ],
)
def test_edges(text: str, query: Query) -> None:
    assert parse_query(text) == query


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('خبر "مجلس الأمن', "character 5 is not closed"),
        ('خبر -"مجلس', "character 6 is not closed"),
        ("«خبر", "character 1 is not closed"),
        ('خبر ""', "character 5 has no words"),
        ("خبر «!»", "character 5 has no words"),
        ("؟!", "no word"),
        ("-", "no word"),
        ("س" * 257, "257 characters long; at most 256"),
        ("س " * 33, "33 words; at most 32"),
    ],
)
def test_errors_name_the_place(text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        parse_query(text)


@given(st.text(st.sampled_from('خبر "«»“”-\n\u200f،.1a'), max_size=60))
def test_anything_is_read_or_refused(text: str) -> None:
    try:
        query = parse_query(text)
    except QueryError:
        return
    assert all(part.words for part in query.required + query.excluded if isinstance(part, Phrase))


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": 0},
        {"limit": MAX_LIMIT + 1},
        {"offset": -1},
        {"offset": MAX_OFFSET + 1},
        {"day_from": date(2025, 1, 2), "day_to": date(2025, 1, 1)},
    ],
)
def test_numbers_and_days_have_bounds(fields: dict[str, object]) -> None:
    with pytest.raises(QueryError):
        Query(**fields)  # type: ignore[arg-type]


def test_terms_are_each_stem_once_without_stop_words() -> None:
    assert [word.exact for word in parse_query("في مصر والمصريين الحرب").terms] == ["مصر", "الحرب"]
    assert [word.exact for word in parse_query("من في من").terms] == ["من", "في"]


def test_marks_are_what_was_asked_for() -> None:
    marks = parse_query('مصر "مجلس الأمن" -لبنان في').marks
    assert (marks.stems, marks.exact, marks.phrases) == ({"_مصر_"}, frozenset(), (("مجلس", "الامن"),))
    assert parse_query("في").marks.exact == {"في"}
