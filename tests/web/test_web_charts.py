"""Searches over time: API, pages, and the shapes that are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from articles import article
from lxml import html
from web_site import bearer, configured, problem_code, serving, take_in

from newsspider.items import Article, DateEvidence, EvidenceKind, EvidenceRole
from newsspider.search import Interval
from newsspider.web.charts import HEIGHT, WIDTH, bar_chart, line_paths, round_up
from newsspider.web.timeline import Series, Timeline

FIRST = date(2026, 3, 1)


def dated(number: int, day: date, topic: str, source: str = "farm") -> Article:
    evidence = DateEvidence(EvidenceKind.META, f"{day}T10:00:00+03:00", "meta article:published_time", EvidenceRole.PUBLISHED)
    return replace(article(number, f"نص عن {topic} رقم {number} في يوم {day}.", source), title=f"{topic} {number}", evidence=[evidence])


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Six articles a day for forty days, but for a week in which the source was not reached; every other one is of barley."""
    config = configured(tmp_path_factory.mktemp("year"))
    days = [n for n in range(40) if not 20 <= n < 27]
    take_in(
        config,
        [
            dated(6 * n + m, FIRST + timedelta(days=n), "القمح" if m % 2 else "الشعير", "farm" if m < 5 else "mill")
            for n in days
            for m in range(6)
        ],
    )
    with serving(config) as client:
        client.headers.update(bearer())
        yield client


def test_counts_by_the_day_with_the_gap_said(year: httpx.Client) -> None:
    found = year.get("/api/v1/histogram", params={"q": "القمح"}).json()
    assert found["interval"] == "day"
    assert found["starts"][0] == "2026-03-01T00:00:00"
    (series,) = found["series"]
    assert (series["q"], series["total"], series["undated"]) == ("القمح", 99, 0)
    assert series["counts"] == [0 if 20 <= n < 27 else 3 for n in range(40)]
    assert [share > 0.9 for share in found["missing"]] == [20 <= n < 27 for n in range(40)]


@pytest.mark.parametrize(("interval", "bars"), [("week", 7), ("month", 2), ("day", 40)])
def test_other_intervals_sum_to_the_same(year: httpx.Client, interval: str, bars: int) -> None:
    found = year.get("/api/v1/histogram", params={"interval": interval}).json()
    assert len(found["starts"]) == bars
    assert sum(found["series"][0]["counts"]) == 33 * 6


def test_hours_stand_on_the_sources_clock(year: httpx.Client) -> None:
    found = year.get("/api/v1/histogram", params={"interval": "hour", "from": "2026-03-01", "to": "2026-03-01"}).json()
    assert dict(zip(found["starts"], found["series"][0]["counts"], strict=True))["2026-03-01T10:00:00"] == 6
    assert not any(found["missing"])


def test_searches_are_compared_and_normalised(year: httpx.Client) -> None:
    found = year.get("/api/v1/histogram", params={"q": ["القمح", "الشعير", "كنغر"], "normalise": "true"}).json()
    wheat, barley, none = found["series"]
    assert len(wheat["counts"]) == len(barley["counts"]) == len(none["counts"]) == 40
    assert wheat["shares"][0] == barley["shares"][0] == 0.5
    assert wheat["shares"][20] is None
    assert none["total"] == 0


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"q": ["a"] * 6}, 422),
        ({"interval": "second"}, 422),
        ({"interval": "hour", "from": "1926-01-01", "to": "2026-01-01"}, 400),
        ({"from": "2026-01-02", "to": "2026-01-01"}, 400),
        ({"q": '"'}, 400),
        ({"from": "1000-01-01", "to": "2999-12-31", "interval": "month"}, 400),
        ({"from": "0999-12-31"}, 422),
        ({"to": "9999-12-31"}, 422),
    ],
)
def test_u08_too_many_bars_and_what_is_no_search(year: httpx.Client, parameters: dict[str, str], status: int) -> None:
    response = year.get("/api/v1/histogram", params=parameters)
    assert response.status_code == status
    problem_code(response)


