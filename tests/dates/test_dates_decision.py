"""Which evidence wins, which is turned down with which word, and when there is no date."""

import random
from datetime import UTC, date, datetime, timedelta

from newsspider.dates import Context, PageDates, decide_publication
from newsspider.items import DateEvidence, EvidenceKind, EvidenceRole, Precision, Publication

K, R = EvidenceKind, EvidenceRole
FETCHED = datetime(2025, 1, 22, 10, 0, 30, tzinfo=UTC)
HEADER = DateEvidence(K.VISIBLE, "الأربعاء ٢٢ / يناير / ٢٠٢٥", "header > div.date", in_article=False)
SHOWN = DateEvidence(K.VISIBLE, "نشر في 17 آذار 2020 - 14:30", "article > div.meta", R.PUBLISHED, in_article=True)


def decide(
    *evidence: DateEvidence, fetched_at: datetime = FETCHED, timezone: str = "Asia/Damascus", context: Context | None = None
) -> Publication:
    return decide_publication(evidence, fetched_at=fetched_at, timezone=timezone, country="SY", context=context)


def reasons(found: Publication) -> dict[str, str]:
    return {rejection.evidence.raw: rejection.reason for rejection in found.rejected}


def jsonld(raw: str, role: EvidenceRole = R.PUBLISHED) -> DateEvidence:
    return DateEvidence(K.JSONLD, raw, f"NewsArticle.{role}", role)


def test_h17_the_header_of_today_never_wins() -> None:
    found = decide(HEADER, SHOWN)
    assert found.published_day == date(2020, 3, 17)
    assert found.published_at is not None
    assert found.published_at.isoformat() == "2020-03-17T14:30:00+02:00"
    assert found.precision is Precision.MINUTE
    assert found.winner == SHOWN
    assert reasons(found) == {HEADER.raw: "chrome"}


def test_h17_the_header_alone_is_no_date_on_any_day() -> None:
    for fetched in (FETCHED, FETCHED + timedelta(days=400)):
        found = decide(HEADER, fetched_at=fetched)
        assert (found.published_at, found.published_day, found.reason) == (None, None, "nothing_trusted")


def test_no_evidence() -> None:
    assert decide().reason == "no_evidence"


def test_families_agree_and_the_finest_time_is_kept() -> None:
    found = decide(
        jsonld("2025-01-20T08:15:00+03:00"),
        DateEvidence(K.URL, "/2025/01/20/x", "url"),
        DateEvidence(K.VISIBLE, "20 يناير 2025", "p", in_article=True),
    )
    assert found.reason == "agreed"
    assert found.published_at is not None
    assert found.published_at.isoformat() == "2025-01-20T08:15:00+03:00"
    assert found.confidence > 0.95
    assert found.rejected == ()


def test_the_order_of_evidence_does_not_matter() -> None:
    evidence = [
        HEADER,
        SHOWN,
        jsonld("2025-01-20T08:15:00+03:00"),
        DateEvidence(K.URL, "/2020/03/17/", "url"),
        DateEvidence(K.FEED, "Tue, 17 Mar 2020 12:30:00 GMT", "feed"),
    ]
    first = decide(*evidence)
    for seed in range(10):
        random.Random(seed).shuffle(evidence)
        other = decide(*evidence)
        assert (other.published_at, other.confidence, other.winner) == (first.published_at, first.confidence, first.winner)


def test_structured_data_that_states_the_fetch_is_turned_down() -> None:
    found = decide(jsonld("2025-01-22T10:00:01Z"), SHOWN)
    assert found.published_day == date(2020, 3, 17)
    assert reasons(found)["2025-01-22T10:00:01Z"] == "fetch_time"


def test_a_clock_in_the_article_does_not_beat_older_evidence() -> None:
    clock = DateEvidence(K.VISIBLE, "الأربعاء 22 يناير 2025", "article > span", in_article=True)
    found = decide(clock, jsonld("2025-01-02T09:00:00+03:00"))
    assert found.published_day == date(2025, 1, 2)
    assert reasons(found)[clock.raw] == "fetch_time"


def test_a_date_of_today_stands_when_nothing_is_older() -> None:
    found = decide(
        DateEvidence(K.VISIBLE, "الأربعاء 22 يناير 2025 - 09:10", "article > span", in_article=True), jsonld("2025-01-22T09:10:00+03:00")
    )
    assert found.published_day == date(2025, 1, 22)


def test_templates_constant_is_outvoted_by_two_families() -> None:
    found = decide(
        jsonld("2018-01-01T00:00:00+03:00"),
        DateEvidence(K.URL, "/2025/01/20/", "url"),
        DateEvidence(K.VISIBLE, "نشر في 20 يناير 2025", "p", in_article=True),
    )
    assert found.published_day == date(2025, 1, 20)
    assert reasons(found)["2018-01-01T00:00:00+03:00"] == "outvoted"


def test_a_constant_of_the_site_is_found_by_other_pages() -> None:
    constant = jsonld("2018-05-06T07:08:09+03:00")
    pages = tuple(PageDates((constant,), date(2025, 1, day)) for day in (3, 4))
    found = decide(constant, SHOWN, context=Context(elsewhere=pages))
    assert reasons(found)[constant.raw] == "site_constant"
    assert found.published_day == date(2020, 3, 17)


