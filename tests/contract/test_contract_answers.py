"""What every engine answers beside pages of hits: counts, facets, charts, similar articles, suggestions, reasons, everything."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from engine_samples import article, numbers, put

from newsspider.engines import Engine
from newsspider.engines.embedded import EmbeddedEngine
from newsspider.errors import CursorExpired, QueryError
from newsspider.items import Change, Precision, Publication
from newsspider.search import Facet, Interval, Level, Match, Query, Sort, Suggestion, parse_query
from newsspider.search.cursor import Cursor, Position
from newsspider.search.expression import Address, And, Days, Keyword, Label, Node, Not, Or, Phrase, Prefix, Text, Value, Word
from newsspider.search.query import MAX_OFFSET


@pytest.mark.parametrize(
    ("node", "found"),
    [
        (Word("الوزير", "زير"), {1, 3}),
        (Word("ميناء", "ميناء", Text.TITLE), {1}),
        (Word("الساحل", "ساحل", Text.TITLE), set()),
        (Phrase(("ميناء", "جديد")), {1}),
        (Phrase(("ميناء",)), {1}),
        (Phrase(("اقتصاد",), Label.SECTION), {1}),
        (Prefix("برلم"), set()),  # البرلمان begins with the article
        (Prefix("البرلم"), {3}),
        (Prefix("بيرو", Text.BODY), {4}),
        (Prefix("الب", Text.TITLE), {3}),
        (Prefix("سيا", Label.SECTION), {3, 4}),
        (Value(Keyword.SOURCE, "kora"), {2}),
        (Value(Keyword.FAMILY, f"{3:032x}"), {3}),
        (Address("news.example/4"), {4}),
        (Address("news.example/"), {1, 2, 3, 4}),
        (Address("example"), set()),
        (Days(date(2025, 1, 21), date(2025, 1, 22)), {2, 3}),
        (Days(), {1, 2, 3}),
        (And((Word("الوزير", "زير"), Value(Keyword.SOURCE, "akhbar"), Not(Phrase(("ميناء",))))), {3}),
        (Or((Phrase(("بيروت",)), Word("مباريات", "مبار"), Days(None, date(2025, 1, 20)))), {1, 4}),
        (Not(Or((Value(Keyword.SOURCE, "kora"), Phrase(("سياسه",), Label.SECTION)))), {1}),
    ],
)
def test_parts_of_an_expression(news: Engine, node: Node, found: set[int]) -> None:
    assert set(numbers(news, Query(required=(node,)))) == found
    assert set(numbers(news, Query(excluded=(node,)))) == {1, 2, 3, 4} - found


def test_labels_are_found_within_one_value(engine: Engine) -> None:
    put(engine, article(1, "خبر", tags=["مجلس النواب", "الأمن الغذائي"], authors=["سلمى حداد"]), article(2, "خبر", tags=["مجلس الأمن"]))
    assert numbers(engine, Query(required=(Phrase(("مجلس", "الامن"), Label.TAG),))) == [2]
    assert numbers(engine, Query(required=(Phrase(("النواب", "الامن"), Label.TAG),))) == []
    assert numbers(engine, Query(required=(Phrase(("حداد",), Label.AUTHOR),))) == [1]
    assert numbers(engine, Query(tags=("مجلس الأمن",))) == [2]
    assert numbers(engine, Query(authors=("سلمى حداد",))) == [1]
    assert numbers(engine, Query(authors=("سلمى",))) == []


def test_filters_by_country_language_and_ids(engine: Engine) -> None:
    put(
        engine,
        article(1, "خبر", country="EG", language="ar"),
        article(2, "خبر", country="SA", language="ar"),
        article(3, "خبر", country="SA", language="en"),
    )
    assert set(numbers(engine, Query(countries=("SA",)))) == {2, 3}
    assert numbers(engine, Query(countries=("SA", "EG"), languages=("en",))) == [3]
    assert set(numbers(engine, replace(parse_query("خبر"), ids=(f"{1:032x}", f"{3:032x}")))) == {1, 3}
    assert numbers(engine, Query(ids=())) == []


def test_recency_lifts_the_newer_of_equals(engine: Engine) -> None:
    today = datetime.now(UTC).date()
    put(engine, *(article(number, "زلزال", "نص", day=today - timedelta(days)) for number, days in enumerate((900, 200, 20, 1, 5), 1)))
    assert numbers(engine, replace(parse_query("زلزال"), recency=True)) == [4, 5, 3, 2, 1]
    assert len({hit.score for hit in engine.search(parse_query("زلزال")).hits}) == 1


@pytest.mark.parametrize("query", [Query(), parse_query("خبر"), replace(parse_query("خبر"), sort=Sort.NEWEST)])
def test_cursors_lead_through_all_hits_once(engine: Engine, query: Query) -> None:
    same = date(2025, 1, 20)  # the same second, so that only what was seen first, and the id, tell them apart
    put(engine, *(article(number, "خبر", "نص " * (number % 7), day=same if number % 3 else None) for number in range(1, 58)))
    cursor, pages = None, []
    while True:
        results = engine.search(replace(query, limit=10, cursor=cursor))
        assert results.total == 57
        pages.append([hit.id for hit in results.hits])
        if not (cursor := results.cursor):
            break
    everything = [one for page in pages for one in page]
    assert (len(everything), len(set(everything))) == (57, 57)
    assert len(pages) <= 7
    if query.by_date:
        assert everything == [hit.id for hit in engine.scan(query)]


@pytest.mark.parametrize("day", [date(2025, 1, 20), None])
def test_q08_sorted_by_newest_articles_that_come_and_go_move_no_page(engine: Engine, day: date | None) -> None:
    """All of the same second: among equals those that were seen last come first."""
    put(engine, *(article(number, "خبر", day=day) for number in range(10, 50)))
    query = Query(sort=Sort.NEWEST, limit=10)
    first = engine.search(query)
    put(engine, *(article(number, "خبر", day=day) for number in (*range(1, 10), *range(50, 60))))
    second = engine.search(replace(query, cursor=first.cursor))
    engine.apply([Change(100, hit.id, None) for hit in (first.hits[3], second.hits[-1])])
    engine.refresh()
    third = engine.search(replace(query, cursor=second.cursor))
    shown = [int(hit.id, 16) for page in (first, second, third) for hit in page.hits]
    assert shown == list(reversed(range(20, 50)))


def test_cursors_go_beyond_ten_thousand(engine: Engine) -> None:
    """Q07"""
    count = MAX_OFFSET + 150
    for start in range(1, count + 1, 2500):
        put(engine, *(article(number, "خبر") for number in range(start, min(start + 2500, count + 1))))
    results = engine.search(replace(parse_query("خبر"), limit=100, offset=MAX_OFFSET))
    assert len(results.hits) == 100
    deeper = engine.search(replace(parse_query("خبر"), limit=100, cursor=results.cursor))
    assert len(deeper.hits) == 50
    assert not {hit.id for hit in results.hits} & {hit.id for hit in deeper.hits}
    assert len({hit.id for hit in engine.scan(parse_query("خبر"))}) == count == engine.total(parse_query("خبر"))


def test_a_cursor_belongs_to_its_search_and_may_expire(engine: Engine) -> None:
    """Q07, Q08"""
    put(engine, *(article(number, "خبر") for number in range(1, 8)))
    query = replace(parse_query("خبر"), limit=2)
    first = engine.search(query)
    with pytest.raises(QueryError, match="another search"):
        engine.search(replace(parse_query("نبأ"), cursor=first.cursor))
    with pytest.raises(QueryError, match="damaged"):
        engine.search(replace(query, cursor="xyz"))
    second = engine.search(replace(query, cursor=first.cursor))
    old = engine.index_id
    built = engine.create()
    put(built, *(article(number, "خبر") for number in range(1, 8)))
    built.promote()
    engine.drop(old)
    with pytest.raises(CursorExpired, match="begin again"):
        engine.search(replace(query, cursor=second.cursor))


@pytest.mark.parametrize(
    "position",
    [
        {"offset": (1 << 31) - 1},
        {"offset": (1 << 31) - 1, "folded": True},
        {"after": ["x"]},
        {"after": [1.0, 2.0], "state": "abc"},
        {"after": [1, "x"], "state": ""},
        {"newest": (1 << 63) - 1, "offset": 5},
    ],
)
def test_u07_a_cursor_that_somebody_made_up_does_no_harm(news: Engine, position: dict[str, object]) -> None:
    query = replace(parse_query("الوزير"), fold_families=True)
    state = {"state": news.index_id} if isinstance(news, EmbeddedEngine) else {}
    cursor = Cursor(query=query.fingerprint, required=1, notice=None, position=Position.model_validate(position | state)).encode()
    with suppress(CursorExpired):
        assert news.search(replace(query, cursor=cursor)).total == 2


@pytest.mark.parametrize("sort", list(Sort))
def test_families_are_folded_into_their_best_hit(engine: Engine, sort: Sort) -> None:
    families = {1: 1, 2: 1, 3: 1, 4: 4, 5: 4, 6: 6}
    put(
        engine,
        *(
            article(number, "خبر" + " نص" * number, family_id=f"{family:032x}", day=date(2025, 1, number))
            for number, family in families.items()
        ),
    )
    query = replace(parse_query("خبر"), fold_families=True, sort=sort, limit=2)
    first = engine.search(query)
    assert (first.total, first.folded, len(first.hits)) == (6, True, 2)
    second = engine.search(replace(query, cursor=first.cursor))
    hits = first.hits + second.hits
    assert {hit.family_id[-1]: hit.family_size for hit in hits} == {"1": 3, "4": 2, "6": 1}
    assert numbers(engine, replace(query, limit=10)) == ([6, 5, 3] if sort is Sort.NEWEST else [1, 4, 6])
    assert second.cursor is None or engine.search(replace(query, cursor=second.cursor)).hits == ()


@pytest.mark.parametrize("day", [date(2025, 1, 20), None])
def test_q08_folded_pages_by_newest_never_repeat_a_family(engine: Engine, day: date | None) -> None:
    """Articles arrive between the pages, of families that were shown, that were not yet, and of new ones; later and earlier than those shown."""
    family = {"family_id": f"{19:032x}"}
    put(engine, *(article(number, "خبر", day=day) for number in range(10, 49)), article(49, "خبر", day=day, **family))
    query = Query(fold_families=True, limit=10)
    first = engine.search(query)
    late = [article(number, "خبر", day=day, family_id=f"{number - 20:032x}") for number in (61, 52, 51)]  # of 41, 32 and 31
    put(engine, *(article(number, "خبر", day=day) for number in (*range(1, 10), *range(70, 80))), *late)
    second = engine.search(replace(query, cursor=first.cursor))
    engine.apply([Change(100, hit.id, None) for hit in (first.hits[3], second.hits[-1])])
    engine.refresh()
    third = engine.search(replace(query, cursor=second.cursor))
    fourth = engine.search(replace(query, cursor=third.cursor))
    pages = [[int(hit.family_id, 16) for hit in page.hits] for page in (first, second, third, fourth)]
    shown = [
        [19, *range(48, 39, -1)],
        [39, 38, 37, 36, 35, 34, 33, 30, 29, 28],  # 31 and 32 stand where their newest articles do
        [27, 26, 25, 24, 23, 22, 21, 20, 18, 17],
        [16, 15, 14, 13, 12, 11, 10, 9, 8, 7],
    ]
    assert pages == shown
    assert (first.hits[0].family_size, second.total, third.folded) == (2, 62, True)


@pytest.mark.parametrize("text", ["", "خبر"])
def test_folded_pages_go_on_unfolded_where_the_most_are_folded(engine: Engine, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Q07: none twice but members of the families that were shown."""
    for view in ("embedded", "elasticsearch"):
        monkeypatch.setattr(f"newsspider.engines.{view}.view.MAX_OFFSET", 20)
    put(engine, *(article(number, "خبر", family_id=f"{number // 2:032x}") for number in range(2, 102)))
    query = replace(parse_query(text), fold_families=True, limit=10)
    pages = [engine.search(query)]
    while cursor := pages[-1].cursor:
        pages.append(engine.search(replace(query, cursor=cursor)))
    assert [page.folded for page in pages[:4]] == [True, True, True, False]
    hits = [hit.id for page in pages for hit in page.hits]
    assert len(hits) == len(set(hits))
    assert {hit.family_id for page in pages for hit in page.hits} == {f"{number:032x}" for number in range(1, 51)}