def test_facets_and_their_limits(year: httpx.Client) -> None:
    found = year.get("/api/v1/facets", params={"by": ["source", "language"], "q": "القمح"}).json()["facets"]
    assert found == {"source": [{"value": "farm", "count": 66}, {"value": "mill", "count": 33}], "language": [{"value": "ar", "count": 99}]}
    assert len(year.get("/api/v1/facets", params={"by": "source", "values": 1}).json()["facets"]["source"]) == 1
    assert year.get("/api/v1/facets", params={"by": "body"}).status_code == 422


def test_coverage_of_sources(year: httpx.Client) -> None:
    farm, mill = year.get("/api/v1/sources").json()["sources"]
    assert (farm["title"], farm["articles"], farm["first_day"], farm["last_day"]) == ("مجلة الحقل", 165, "2026-03-01", "2026-04-09")
    assert farm["gaps"][0] == {"first": "2026-03-21", "last": "2026-03-27", "pace": pytest.approx(5)}
    assert (mill["name"], mill["country"]) == ("mill", None)
    whole = year.get("/api/v1/sources/farm").json()
    assert len(whole["days"]) == 33
    assert whole["days"][0] == {"day": "2026-03-01", "count": 5}
    assert year.get("/api/v1/sources/nobody").status_code == 404


def test_the_search_page_draws_bars_gaps_and_facets(year: httpx.Client) -> None:
    tree = html.document_fromstring(year.get("/", params={"q": "القمح", "lang": "en"}).text)
    chart = tree.cssselect("figure.chart")[0]
    assert len(chart.cssselect("rect.bar")) == 33
    assert len(chart.cssselect("svg[role=img] > rect.hole")) == 1
    columns = chart.cssselect("g[data-from]")
    assert (columns[0].get("data-from"), columns[0].get("data-to")) == ("2026-03-01", "2026-03-01")
    assert columns[0].cssselect("title")[0].text_content().strip() == "1 March 2026: 3"
    assert "not covered" in columns[21].cssselect("title")[0].text_content()
    narrowed = tree.cssselect("figure.chart tbody a")[0].get("href")
    assert "from=2026-03-01" in narrowed
    assert "3 results" in html.document_fromstring(year.get(narrowed).text).text_content()
    facets = {link.text_content().split()[-1]: link.get("href") for link in tree.cssselect(".facets a")}
    assert "source=mill" in facets["33"]


def test_a_chosen_facet_can_be_taken_back_and_others_added(year: httpx.Client) -> None:
    tree = html.document_fromstring(year.get("/", params={"source": "mill", "lang": "en"}).text)
    chosen = [link for link in tree.cssselect(".facets a[aria-current]") if "mill" in link.text_content()]
    assert "source" not in chosen[0].get("href")
    others = [link.get("href") for link in tree.cssselect(".facets a:not([aria-current])") if "source=farm" in link.get("href")]
    assert "source=mill" in others[0]


def test_the_compare_page_has_lines_and_a_table(year: httpx.Client) -> None:
    tree = html.document_fromstring(year.get("/compare", params={"q": ["القمح", "الشعير"], "lang": "en"}).text)
    assert [one.get("value") for one in tree.cssselect(".queries input")] == ["القمح", "الشعير", "", "", ""]
    lines = [path.get("d") for path in tree.cssselect("figure.chart > svg path.line")]
    assert len(lines) == 2
    assert lines[0].count("M") == 2  # broken at the gap
    rows = tree.cssselect("table tbody tr")
    assert len(rows) == 40
    assert [cell.text_content() for cell in rows[0].cssselect("td")] == ["3", "3"]
    assert "not covered" in rows[20].text_content()
    assert not rows[20].cssselect("td a")
    within = parse_qs(urlsplit(rows[0].cssselect("td a")[1].get("href")).query)
    assert within == {"q": ["الشعير"], "lang": ["en"], "from": ["2026-03-01"], "to": ["2026-03-01"]}
    said = [one.text_content() for one in tree.cssselect("figure.chart > svg title")]
    assert (said[0], said[20]) == ("1 March 2026\nالقمح: 3\nالشعير: 3", "21 March 2026 (not covered)\nالقمح: 0\nالشعير: 0")
    shares = html.document_fromstring(year.get("/compare", params={"q": "القمح", "normalise": "yes", "digits": "arab"}).text)
    assert shares.cssselect("table tbody td")[0].text_content() == "٥٠٪\u061c"
    assert not html.document_fromstring(year.get("/compare").text).cssselect("figure")