def test_placeholder_future_and_impossible_days_are_no_evidence() -> None:
    found = decide(jsonld("1970-01-01T00:00:00Z"), jsonld("2031-01-01T00:00:00Z"), jsonld("2025-02-30"), jsonld("0001-01-01T00:00:00"))
    assert found.published_at is None
    assert set(reasons(found).values()) == {"placeholder", "future", "impossible"}


def test_later_than_first_seen_is_turned_down() -> None:
    found = decide(jsonld("2025-01-20T08:00:00+03:00"), context=Context(first_seen=datetime(2024, 12, 1, tzinfo=UTC)))
    assert found.published_at is None
    assert set(reasons(found).values()) == {"after_first_seen"}


def test_a_change_is_kept_apart_from_the_publication() -> None:
    changed = jsonld("2025-01-21T18:00:00+03:00", R.MODIFIED)
    found = decide(jsonld("2025-01-20T08:15:00+03:00"), changed)
    assert found.modified_at == datetime.fromisoformat("2025-01-21T18:00:00+03:00")
    assert reasons(found)[changed.raw] == "modified"
    early = decide(jsonld("2025-01-20T08:15:00+03:00"), jsonld("2025-01-01T18:00:00+03:00", R.MODIFIED))
    assert early.modified_at is None
    assert set(reasons(early).values()) == {"before_published"}


def test_a_visible_update_label_makes_a_change() -> None:
    found = decide(DateEvidence(K.VISIBLE, "آخر تحديث: 21 يناير 2025", "p", in_article=True), jsonld("2025-01-20T08:15:00+03:00"))
    assert found.published_day == date(2025, 1, 20)


def test_only_a_change_is_known() -> None:
    found = decide(DateEvidence(K.VISIBLE, "آخر تحديث: 21 يناير 2025", "p", in_article=True))
    assert (found.published_day, found.reason) == (date(2025, 1, 21), "modified_only")
    assert found.confidence < 0.5


def test_last_modified_and_sitemap_lastmod_are_too_weak_alone() -> None:
    header = DateEvidence(K.HEADER, "Wed, 22 Jan 2025 08:00:00 GMT", "Last-Modified", R.MODIFIED)
    assert decide(header, DateEvidence(K.SITEMAP, "2025-01-21", "lastmod", R.MODIFIED)).published_at is None


def test_a_false_zone_mark_does_not_move_the_day() -> None:
    shown = DateEvidence(K.VISIBLE, "20 يناير 2025 - 22:30", "p", in_article=True)
    found = decide(jsonld("2025-01-20T22:30:00Z"), shown)
    assert found.published_at is not None
    assert found.published_at.isoformat() == "2025-01-20T22:30:00+03:00"


def test_a_true_zone_mark_gives_the_local_day() -> None:
    found = decide(jsonld("2025-01-20T22:30:00Z"), DateEvidence(K.VISIBLE, "21 يناير 2025", "p", in_article=True))
    assert found.published_day == date(2025, 1, 21)
    assert found.confidence > 0.95


def test_midnight_is_a_day_in_its_own_zone() -> None:
    found = decide(jsonld("2025-01-20T00:00:00-05:00"))
    assert (found.published_day, found.precision) == (date(2025, 1, 20), Precision.DAY)
    assert found.published_at == datetime.fromisoformat("2025-01-20T00:00:00+03:00")


def test_unix_time_in_machine_fields() -> None:
    found = decide(DateEvidence(K.META, "1737360900", "meta pubdate", R.PUBLISHED))
    assert found.published_at == datetime.fromtimestamp(1737360900, UTC)
    assert decide(DateEvidence(K.VISIBLE, "1737360900", "p", in_article=True)).published_at is None


def test_relative_times_count_from_the_fetch() -> None:
    found = decide(DateEvidence(K.VISIBLE, "منذ ساعتين", "p", in_article=True))
    assert found.published_at == FETCHED - timedelta(hours=2)


def test_the_lead_speaks_against_another_weekday() -> None:
    said = Context(lead="قال الوزير اليوم الأحد إن العمل بدأ")
    plain, doubted = decide(jsonld("2025-01-20T08:15:00+03:00")), decide(jsonld("2025-01-20T08:15:00+03:00"), context=said)
    assert doubted.confidence < plain.confidence
    assert decide(jsonld("2025-01-19T08:15:00+03:00"), context=said).confidence == plain.confidence


def test_neighbours_speak_against_a_stray() -> None:
    near = Context(neighbours=(date(2025, 1, 18), date(2025, 1, 19), date(2025, 1, 20)))
    assert decide(SHOWN, context=near).confidence < decide(SHOWN).confidence


def test_what_the_user_states_wins() -> None:
    found = decide(DateEvidence(K.GIVEN, "2025-01-03", "import"), jsonld("2025-01-20T08:15:00+03:00"), SHOWN)
    assert found.published_day == date(2025, 1, 3)


def test_a_page_full_of_dates_is_bounded() -> None:
    many = [DateEvidence(K.VISIBLE, f"{1 + i % 28} يناير 2024", "li", in_article=True, distance=i) for i in range(200)]
    found = decide(*many)
    assert sum(rejection.reason == "too_many" for rejection in found.rejected) == 180
