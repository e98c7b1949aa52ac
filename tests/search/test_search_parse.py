"""What a user may type, and what is said when it cannot be read."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsspider import clock
from newsspider.errors import QueryError
from newsspider.search import Query, Word, parse_query
from newsspider.search.expression import Address, And, Days, Keyword, Label, Node, Not, Or, Phrase, Prefix, Text, Value
from newsspider.search.problems import BadQuery
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


EGYPT, SUDAN, LIBYA = Word("مصر", "_مصر_"), Word("السودان", "_السودان_"), Word("ليبيا", "_ليبيا_")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("مصر OR السودان", Query(required=(Or((EGYPT, SUDAN)),))),
        ("مصر AND السودان", Query(required=(EGYPT, SUDAN))),
        ("مصر NOT ليبيا", Query(words=(EGYPT,), excluded=(LIBYA,))),
        ("مصر && (السودان || ليبيا)", Query(required=(EGYPT, Or((SUDAN, LIBYA))))),
        ("(مصر أو السودان) -ليبيا", Query(required=(Or((EGYPT, SUDAN)),), excluded=(LIBYA,))),
        ("(مصر و السودان) أو ليبيا", Query(required=(Or((And((EGYPT, SUDAN)), LIBYA)),))),
        ("(مصر) وليس (ليبيا)", Query(required=(EGYPT,), excluded=(LIBYA,))),
        ("مصر أو السودان", Query(words=(EGYPT, Word("او"), SUDAN))),  # as anybody writes
        ("أو (مصر)", Query(words=(Word("او"), EGYPT))),  # nothing before it
        ("(مصر السودان) ليبيا", Query(words=(EGYPT, SUDAN, LIBYA))),  # parentheses that group nothing
        ("+مصر ليبيا", Query(words=(LIBYA,), required=(EGYPT,))),
        ("مصر -تاريخ:*", Query(words=(EGYPT,), excluded=(Days(),))),
        ("مصر !ليبيا", Query(words=(EGYPT,), excluded=(LIBYA,))),
        ("مصر! ليبيا !", Query(words=(EGYPT, LIBYA))),
        ("-(مصر ليبيا)", Query(excluded=(And((EGYPT, LIBYA)),))),
        ("مصر OR كوفيد-19", Query(required=(Or((EGYPT, Phrase(("كوفيد", "19")))),))),
        ("مصر OR (NOT ليبيا)", Query(required=(Or((EGYPT, Not(LIBYA))),))),
        ("(مصر) وعنوان:ليبيا", Query(required=(EGYPT, Word("ليبيا", "_ليبيا_", Text.TITLE)))),  # و is written so
        ("كرك*", Query(required=(Prefix("كرك"),))),
        ("=القمّة", Query(required=(Phrase(("القمه",)),))),
        ("and or not", Query(words=(Word("and", "and"), Word("or", "or"), Word("not", "not")))),
    ],
)
def test_operators_in_latin_and_arabic(text: str, query: Query) -> None:
    assert parse_query(text) == query


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("title:مصر", Word("مصر", "_مصر_", Text.TITLE)),
        ("عنوان:مصر", Word("مصر", "_مصر_", Text.TITLE)),
        ("العنوان:«القمة العربية»", Phrase(("القمه", "العربيه"), Text.TITLE)),
        ("نص:(مصر أو ليبيا)", Or((Word("مصر", "_مصر_", Text.BODY), Word("ليبيا", "_ليبيا_", Text.BODY)))),
        ("كاتب:سلمى", Phrase(("سلمي",), Label.AUTHOR)),
        ("قسم:سياسة", Phrase(("سياسه",), Label.SECTION)),
        ("tag:مج*", Prefix("مج", Label.TAG)),
        ("مصدر:Levant", Value(Keyword.SOURCE, "levant")),
        ("country:eg", Value(Keyword.COUNTRY, "EG")),
        ("بلد:مصر", Value(Keyword.COUNTRY, "EG")),
        ('country:"Saudi Arabia"', Value(Keyword.COUNTRY, "SA")),
        ("بلد:السعودية", Value(Keyword.COUNTRY, "SA")),
        ("لغة:العربية", Value(Keyword.LANGUAGE, "ar")),
        ("language:EN", Value(Keyword.LANGUAGE, "en")),
        ("family:0a1b", Value(Keyword.FAMILY, "0a1b")),
        ("url:https://www.news.example/a/1?utm_source=x", Address("news.example/a/1")),
        ("رابط:news.example", Address("news.example")),
        ("published:2024-02", Days(date(2024, 2, 1), date(2024, 2, 29))),
        ("تاريخ:٢٠٢٤", Days(date(2024, 1, 1), date(2024, 12, 31))),
        ("published:[2024-01-01 TO 2024-03-31]", Days(date(2024, 1, 1), date(2024, 3, 31))),
        ("تاريخ:[٢٠٢٤/١/١ إلى ۲۰۲۴-۰۳]", Days(date(2024, 1, 1), date(2024, 3, 31))),
        ("published:{2024-01-01 TO 2024-03}", Days(date(2024, 1, 2), date(2024, 2, 29))),
        ("published:[* TO 2024]", Days(None, date(2024, 12, 31))),
        ("published:>=2024-02", Days(date(2024, 2, 1), None)),
        ("published:<2024-02", Days(None, date(2024, 1, 31))),
    ],
)
def test_fields_in_latin_and_arabic(text: str, node: Node) -> None:
    assert parse_query(text) == Query(required=(node,))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("تاريخ:اليوم", Days(date(2026, 3, 1), date(2026, 3, 1))),
        ("published:TODAY", Days(date(2026, 3, 1), date(2026, 3, 1))),
        ("نشر:امس", Days(date(2026, 2, 28), date(2026, 2, 28))),
        ("date:yesterday", Days(date(2026, 2, 28), date(2026, 2, 28))),
        ("تاريخ:>=أمس", Days(date(2026, 2, 28), None)),
        ("published:<today", Days(None, date(2026, 2, 28))),
        ("تاريخ:[2026-01 إلى البارحة]", Days(date(2026, 1, 1), date(2026, 2, 28))),
    ],
)
def test_days_as_people_say_them_are_those_of_the_clock(text: str, days: Days) -> None:
    with clock.fixed(datetime(2026, 3, 1, 0, 1, tzinfo=UTC)):
        assert parse_query(text) == Query(required=(days,))


@pytest.mark.parametrize("text", ["مصدر: الوزير استقال", "الساعة 10:30", "عاجل:استقالة", "[عاجل] استقالة", "خبر؟ عاجل! 50%", "title: x"])
def test_headlines_are_words(text: str) -> None:
    query = parse_query(text)
    assert query.words
    assert not query.required + query.excluded


@given(
    st.lists(st.sampled_from(["القمح", "والشعير", "و", "أو", "ليس", "في", "كـ", "ء", "كتابات"]), min_size=1, max_size=40),
    st.sampled_from("\n \u200f"),
)
def test_words_alone_are_read_as_any_other_query(words: list[str], end: str) -> None:
    def read(text: str) -> Query | str:
        try:
            return parse_query(text, limit=20)
        except BadQuery as e:
            return e.code

    assert read(" ".join(words)) == read(" ".join(words) + end)  # what must be cleaned first is read by the grammar


@pytest.mark.parametrize(
    ("text", "at", "code", "suggestion"),
    [
        ("*خبر*", 1, "wildcard", "خبر*"),
        ("نص خ*ر", 4, "wildcard", "نص خر"),
        ("ك*", 1, "wildcard", "ك"),
        ("خبر /.*ا.*/", 5, "regex", "خبر"),
        ("خبر~2", 1, "fuzzy", "خبر"),
        ("(خبر", 1, "parenthesis_open", "(خبر)"),
        ("(خبر AND", 1, "parenthesis_open", "(خبر)"),
        ("خبر) عاجل", 4, "parenthesis_closed", "خبر عاجل"),
        ("خبر ()", 5, "parenthesis_empty", "خبر"),
        ("خبر OR", 5, "end", "خبر"),
        ("(خبر OR)", 6, "end", "(خبر)"),
        ("AND خبر", 1, "operand", "خبر"),
        ("مصر OR AND ليبيا", 8, "operand", "مصر OR ليبيا"),
        ("published:2024-13-40 خبر", 11, "day", "خبر"),
        ("published:>9999-12-31 خبر", 12, "day", "خبر"),
        ("published:[2024 خبر", 11, "range", "published:[2024 TO *] خبر"),
        ("published:[2024 2025] خبر", 17, "range", "published:[2024 TO 2025] خبر"),
        ("published:[2025 TO 2024] خبر", 12, "days", "published:[2024 TO 2025] خبر"),
        ("published:[خبر", 11, "range", "published خبر"),
        ("تاريخ:٣١/١٢/٢٠٢٤ خبر", 7, "day", "تاريخ:٢٠٢٤-١٢-٣١ خبر"),
        ("تاريخ:[1/2/2024 إلى 3/4/2024]", 8, "day", "تاريخ:[2024-02-01 إلى 2024-04-03]"),
        ("تاريخ:45/12/2024 خبر", 7, "day", "خبر"),
        ("تاريخ:غدًا خبر", 7, "day", "خبر"),
        ("تاريخ:[اليوم إلى أمس] خبر", 8, "days", "تاريخ:[أمس TO اليوم] خبر"),
        ("تاريخ:[أمس خبر", 7, "range", "تاريخ:[أمس TO *] خبر"),
        ("بلد:زحل خبر", 5, "country", "خبر"),
        ("خبر country:ZZ", 13, "country", "خبر"),
        ("language:xx خبر", 10, "language", "خبر"),
        ("لغة:ما خبر", 5, "language", "خبر"),
        ("title:[أ TO ب] خبر", 8, "range_field", "خبر"),
        ("title:(أ body:ب)", 15, "field_twice", "title:(أ)"),
        ("url:http:// خبر", 5, "address", "خبر"),
        ("(" * 11 + "خبر" + ")" * 11, 11, "too_deep", "(" * 10 + "خبر" + ")" * 10),
        ("س " * 40, None, "too_many_words", "س " * 31 + "س"),
        ("كلمة " * 60, None, "too_long", "كلمة " * 31 + "كلمة"),
    ],
)
def test_u07_a_mistake_has_its_place_both_languages_and_a_query_that_works(
    text: str, at: int | None, code: str, suggestion: str | None
) -> None:
    with pytest.raises(BadQuery) as raised:
        parse_query(text)
    problem = raised.value
    assert (problem.code, problem.at, problem.suggestion) == (code, at, suggestion)
    assert problem.message("en") != problem.message("ar")
    if suggestion:
        parse_query(suggestion)


def test_countries_and_languages_beside_the_text_are_understood_as_in_it() -> None:
    query = parse_query("خبر", countries=("سوريا", "sy", "Egypt", " السعودية "), languages=("العربية", "EN"))
    assert (query.countries, query.languages) == (("SY", "EG", "SA"), ("ar", "en"))
    assert parse_query('"خبر"', countries=query.countries, languages=query.languages).countries == query.countries
    assert parse_query("خبر", sources=["farm", "", "farm"], tags=None, languages=[]) == parse_query("خبر", sources=("farm",))
    for asked, code in (({"countries": ("EG", "zz")}, "no_country"), ({"languages": ("ما",)}, "no_language")):
        with pytest.raises(BadQuery) as raised:
            parse_query("خبر", **asked)
        assert (raised.value.code, raised.value.at) == (code, None)


@pytest.mark.parametrize(
    "text",
    [
        "خبر " * 5000,
        "(" * 200 + "خبر" + ")" * 200,
        "/.*ا.*/",
        "*خبر*",
        "ا~2",
        '"' * 500,
        "\u202e(خبر\u202c",
        "a" * 5000,
        ":" * 200,
        "-" * 200,
        "[" * 200,
    ],
)
def test_u07_hostile_queries_are_read_or_refused_in_time(text: str) -> None:
    assert len(refusal(text)) < 1000


@given(st.text(st.sampled_from('خبر "«»“”-+()[]{}:*/~^?=!&|أو AND OR NOT title: \n\u200f،.1a'), max_size=60))
def test_anything_is_read_or_refused(text: str) -> None:
    try:
        query = parse_query(text)
    except BadQuery as e:
        query = parse_query(e.suggestion or "")
    assert all(part.words for part in query.required + query.excluded if isinstance(part, Phrase))


def refusal(text: str) -> str:
    try:
        parse_query(text)
    except BadQuery as e:
        return str(e)
    return ""


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