def test_a_mistake_in_one_search_keeps_the_others_to_compare_with(year: httpx.Client) -> None:
    answer = year.get("/compare", params={"q": ["القمح", "(شعير"], "from": "2025-02-01", "interval": "week", "lang": "en"})
    assert answer.status_code == 400
    shown = html.document_fromstring(answer.text)
    assert [field.get("value") for field in shown.cssselect("form.compare [name=q]")] == ["القمح", "(شعير", "", "", ""]
    assert shown.cssselect("form.compare [name=from]")[0].get("value") == "2025-02-01"
    assert shown.cssselect("form.compare option[selected]")[0].get("value") == "week"
    mended = shown.cssselect(".meant a")[0].get("href")
    assert parse_qs(urlsplit(mended).query)["q"] == ["القمح", "(شعير)"]
    assert year.get(mended).status_code == 200
    reversed_days = html.document_fromstring(year.get("/compare?q=a&from=2025-02-01&to=2025-01-01").text)
    assert reversed_days.cssselect("form.compare [name=to]")[0].get("value") == "2025-01-01"


def test_the_sources_pages(year: httpx.Client) -> None:
    tree = html.document_fromstring(year.get("/sources", params={"lang": "en"}).text)
    assert [row.text_content().split()[:2] for row in tree.cssselect("tbody tr th")] == [["مجلة", "الحقل"], ["mill"]]
    one = html.document_fromstring(year.get("/sources/farm", params={"lang": "en"}).text)
    assert "21 March 2026 – 27 March 2026 (7 days)" in " ".join(one.text_content().split())
    assert one.cssselect("rect.hole")
    assert year.get("/sources/nobody").status_code == 404


def counted(*counts: int, missing: tuple[float, ...] | None = None) -> Timeline:
    starts = tuple(datetime.combine(FIRST + timedelta(days=n), time()) for n in range(len(counts)))
    return Timeline(Interval.DAY, starts, (Series(sum(counts), 0, counts),), None, missing or (0.0,) * len(counts))


def test_time_runs_as_the_language_is_read() -> None:
    line = counted(2, 0, 1, 4)
    left, right = (bar_chart(line, (2, 0, 1, 4), rtl=rtl) for rtl in (False, True))
    assert [column.x for column in left.columns] == [0, 250, 500, 750]
    assert [column.x for column in right.columns] == [750, 500, 250, 0]
    assert (left.top, left.columns[3].height, left.columns[2].height, left.columns[1].height) == (4, HEIGHT, HEIGHT / 4, 0)
    assert line_paths(line, [[2.0, 0.0, 1.0, 4.0]], rtl=True)[0][0].startswith(f"M{WIDTH - 125:.1f} ")


def test_what_a_gap_hides_does_not_make_the_lines_low() -> None:
    line = counted(2, 1, 9, 3, missing=(0, 0, 0.9, 0))
    assert line_paths(line, [[0.2, 0.1, 0.9, 0.3]], rtl=False)[1] == pytest.approx(0.3)


def test_gaps_that_touch_are_one() -> None:
    chart = bar_chart(counted(1, 0, 0, 1, missing=(0, 1, 1, 0)), (1, 0, 0, 1), rtl=False)
    assert chart.holes == ((250, 500),)


@pytest.mark.parametrize(("value", "above"), [(0, 1), (1, 1), (3, 3), (7, 8), (10, 10), (11, 20), (0.35, 0.4), (99_999, 100_000)])
def test_the_upper_edge_is_a_round_number(value: float, above: float) -> None:
    assert round_up(value) == pytest.approx(above)