def test_counts_follow_the_search_that_was_relaxed(engine: Engine) -> None:
    put(engine, article(1, "زلزال", section="علوم"), article(2, "بركان", section="سياسة"))
    query = parse_query("زلزال بركان إعصار")
    assert engine.total(query) == engine.search(query).total == 2
    assert {one.value for one in engine.facets(query, [Facet.SECTION])[Facet.SECTION]} == {"علوم", "سياسة"}


def test_facets_count_the_hits_of_each_value(engine: Engine) -> None:
    put(
        engine,
        article(1, "خبر", section="علوم", tags=["فضاء", "قمر"], authors=["سلمى"], country="EG", language="ar"),
        article(2, "خبر", section="علوم", tags=["فضاء", "فضاء"], source="kora"),
        article(3, "نبأ", section="سياسة", tags=["قمر"]),
    )
    found = engine.facets(parse_query("خبر"), list(Facet), 5)
    assert {facet: [(one.value, one.count) for one in counts] for facet, counts in found.items()} == {
        Facet.SOURCE: [("akhbar", 1), ("kora", 1)],
        Facet.SECTION: [("علوم", 2)],
        Facet.TAG: [("فضاء", 2), ("قمر", 1)],
        Facet.AUTHOR: [("سلمى", 1)],
        Facet.COUNTRY: [("EG", 1)],
        Facet.LANGUAGE: [("ar", 1)],
    }
    assert engine.facets(Query(), [Facet.TAG], 1)[Facet.TAG][0].count == 2


