"""What every engine finds: the same hits, in the same order where that is unambiguous."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from engine_samples import PORT, article, numbers, put

from newsspider import clock
from newsspider.engines import Engine
from newsspider.engines.elasticsearch import ElasticsearchEngine, documents
from newsspider.engines.embedded import schema
from newsspider.engines.shown import shown
from newsspider.items import Precision, StoredArticle
from newsspider.search import Facet, Match, Notice, Query, Sort, parse_query
from newsspider.text.highlight import Segment


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ميناء", {1}),
        ("المينـاءُ", {1}),  # article, tatweel, harakat
        ("وبالميناء", {1}),
        ("الوزير", {1, 3}),
        ("مباريات", {2}),  # a broken plural
        ("الميزانيه", {3}),  # spelling
        ("لبنان", {4}),
        ("بلبنان", {4}),
        ("لبن", set()),  # milk is not Lebanon
        ("الوزير الميناء", {1}),
        ("من", set()),
        ("في المباراة", {2}),  # a stop word asks for nothing
    ],
)
def test_words_find_by_stem(news: Engine, text: str, found: set[int]) -> None:
    assert set(numbers(news, replace(parse_query(text), match=Match.ALL))) == found


def test_stop_words_alone_are_looked_for_as_they_stand(news: Engine) -> None:
    assert set(numbers(news, "إلى")) == {4}


def test_the_title_weighs_more_than_the_body(engine: Engine) -> None:
    put(engine, article(1, "خبر قصير", "زلزال قوي يضرب الساحل"), article(2, "زلزال قوي يضرب الساحل", "خبر قصير"))
    assert numbers(engine, "زلزال") == [2, 1]


def test_grams_rank_and_never_add_a_hit(engine: Engine) -> None:
    put(engine, article(1, "مستشفيات المدينة"), article(2, "مستشفى المدينة"), article(3, "مستشار المدينة"))
    found = numbers(engine, replace(parse_query("مستشفى المدينة"), match=Match.ANY))
    assert found[0] == 2
    assert 3 in found  # for its other word
    assert numbers(engine, "ستشفى") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"ميناء جديدا"', {1}),
        ('"جديدا ميناء"', set()),
        ('"ميناء جديد"', {1}),  # the title
        ('"على الساحل"', {1}),  # stop words count in phrases
        ('"الساحل الغربي" الوزير', {1}),
        ("«بين الوزير والنواب»", {3}),
    ],
)
def test_phrases_stand_as_they_are_written(news: Engine, text: str, found: set[int]) -> None:
    assert set(numbers(news, text)) == found


@pytest.mark.parametrize(
    ("text", "found"), [("الوزير -ميناء", {3}), ('الوزير -"نقاش طويل"', {1}), ("-الوزير", {2, 4}), ("الوزير -الوزير", set())]
)
def test_exclusions_take_hits_away(news: Engine, text: str, found: set[int]) -> None:
    assert set(numbers(news, text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ميناء OR مباريات", {1, 2}),
        ("(لبنان أو الميزانية) و قسم:سياسة", {3, 4}),
        ("(الوزير أو الوفد) -ميناء", {3, 4}),
        ("عنوان:ميناء", {1}),
        ("title:الساحل", set()),
        ("source:kora", {2}),
        ("مصدر:akhbar -قسم:سياسة", {1}),
        ("تاريخ:[٢٠٢٥-٠١-٢١ إلى ٢٠٢٥-٠١-٢٢]", {2, 3}),
        ("published:>2025-01-21", {2}),
        ("NOT published:2025", {4}),
        ("البرلم*", {3}),
        ("=الوزراء", set()),
        ("=الوزير", {1, 3}),
        ("url:news.example/2", {2}),
        ("الوزير OR (عنوان:لبنان و NOT مصدر:kora)", {1, 3, 4}),
    ],
)
def test_the_query_language_means_the_same_to_every_engine(news: Engine, text: str, found: set[int]) -> None:
    assert set(numbers(news, text)) == found


def test_today_and_yesterday_move_with_the_clock(news: Engine) -> None:
    for day, today, yesterday in ((21, {3}, {1}), (22, {2}, {3})):
        with clock.fixed(datetime(2025, 1, day, 12, tzinfo=UTC)):
            assert (set(numbers(news, "تاريخ:اليوم")), set(numbers(news, "published:yesterday"))) == (today, yesterday)
            assert set(numbers(news, "تاريخ:[أمس إلى اليوم]")) == today | yesterday


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(), {1, 2, 3, 4}),
        (Query(sources=("kora",)), {2}),
        (Query(sources=("kora", "akhbar")), {1, 2, 3, 4}),
        (Query(sections=("سياسة",)), {3, 4}),
        (Query(sections=("سياسة",), sources=("kora",)), set()),
        (Query(day_from=date(2025, 1, 21)), {2, 3}),  # days are included
        (Query(day_to=date(2025, 1, 21)), {1, 3}),
        (Query(day_from=date(2025, 1, 21), day_to=date(2025, 1, 21)), {3}),
    ],
)
def test_filters(news: Engine, query: Query, found: set[int]) -> None:
    results = news.search(query)
    assert set(numbers(news, query)) == found
    assert results.total == len(found)
    assert all(hit.score == 0 for hit in results.hits)


def test_filters_and_words_go_together(news: Engine) -> None:
    assert numbers(news, replace(parse_query("الوزير"), day_to=date(2025, 1, 20))) == [1]


def test_newest_first_and_articles_without_a_date_last(news: Engine) -> None:
    assert numbers(news, Query(sort=Sort.NEWEST)) == [2, 3, 1, 4]
    assert numbers(news, replace(parse_query("الوزير"), sort=Sort.NEWEST)) == [3, 1]


def test_among_equals_the_first_seen_latest_comes_first(engine: Engine) -> None:
    put(engine, *(article(number, "خبر", day=date(2025, 1, 20)) for number in (1, 3, 2)), article(5, "خبر"), article(4, "خبر"))
    assert numbers(engine, Query(sort=Sort.NEWEST)) == [3, 2, 1, 5, 4]


def test_pages_go_through_all_hits_once(engine: Engine) -> None:
    put(engine, *(article(number, f"خبر رقم {number}", "نص " * number) for number in range(1, 26)))
    for query in (parse_query("خبر"), Query()):
        pages = [numbers(engine, replace(query, limit=10, offset=offset)) for offset in (0, 10, 20, 30)]
        assert [len(page) for page in pages] == [10, 10, 5, 0]
        assert sorted(number for page in pages for number in page) == list(range(1, 26))
        assert engine.search(replace(query, limit=1)).total == 25


def test_the_deepest_page_is_answered(news: Engine) -> None:
    results = news.search(Query(limit=100, offset=10_000))
    assert (results.total, results.hits) == (4, ())


@pytest.mark.parametrize(("match", "total"), [(Match.ALL, 1), (Match.MOST, 2), (Match.ANY, 3)])
def test_how_many_words_a_hit_must_have(engine: Engine, match: Match, total: int) -> None:
    put(engine, article(1, "زلزال بركان إعصار"), article(2, "زلزال بركان"), article(3, "إعصار"), article(4, "جفاف"))
    results = engine.search(replace(parse_query("زلزال بركان إعصار"), match=match))
    assert (results.total, results.notice) == (total, None)


def test_a_search_that_finds_hardly_anything_is_relaxed_and_says_so(engine: Engine) -> None:
    put(engine, *(article(number, "زلزال بركان") for number in (1, 2, 3)), article(4, "إعصار"))
    results = engine.search(parse_query("زلزال بركان إعصار"))
    assert (results.total, results.notice) == (3, Notice.MOST_WORDS)


def test_a_hit_shows_the_article_with_its_matches_marked(engine: Engine) -> None:
    put(
        engine,
        article(7, "افتتاح الميناء", PORT, day=date(2025, 1, 20), section="اقتصاد", authors=["سلمى"], tags=["موانئ"], country="SA"),
        article(8, "بلا تاريخ", "ميناء"),
    )
    (hit,) = engine.search(replace(parse_query("افتتاح ميناء"), match=Match.ALL)).hits
    assert hit.title == (Segment("افتتاح", True), Segment(" ", False), Segment("الميناء", True))
    assert Segment("ميناء", True) in hit.snippet
    assert "".join(part.text for part in hit.snippet) == PORT
    assert (hit.id, hit.source, hit.section, hit.authors, hit.tags, hit.country) == (
        f"{7:032x}",
        "akhbar",
        "اقتصاد",
        ("سلمى",),
        ("موانئ",),
        "SA",
    )
    assert hit.published_at == datetime(2025, 1, 20, 9, tzinfo=UTC)
    assert hit.published_at.utcoffset() is not None
    assert hit.published_at.isoformat() == "2025-01-20T12:00:00+03:00"
    assert (hit.published_day, hit.precision) == (date(2025, 1, 20), Precision.MINUTE)
    assert hit.score > 0
    (undated,) = engine.search(parse_query("تاريخ")).hits
    assert (undated.published_at, undated.published_day, undated.precision, undated.section) == (None, None, None, None)


def test_hostile_text_is_found_and_shown_as_it_is(engine: Engine) -> None:
    title = '<script>alert("خبر")</script> \U0001f534 كلمة\u200cأخرى'
    put(engine, article(1, title, "س" * 100_000))
    (hit,) = engine.search(parse_query("خبر")).hits
    assert "".join(part.text for part in hit.title) == title


def test_q04_an_article_of_a_million_letters_is_found_and_its_first_part_marked(engine: Engine) -> None:
    put(engine, article(1, "طويل", "بداية ميناء " + "كلمة " * 210_000))
    (hit,) = engine.search(parse_query("ميناء")).hits
    assert Segment("ميناء", True) in hit.snippet


def test_the_longest_query_is_answered(news: Engine) -> None:
    assert news.search(parse_query(" ".join(f"كلمه{chr(0x628 + number % 20)}{number}" for number in range(28)))).total == 0


def test_q06_documents_of_an_older_version_are_listed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """They lack what an article may lack, and have fields that are known no more."""
    optional = ("summary", "country", "language", "section", "authors", "tags", "image_url", "published_at", "precision", "published_day")
    if isinstance(engine, ElasticsearchEngine):
        engine._client.indices.put_mapping(index=engine.index_id, properties={"rank_of_old": {"type": "keyword"}})

    def old(one: StoredArticle) -> dict[str, Any]:
        return {name: value for name, value in shown(one).items() if name not in optional} | {"rank_of_old": "7"}

    for module in (schema, documents):
        monkeypatch.setattr(module, "shown", old)
    put(engine, article(1, PORT, PORT, day=date(2025, 1, 5), tags=["بحر"], authors=["هدى"], section="محليات"))
    monkeypatch.undo()
    put(engine, article(2, PORT, PORT, day=date(2025, 1, 6)))
    results = engine.search(parse_query("ميناء"))
    (bare,) = [hit for hit in results.hits if hit.url.endswith("/1")]
    assert (len(results.hits), bare.tags, bare.authors, bare.section, bare.published_day) == (2, (), (), None, None)
    assert {hit.url for hit in engine.scan(parse_query("ميناء"))} == {hit.url for hit in results.hits}
    assert engine.why(parse_query("ميناء"), bare.id)
    assert engine.similar(bare.id) is not None
    assert engine.facets(parse_query("ميناء"), list(Facet))
