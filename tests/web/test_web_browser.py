"""The page in a real browser: an analyst's whole way on both engines, hostile articles, accessibility, weight, and that nothing moves."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from articles import article
from axe_playwright_python.sync_playwright import Axe
from browser import Watched, chromium, watched
from es_server import own_names
from playwright.sync_api import Browser, Route, expect
from web_hostile import hostile_article
from web_site import TOKEN, bearer, configured, serving, take_in

from newsspider.config import Config
from newsspider.items import Article, DateEvidence, EvidenceKind, EvidenceRole
from newsspider.web import rendering

pytestmark = pytest.mark.xdist_group("browser")
ENGINES = ["embedded", pytest.param("elasticsearch", marks=pytest.mark.xdist_group("elasticsearch"))]
FIRST = date(2026, 3, 1)
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def dated(number: int, day: date, topic: str, source: str) -> Article:
    evidence = DateEvidence(EvidenceKind.META, f"{day}T10:00:00+03:00", "meta article:published_time", EvidenceRole.PUBLISHED)
    text = f"تقرير رقم {number} عن {topic} بنسبة 14% في الحقول والأسواق كتبه مراسلنا يوم {day}."
    return replace(article(number, text, source), title=f"{topic} في الأسواق {number}", evidence=[evidence], tags=[topic, "زراعة"])


def stories() -> list[Article]:
    """Thirty days of two sources, a gap of one of them, an article that was edited, one without a date, one with words of no end, and a hostile one."""
    days = [n for n in range(30) if not 12 <= n < 18]
    plain = [
        dated(4 * n + m, FIRST + timedelta(days=n), ("القمح", "الشعير")[m % 2], ("farm", "mill")[m // 2]) for n in days for m in range(4)
    ]
    changed = plain[0].body.replace("الحقول", "المخازن").replace("14%", "16%")
    edited = replace(plain[0], title="القمح في الأسواق: سعر جديد", body=changed)
    endless = replace(article(901), title="بلانهاية" * 30, section="ط" * 80, authors=["W" * 120], tags=["م" * 90], evidence=[])
    return [*plain, edited, replace(article(900), evidence=[]), endless, hostile_article()]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    config = configured(tmp_path_factory.mktemp("browsed"))
    take_in(config, stories())
    with serving(config) as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture(params=ENGINES)
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Config]:
    config = configured(tmp_path)
    if request.param == "embedded":
        yield config
        return
    server = request.getfixturevalue("elasticsearch")
    with own_names(server) as prefix:
        yield config.model_copy(update={"engine": config.engine.model_copy(update={"url": server.url, "index": prefix})})


def in_address(seen: Watched, name: str) -> list[str]:
    return parse_qs(urlsplit(seen.page.url).query).get(name, [])


def test_an_analysts_whole_way(browser: Browser, both: Config) -> None:
    take_in(both, stories())
    with serving(both) as client, watched(browser, str(client.base_url).rstrip("/")) as seen:
        page = seen.open("/")
        page.fill("#token", TOKEN)
        page.click("form[action^='/login'] button")

        page.locator("#q").press_sequentially("القم")
        expect(page.locator("#suggestions [role=option]").first).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#suggestions")).to_be_hidden()
        page.fill("#q", "القمح")
        page.keyboard.press("Enter")
        expect(page.locator(".hits mark").first).to_have_text("القمح")

        page.click(".facets a:has-text('mill')")
        expect(page.locator(".chips a")).to_have_count(1)
        assert in_address(seen, "source") == ["mill"]

        page.wait_for_load_state()  # a chart can be brushed once the script has run
        chart = page.locator("figure.chart > svg")
        bounds = chart.bounding_box()
        assert bounds
        page.mouse.move(bounds["x"] + bounds["width"] * 0.95, bounds["y"] + 50)  # the first days: time runs to the left
        page.mouse.down()
        page.mouse.move(bounds["x"] + bounds["width"] * 0.85, bounds["y"] + 50, steps=5)
        expect(page.locator(".brush")).to_be_visible()
        page.mouse.up()
        page.wait_for_url("**from=2026-03*")
        assert in_address(seen, "from")[0] < in_address(seen, "to")[0] <= "2026-03-06"
        expect(page.locator(".chips a")).to_have_count(3)

        page.fill("#q", '"سعر جديد"')
        page.click(".chips a:has-text('mill')")
        expect(page.locator(".chips a")).to_have_count(2)
        seen.open("/?q=%22سعر+جديد%22")
        page.click(".hits h2 a")
        expect(page.locator("#versions")).to_be_visible()
        expect(page.locator("#date .answer strong")).to_contain_text("1 مارس 2026")

        page.go_back()
        page.click(".take details:not(.save) summary")
        with page.expect_download() as download:
            page.click("a[href*='format=csv']")
        rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
        assert [row["title"] for row in rows] == ["القمح في الأسواق: سعر جديد"]

        page.click(".save summary")
        page.fill(".save input[name=name]", "سعر القمح")
        page.click(".save button")
        page.wait_for_url("**/saved*")
        page.click(".saved summary")
        feed = page.locator(".saved a[href*='.json?key=']").get_attribute("href")
        assert feed
        items = client.get(feed).json()["items"]
        assert [item["title"] for item in items] == ["القمح في الأسواق: سعر جديد"]
        seen.assert_well_behaved()


def test_numbers_that_changed_stand_in_the_order_of_the_text(browser: Browser, origin: str) -> None:
    """Old before new, as the eye goes; two numbers side by side would run from left to right among Arabic letters."""
    with watched(browser, origin, token=TOKEN) as seen:
        page = seen.open("/?q=%22سعر+جديد%22")
        page.click(".hits h2 a")
        page.wait_for_url("**/article/**")  # and until it has its style: without, they stand side by side
        old, new = (page.locator(f".old .text {one}").bounding_box() for one in ("del:text-is('14')", "ins:text-is('16')"))
        assert old
        assert new
        assert old["x"] > new["x"] + new["width"]


def test_what_only_the_eye_needs_is_in_no_name(browser: Browser, origin: str) -> None:
    with watched(browser, origin, token=TOKEN) as seen:
        page = seen.open("/?q=القمح&source=mill")
        assert page.locator(".hits li").first.locator(".facts").aria_snapshot().startswith('- link "mill"')
        assert "·" not in page.locator(".hits").aria_snapshot()
        assert "✓" not in page.locator(".facets").aria_snapshot()


def test_suggestions_are_chosen_by_keyboard(browser: Browser, origin: str) -> None:
    with watched(browser, origin, token=TOKEN) as seen:
        page = seen.open("/?lang=en")
        page.locator("#q").press_sequentially("القم")
        expect(page.locator("#suggestions [role=option]").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        chosen = page.locator("#suggestions [aria-selected=true]")
        expect(page.locator("#q")).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: ("/article/" in address or "q=" in address) and "lang=en" in address)
        seen.assert_well_behaved()


def test_what_was_typed_before_the_script_arrived_gets_suggestions(browser: Browser, origin: str) -> None:
    with watched(browser, origin, token=TOKEN) as seen:
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        seen.page.route("**/search.js*", hold)
        with seen.page.expect_request("**/search.js*"):
            seen.page.goto(f"{origin}/", wait_until="commit")
        seen.page.locator("#q").press_sequentially("القم")
        held.pop().continue_()
        expect(seen.page.locator("#suggestions [role=option]").first).to_be_visible()


@pytest.mark.parametrize(("key", "left"), [("ArrowDown", "#suggestions:visible [aria-selected=true]"), ("Escape", "#suggestions[hidden]")])
def test_suggestions_that_come_late_do_not_change_the_list_under_the_hand(browser: Browser, origin: str, key: str, left: str) -> None:
    """What was chosen with an arrow stays chosen, and what was closed stays closed."""
    with watched(browser, origin, token=TOKEN) as seen:
        page, held = seen.open("/"), list[Route]()

        def hold(route: Route) -> None:
            held.append(route)

        page.route("**/api/v1/suggest*", hold)
        with page.expect_request("**/api/v1/suggest*"):
            page.fill("#q", "الق")
        expect(page.locator("#q")).to_have_value("الق")
        held.pop().continue_()
        expect(page.locator("#suggestions [role=option]").first).to_be_visible()
        with page.expect_request("**/api/v1/suggest*"):
            page.keyboard.insert_text("م")
        page.keyboard.press(key)
        with page.expect_response("**/api/v1/suggest*") as late:
            held.pop().continue_()
        late.value.finished()
        page.evaluate("fetch('/healthz').then(answer => answer.text())")  # by then the script has seen it
        expect(page.locator(left)).to_have_count(1)
        seen.assert_well_behaved()


def test_an_address_has_only_what_was_chosen(browser: Browser, origin: str) -> None:
    """And the form stays as it is: a browser may show it again, as it was left."""
    with watched(browser, origin, token=TOKEN) as seen:
        page = seen.open("/?q=القمح&source=mill&fold=no")
        page.fill("#q", "الشعير")
        assert page.evaluate("[...new FormData(document.querySelector('form.search')).keys()]") == ["source", "q", "fold"]
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: parse_qs(urlsplit(address).query)["q"] == ["الشعير"])
        assert parse_qs(urlsplit(page.url).query) == {"source": ["mill"], "q": ["الشعير"], "fold": ["no"]}
        seen.open("/compare?q=القمح&interval=week")
        assert page.evaluate("[...new FormData(document.querySelector('form.compare')).keys()]") == ["q"] * 5 + ["interval"]


def test_everything_is_reached_by_keyboard(browser: Browser, origin: str) -> None:
    with watched(browser, origin, token=TOKEN) as seen:
        page = seen.open("/?q=القمح")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        reached = set()
        for _ in range(90):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.closest('.menu, .bar, .options, .order, .hits, .facets, .save')?.className"))
        assert {"menu", "bar", "options", "order", "hits", "facets", "save"} <= reached


PLACES = (
    "/",
    "/?q=القمح",
    "/?q=لاشيء",
    "/?q=%22",
    "/compare?q=القمح&q=الشعير",
    "/compare?q=القمح&q=(",
    "/sources",
    "/sources/farm",
    "/saved",
    "/operations",
    "/login",
    "/nowhere",
)


@pytest.mark.parametrize(("lang", "theme"), [("ar", "light"), ("en", "dark")])
def test_wcag_aa_on_every_page(browser: Browser, origin: str, lang: str, theme: str) -> None:
    found = httpx.get(f"{origin}/api/v1/search", params={"q": '"سعر جديد"'}, headers=bearer(), timeout=60).json()
    found_wrong: list[tuple[str, ...]] = []
    with watched(browser, origin, token=TOKEN, bypass_csp=True) as seen:  # axe itself is a script that our policy forbids
        traced = "/operations/trace?url=https://farm.example/news/1"
        for place in (*PLACES, f"/article/{found['hits'][0]['id']}?q=القمح", "/operations/farm", traced):
            page = seen.open(f"{place}{'&' if '?' in place else '?'}lang={lang}&theme={theme}")
            for details in page.locator("details").all():
                details.evaluate("element => element.open = true")
            results = Axe().run(page, options=RULES)
            found_wrong += [
                (place, one["id"], node["html"][:120], node["failureSummary"])
                for one in results.response["violations"]
                for node in one["nodes"]
            ]
        assert not found_wrong


BEYOND = """[...document.querySelectorAll("body *")].filter(one => {
    const {left, right, width} = one.getBoundingClientRect();
    return width > 1 && (left < -1 || right > innerWidth + 1) && !one.closest(".skip, .scroll:not(:has(.list))");
}).map(one => one.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_nothing_runs_off_the_side_of_a_phone(browser: Browser, origin: str, lang: str) -> None:
    (endless,) = httpx.get(f"{origin}/api/v1/search", params={"q": "بلانهاية*"}, headers=bearer(), timeout=60).json()["hits"]
    traced = f"/operations/trace?url={endless['url']}"
    with watched(browser, origin, token=TOKEN, phone=True) as seen:
        long = (f"/?q=بلانهاية*&tag={'م' * 90}", f"/compare?q=القمح&q=القمح OR {'ط' * 200}")
        for place in (*PLACES, *long, f"/article/{endless['id']}", "/operations/farm", traced):
            page = seen.open(f"{place}{'&' if '?' in place else '?'}lang={lang}")
            for details in page.locator("details.menu, details.options").all():
                details.evaluate("element => element.open = true")
            assert page.evaluate(BEYOND) == [], place


@pytest.mark.parametrize("escaping", [True, False])
def test_h11_hostile_articles_do_nothing(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, escaping: bool) -> None:
    config = configured(tmp_path)
    (identity, _) = take_in(config, [hostile_article(), article(1)])
    if not escaping:  # the policy has to hold by itself
        monkeypatch.setattr(rendering.templates, "autoescape", False)
        monkeypatch.setattr(rendering.templates, "cache", {})
    with serving(config) as client, watched(browser, str(client.base_url).rstrip("/"), token=TOKEN) as seen:
        for place in (
            "/?q=هجوم",
            f"/article/{identity}?q=هجوم",
            "/compare?q=<script>window.__pwned=1</script>",
            "/?q=%22><img src=x onerror=alert(1)>",
        ):
            page = seen.open(place)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("window.__pwned") is None
            if escaping:
                assert page.locator("main script, main img, main iframe").count() == 0
        assert (seen.dialogs, seen.errors) == ([], [])
        assert not [address for address in seen.foreign if not address.startswith("javascript:")]


def test_the_first_page_is_light_and_nothing_moves(browser: Browser, origin: str) -> None:
    with watched(browser, origin, token=TOKEN) as seen:
        page = seen.open("/")
        page.wait_for_load_state("networkidle")
        weight = page.evaluate(
            "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
            ".reduce((sum, entry) => sum + entry.transferSize, 0)"
        )
        assert 50_000 < weight < 200_000
        moved = page.evaluate(
            "new Promise(done => new PerformanceObserver(list => done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0)))"
            ".observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 500))"
        )
        assert moved < 0.01
        assert page.evaluate(
            "document.fonts.ready.then(() => document.fonts.check('16px \"Plex Arabic\"', 'خبر') && [...document.fonts].some(one => one.status == 'loaded'))"
        )


def test_readers_choose_digits_calendar_and_colours(browser: Browser, origin: str) -> None:
    with watched(browser, origin, token=TOKEN, phone=True) as seen:
        page = seen.open("/?q=القمح")
        page.click(".menu summary")
        page.select_option(".menu [name=digits]", "arab")
        page.select_option(".menu [name=calendar]", "both")
        page.select_option(".menu [name=months]", "levant")
        page.select_option(".menu [name=theme]", "dark")
        page.click(".menu button")
        expect(page.locator(".hits time").first).to_contain_text("آذار ٢٠٢٦")
        expect(page.locator(".hits time").first).to_contain_text("١٤٤٧ هـ")
        page.wait_for_load_state()  # its style, too
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 23, 22)"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