def bars(engine: Engine, query: Query, interval: Interval) -> list[tuple[str, int]]:
    return [(f"{bar.start:%m-%d %H}", bar.count) for bar in engine.histogram(query, interval).bars]


def test_charts_count_days_of_the_source_and_sum_them(engine: Engine) -> None:
    days = (date(2025, 1, 30), date(2025, 1, 30), date(2025, 2, 2), date(2025, 2, 3))
    put(engine, *(article(number, "خبر", day=day) for number, day in enumerate(days, 1)), article(9, "خبر"))
    query = parse_query("خبر")
    assert bars(engine, query, Interval.DAY) == [("01-30 00", 2), ("01-31 00", 0), ("02-01 00", 0), ("02-02 00", 1), ("02-03 00", 1)]
    assert bars(engine, query, Interval.WEEK) == [("01-27 00", 3), ("02-03 00", 1)]
    assert bars(engine, query, Interval.MONTH) == [("01-01 00", 2), ("02-01 00", 2)]
    assert engine.histogram(query, Interval.MONTH).undated == 1
    limited = replace(query, day_from=date(2025, 1, 29), day_to=date(2025, 1, 31))
    assert bars(engine, limited, Interval.DAY) == [("01-29 00", 0), ("01-30 00", 2), ("01-31 00", 0)]
    assert engine.histogram(parse_query("جفاف"), Interval.DAY).bars == ()


def test_hours_are_those_of_the_sources_clock_and_only_where_known(engine: Engine) -> None:
    kabul = datetime.fromisoformat("2025-01-20T00:10:00+04:30")
    to_the_day = Publication(kabul, Precision.DAY, date(2025, 1, 20))
    exact = Publication(kabul, Precision.MINUTE, date(2025, 1, 20))
    put(engine, article(1, "خبر", publication=exact), article(2, "خبر", publication=to_the_day), article(3, "خبر", day=date(2025, 1, 20)))
    chart = engine.histogram(parse_query("خبر"), Interval.HOUR)
    assert [(bar.start.hour, bar.count) for bar in chart.bars if bar.count] == [(0, 1), (12, 1)]
    assert (len(chart.bars), chart.undated) == (13, 1)


def test_u08_a_chart_has_a_thousand_bars_at_most(engine: Engine) -> None:
    put(engine, article(1, "خبر", day=date(1990, 1, 1)), article(2, "خبر", day=date(2025, 1, 1)))
    for interval in (Interval.HOUR, Interval.DAY, Interval.WEEK):
        with pytest.raises(QueryError, match="more than 1000 bars"):
            engine.histogram(parse_query("خبر"), interval)
    assert len(engine.histogram(parse_query("خبر"), Interval.MONTH).bars) == 35 * 12 + 1


def test_similar_articles_share_telling_words_and_are_of_another_family(engine: Engine) -> None:
    filler = [article(number, "نشرة", f"نشرة الأخبار رقم {number}") for number in range(10, 30)]
    put(
        engine,
        article(1, "ثوران بركان في الجزيرة", "ثار البركان وغطى الرماد المطار"),
        article(2, "الرماد يغطي المطار", "الجزيرة بعد البركان"),
        article(3, "ثوران بركان", "البركان والرماد", family_id=f"{1:032x}"),
        article(4, "مباراة في المطار القديم", "نشرة"),
        *filler,
    )
    found = [int(hit.url.rsplit("/", 1)[1]) for hit in engine.similar(f"{1:032x}")]
    assert found[0] == 2
    assert not {1, 3} & set(found)
    assert engine.similar("f" * 32) == ()


def test_suggestions_go_on_as_the_text_begins(engine: Engine) -> None:
    put(
        engine,
        article(1, "انتخابات البرلمان اللبناني", tags=["انتخابات", "لبنان"]),
        article(2, "نتائج الانتخابات البلدية", tags=["انتخابات"]),
        article(3, "زلزال", tags=["كوارث"]),
    )
    assert engine.suggest("انتخا") == (
        Suggestion("انتخابات", Facet.TAG, 2),
        Suggestion("انتخابات البرلمان اللبناني", None, article_id=f"{1:032x}"),
    )
    assert [one.text for one in engine.suggest("البرلمان انـتخ")] == ["انتخابات البرلمان اللبناني"]
    assert engine.suggest("إنتِخابات الب")[-1].article_id == f"{1:032x}"
    assert engine.suggest("قمر") == engine.suggest(" ؟") == ()


def test_did_you_mean(engine: Engine) -> None:
    put(engine, article(1, "الانتخابات البرلمانية في القاهرة"), article(2, "القاهرة"), article(3, "القاهري"))
    assert engine.did_you_mean("انتخابات القاهلة") == "انتخابات القاهرة"
    assert engine.did_you_mean("القاهرة") is None
    assert engine.did_you_mean("كلمةبعيدة") is None


def test_synonyms_are_found_marked_and_explained(engine: Engine) -> None:
    put(
        engine,
        article(1, "أسعار النفط"),
        article(2, "أسعار البترول"),
        article(3, "زيارة إلى الولايات المتحدة"),
        article(4, "المتحدة والولايات"),
    )
    assert numbers(engine, "النفط") == [1, 2]  # the word itself first
    assert numbers(engine, "أمريكا") == [3]
    assert numbers(engine, "=النفط") == numbers(engine, '"النفط"') == [1]
    assert numbers(engine, "أسعار -نفط") == []
    (hit,) = engine.search(parse_query("لأمريكا")).hits
    assert [part.text for part in hit.title if part.marked] == ["الولايات المتحدة"]
    why = engine.why(parse_query("نفط"), f"{2:032x}")
    assert why
    assert [(match.level, match.found) for match in why.matched] == [(Level.SYNONYM, ("البترول",))]


def test_why_an_article_is_found(news: Engine) -> None:
    query = parse_query('وزير مباريات الموانئ "ميناء جديدا" جديد')
    why = news.why(replace(query, match=Match.ANY), f"{1:032x}")
    assert why
    assert (why.hit, why.score > 0, why.missing) == (True, True, ("مباريات",))
    levels = {(match.asked, match.field): (match.level, match.found) for match in why.matched}
    assert levels["وزير", "body"] == (Level.STEM, ("الوزير",))
    assert levels['"ميناء جديدا"', "body"] == (Level.PHRASE, ("ميناء جديدا",))
    assert levels["جديد", "title"] == (Level.EXACT, ("جديد",))
    unfound = news.why(parse_query("مباريات"), f"{1:032x}")
    assert unfound
    assert (unfound.hit, unfound.score, unfound.matched) == (False, 0, ())
    assert news.why(query, "f" * 32) is None


def test_a_scan_gives_every_hit_the_newest_first(news: Engine) -> None:
    assert [int(hit.url.rsplit("/", 1)[1]) for hit in news.scan(Query(fold_families=True))] == [2, 3, 1, 4]
    assert [hit.id for hit in news.scan(parse_query("الوزير"))] == [f"{3:032x}", f"{1:032x}"]
