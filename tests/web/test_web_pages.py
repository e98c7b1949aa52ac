"""The pages as a browser receives them: languages, marks, dates, and nothing of an article that is markup."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest
from articles import article
from lxml import html
from web_hostile import ATTACKS
from web_site import bearer, configured, serving, take_in

from newsspider import clock
from newsspider.dates import Doubt, Refusal
from newsspider.items import EvidenceKind, Precision
from newsspider.search import Match, Notice, Sort
from newsspider.web import rendering
from newsspider.web.problems import STATUS
from newsspider.web.rendering import direction, host
from newsspider.wording.languages import ARABIC, ENGLISH, LANGUAGES, Calendar, Digits, Language, Months

ALLOWED_ELEMENTS = set(
    "html head meta title link body a header bdi nav form button main p input div details summary label select option fieldset legend ul li "
    "h1 h2 h3 h4 ol time span mark footer article section dl dt dd strong code pre aside script figure figcaption svg path g rect "
    "table thead tbody tr th td caption ins del".split()
)


def page(site: httpx.Client, path: str, **parameters: str) -> html.HtmlElement:
    response = site.get(path, params=parameters or None)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return html.document_fromstring(response.text)


def texts(tree: html.HtmlElement, css: str) -> list[str]:
    return [" ".join(element.text_content().split()) for element in tree.cssselect(css)]


def article_path(site: httpx.Client, query: str) -> str:
    return f"/article/{site.get('/api/v1/search', params={'q': query}).json()['hits'][0]['id']}"


def test_arabic_is_first_and_english_stays_chosen(site: httpx.Client) -> None:
    arabic = page(site, "/", q="القمح", lang="de")
    assert (arabic.get("lang"), arabic.get("dir")) == ("ar", "rtl")
    assert texts(arabic, ".summary h1") == ["27 نتيجة"]
    switch = arabic.cssselect(".tools a")[0].get("href")
    english = page(site, switch)
    assert (english.get("lang"), english.get("dir")) == ("en", "ltr")
    assert texts(english, ".summary h1") == ["27 results"]
    inside = [link.get("href") for link in english.cssselect("main a[href^='/']") if not link.get("href").startswith("/api/")]
    assert inside
    assert all("lang=en" in target for target in inside)
    assert english.cssselect("form.search input[name=lang]")[0].get("value") == "en"


def test_the_language_of_the_site_is_for_who_has_chosen_none(tmp_path: Path) -> None:
    with serving(configured(tmp_path).model_copy(update={"language": "en"})) as client:
        answers = client.get("/login"), client.get("/login?lang=ar"), client.get("/"), client.get("/", headers={"Host": "evil.test"})
    assert [answer.status_code for answer in answers] == [200, 200, 401, 400]
    assert [html.document_fromstring(answer.text).get("lang") for answer in answers] == ["en", "ar", "en", "en"]


def test_the_address_is_the_query(site: httpx.Client) -> None:
    tree = page(site, "/", q="القمح", source="farm", sort="newest", **{"from": "2026-04-01"})
    assert tree.cssselect("input[name=q]")[0].get("value") == "القمح"
    assert tree.cssselect("input[name=from]")[0].get("value") == "2026-04-01"
    assert [field.get("value") for field in tree.cssselect("form.search input[name=source]")] == ["farm"]
    assert tree.cssselect("input[name=sort]")[0].get("value") == "newest"
    assert texts(tree, ".chips a") == ["مجلة الحقل ×", "من تاريخ 1 أبريل 2026 ×"]
    assert not tree.cssselect("details.options[open]")  # on a phone they would push the results off the screen
    without = page(site, tree.cssselect(".chips a")[0].get("href"))
    assert texts(without, ".chips a") == ["من تاريخ 1 أبريل 2026 ×"]


def test_times_to_choose_from(site: httpx.Client) -> None:
    with clock.fixed(datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)):
        tree = page(site, "/?q=القمح&digits=arab")
        assert texts(tree, ".facets section:first-child a") == ["اليوم", "آخر ٧ أيام", "آخر ٣٠ يومًا", "آخر سنة"]
        _, week, _, year = tree.cssselect(".facets section:first-child a")
        assert "from=2026-12-25" in week.get("href")
        (chosen,) = page(site, year.get("href")).cssselect(".facets section:first-child a[aria-current]")
    assert "from=" not in chosen.get("href")


def test_more_values_of_a_facet_and_the_articles_without_a_date(tmp_path: Path) -> None:
    config = configured(tmp_path)
    tagged = [replace(article(number), tags=[f"وسم{number:02}"]) for number in range(1, 31)]
    day_before = replace(article(31), evidence=[replace(article(31).evidence[0], raw="2026-04-29T10:00:00+03:00")])
    take_in(config, [*tagged, day_before, replace(article(32), evidence=[])])
    with serving(config) as client:
        client.headers.update(bearer())
        tree = page(client, "/?q=القمح")
        assert len(tree.cssselect("#facet-tag li a:not(.more)")) == 10
        (more,) = tree.cssselect(".facets a.more")
        assert len(page(client, more.get("href")).cssselect("#facet-tag li a")) == 30
        (undated,) = tree.cssselect(".chart .key a")
        assert texts(page(client, undated.get("href")), ".hits .doubt") == ["تاريخ النشر غير معروف"]
        assert texts(page(client, page(client, "/").cssselect(".chart .key a")[0].get("href")), ".summary h1") == ["نتيجة واحدة"]


def test_pages_of_results(site: httpx.Client) -> None:
    first = page(site, "/", q="القمح")
    assert len(first.cssselect(".hits li")) == 10
    assert texts(first, ".pages") == ["صفحة 1 التالية"]
    last = page(site, page(site, first.cssselect("a[rel=next]")[0].get("href")).cssselect("a[rel=next]")[0].get("href"))
    assert texts(last, ".pages") == ["السابقة صفحة 3 من 3"]
    assert last.cssselect(".hits")[0].get("start") == "21"
    assert len(last.cssselect(".hits li")) == 7


def test_a_page_after_the_last_leads_back(site: httpx.Client) -> None:
    tree = page(site, "/?q=القمح&page=9&sort=newest")
    assert texts(tree, ".nothing h1") == ["انتهت النتائج قبل هذه الصفحة"]
    assert len(page(site, tree.cssselect(".nothing a")[0].get("href")).cssselect(".hits li")) == 10


def test_a_hit_shows_source_date_and_marks(site: httpx.Client) -> None:
    hit = page(site, "/", q="القمح").cssselect(".hits li")[0]
    assert texts(hit, ".facts a") == ["مجلة الحقل"]
    assert texts(hit, "time") == ["30 أبريل 2026، 10:00"]
    assert texts(hit, "h2 mark") == ["القمح"]
    assert texts(hit, ".snippet mark") == ["القمح"]


def test_a_date_that_is_not_known_is_not_shown(site: httpx.Client) -> None:
    hit = page(site, "/", section="زراعة").cssselect(".hits li")[0]
    assert not hit.cssselect("time")
    assert texts(hit, ".doubt") == ["تاريخ النشر غير معروف"]


def test_article_tells_how_its_date_is_known(site: httpx.Client) -> None:
    path = article_path(site, "الشعير")
    tree = page(site, path, q="الشعير")
    assert texts(tree, ".story .text mark") == ["الشعير"]
    (card,) = tree.cssselect("#date")
    assert "30 أبريل 2026، 10:00 — يقوم على دليل واحد." in texts(card, ".answer")
    assert "2026-04-30T10:00:00+03:00" in texts(card, "dd")
    assert texts(card, ".rejected li") == [
        "الجمعة 1 أيار 2026 خارج المقال: في رأس الصفحة أو جوانبها نصّ يراه القارئ في الصفحة header > div.today"
    ]
    assert "الخبر رقم 27 عن موسم القمح" in " ".join(texts(tree, ".old .text del"))
    assert "الشعير" in " ".join(texts(tree, ".old .text ins"))
    assert "تغيّر بعدها النص" in texts(tree, "#versions summary")[0]
    (original,) = tree.cssselect(".original a")
    assert original.get("href") == "https://farm.example/news/27"
    assert original.get("rel") == "noopener noreferrer nofollow"
    english = page(site, path, lang="en")
    assert "30 April 2026, 10:00 — It rests on one piece of evidence." in texts(english, ".answer")


def test_the_same_story_elsewhere_stands_in_the_order_of_time(tmp_path: Path) -> None:
    config = configured(tmp_path)
    story = " ".join(f"جملة رقم {n} من خبر طويل عن حصاد القمح في سهول الجزيرة." for n in range(30))
    first, later = article(1, story), article(2, story + " وأضاف المراسل سطرًا.", source="mill")
    evening = replace(later.evidence[0], raw="2026-04-30T19:00:00+03:00")
    (reprint, original) = take_in(config, [replace(later, evidence=[evening]), first])
    with serving(config) as client:
        client.headers.update(bearer())
        family = client.get(f"/api/v1/articles/{original}").json()["family"]
        assert [member["article_id"] for member in family["members"]] == [original, reprint]
        tree = page(client, f"/article/{original}")
        assert [link.get("href") for link in tree.cssselect("#family li a")] == [f"/article/{reprint}"]
        assert texts(page(client, "/", q="القمح"), ".family") == ["ومصدر آخر"]
        assert not page(client, "/", q="القمح", fold="no").cssselect(".family")


def test_article_leads_back_to_its_results(site: httpx.Client) -> None:
    results = page(site, "/", q="القمح", source="farm", lang="en")
    back = page(site, results.cssselect(".hits h2 a")[0].get("href")).cssselect(".back a")[0].get("href")
    assert texts(page(site, back), ".chips a") == ["مجلة الحقل ×"]
    assert texts(page(site, back), ".summary h1") == ["27 results"]


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_h11_h12_nothing_of_an_article_is_markup(site: httpx.Client, lang: str) -> None:
    path = article_path(site, "هجوم")
    for tree in (page(site, "/", q="هجوم", lang=lang), page(site, path, q="هجوم", lang=lang), page(site, "/", q=ATTACKS[0], lang=lang)):
        assert {element.tag for element in tree.iter() if isinstance(element.tag, str)} <= ALLOWED_ELEMENTS
        assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on") or name == "style"]
        assert all(re.fullmatch(r"\w+", mark.text_content()) for mark in tree.cssselect("mark"))
        assert all(script.get("src").startswith("/static/") and not script.text for script in tree.cssselect("script"))
    shown = page(site, path, lang=lang).text_content()
    assert all(attack in shown for attack in ATTACKS)
    assert "49" not in page(site, path, lang=lang).cssselect("h1")[0].text_content()


def test_h11_feeds_carry_attacks_as_text(site: httpx.Client) -> None:
    entry = html.etree.fromstring(site.get("/api/v1/feed.atom", params={"q": "هجوم"}).content)
    assert ATTACKS[0] in entry.findtext("{*}entry/{*}title")
    assert not entry.findall(".//{*}script")


def test_h13_no_request_leaves_for_another_site(site: httpx.Client) -> None:
    for path in ("/", article_path(site, "هجوم"), article_path(site, "الشعير")):
        tree = page(site, path)
        assert not tree.cssselect("img, iframe, object, embed, video, audio, source, base, image, use")
        assert all(link.get("href").startswith("/") for link in tree.cssselect("link"))
        assert all(script.get("src").startswith("/static/") for script in tree.cssselect("script"))
        outside = [link for link in tree.cssselect("a[href]") if re.match(r"\w+:|//", link.get("href"))]
        assert all(link.get("rel") == "noopener noreferrer nofollow" for link in outside)


def test_u13_only_web_addresses_are_links(site: httpx.Client) -> None:
    links = [link.get("href") for path in ("/", article_path(site, "هجوم")) for link in page(site, path).cssselect("[href]")]
    assert not [target for target in links if not re.match(r"/(?![/\\])|#|\?|https?://farm\.example/", target)]


def test_h14_every_field_is_isolated_and_without_overrides(site: httpx.Client) -> None:
    for tree in (page(site, "/", q="هجوم"), page(site, article_path(site, "هجوم"))):
        for attack in tree.xpath("//body//*[contains(text(), '<script>')]"):
            assert any(above.tag == "bdi" or above.get("dir") == "auto" for above in (attack, *attack.iterancestors())), attack.tag
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]", tree.text_content().replace("\u200e%\u200e", "%"))


def test_h15_the_host_that_a_link_leads_to_is_shown() -> None:
    assert host("https://farm.example/x") == "farm.example"
    assert host("http://farm.example@evil.test/x") == "evil.test"
    assert host("https://xn--80ak6aa92e.example/") == "аррӏе.example (xn--80ak6aa92e.example)"
    assert host("https://xn--mgbtf8fl.example/x") == "سوريا.example (xn--mgbtf8fl.example)"


@pytest.mark.parametrize(("text", "expected"), [("خبر", "rtl"), ("News خبر", "ltr"), ("123 خبر", "rtl"), ("", "rtl"), ("12", "rtl")])
def test_direction_of_a_text(text: str, expected: str) -> None:
    assert direction(text) == expected


def test_bad_search_keeps_the_form(site: httpx.Client) -> None:
    response = site.get("/", params={"q": '"قمح', "lang": "en"})
    assert response.status_code == 400
    tree = html.document_fromstring(response.text)
    assert tree.cssselect("input[name=q]")[0].get("value") == '"قمح'
    assert "quotation mark at character 1" in tree.text_content()
    assert texts(tree, ".meant a") == ['"قمح"']
    arabic = html.document_fromstring(site.get("/", params={"q": '"قمح'}).text)
    assert "علامة التنصيص عند الحرف 1 لم تُغلق" in arabic.text_content()
    error = site.get("/api/v1/search", params={"q": '"قمح'}).json()["error"]
    assert (error["code"], error["at"], error["suggestion"]) == ("invalid_query", 1, '"قمح"')


def test_an_address_by_hand_that_is_no_search_still_shows_the_article(site: httpx.Client) -> None:
    assert not page(site, article_path(site, "الشعير"), q='"').cssselect("mark")


def test_a_long_body_by_many_authors(tmp_path: Path) -> None:
    config = configured(tmp_path)
    (identity,) = take_in(config, [replace(article(1), body="قمح " * 30_000, authors=[f"كاتب {n}" for n in range(100)])])
    with serving(config) as client:
        client.headers.update(bearer())
        assert len(client.get(f"/article/{identity}").text) > 120_000


def test_a_filter_that_is_none_is_left_out_by_the_search_that_works(site: httpx.Client) -> None:
    for path in ("/", "/compare"):
        wrong = site.get(path, params={"q": "القمح", "country": ["SY", "ZZ"], "language": "ar"})
        assert wrong.status_code == 400
        tree = html.document_fromstring(wrong.text)
        assert texts(tree, ".nothing p")[0] == "ليس في البلدان «ZZ»: اكتب اسم البلد أو رمزه"
        (works,) = tree.cssselect(".meant a")
        assert works.text_content() == "القمح"
        target = httpx.URL(works.get("href"))
        assert (target.path, target.params.multi_items()) == (path, [("q", "القمح"), ("country", "SY"), ("language", "ar")])
        assert site.get(works.get("href")).status_code == 200
    assert texts(html.document_fromstring(site.get("/?language=xx&lang=en").text), ".meant a") == [LANGUAGES["en"].words["everything"]]


def test_days_keep_their_order_among_arabic_letters(site: httpx.Client) -> None:
    mistakes = {"?from=x": ["2025-01-31"], "?q=published:%5B2024-01-01": ["[2024-01-01 TO 2024-03-31]"]}
    mistakes["?from=2026-05-02&to=2026-05-01"] = ["2026-05-02", "2026-05-01"]
    for address, isolated in mistakes.items():
        shown = html.document_fromstring(site.get(f"/{address}").text)
        assert texts(shown, ".nothing p bdi bdi[dir=ltr]")[: len(isolated)] == isolated, address
    assert rendering.isolated("<b> 2024-01-01") == '&lt;b&gt; <bdi dir="ltr">2024-01-01</bdi>'


def _keys(words: object) -> object:
    return {name: _keys(value) for name, value in words.items()} if isinstance(words, dict) else None


def test_every_language_has_every_word() -> None:
    arabic, english = dict(ARABIC.words), dict(ENGLISH.words)
    assert arabic.pop("counts").keys() == english.pop("counts").keys()
    assert _keys(arabic) == _keys(english)


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_every_word_of_the_house_is_said(language: Language) -> None:
    words = language.words
    assert words["rejections"].keys() == {*Doubt, *Refusal}
    assert words["evidence"].keys() == {*EvidenceKind}
    assert words["dates"].keys() == {*Precision, "unknown"}
    assert words["problems"].keys() == STATUS.keys()
    assert words["notices"].keys() == {*Notice}
    assert words["sorts"].keys() == {*Sort}
    assert words["matches"].keys() == {*Match}


@pytest.mark.parametrize(
    ("precision", "arabic", "english"),
    [
        (Precision.MINUTE, "22 يناير 2025، 14:05", "22 January 2025, 14:05"),
        (Precision.HOUR, "22 يناير 2025، نحو الساعة 14:05", "22 January 2025, about 14:05"),
        (Precision.DAY, "22 يناير 2025", "22 January 2025"),
        (Precision.WEEK, "قرابة 22 يناير 2025", "around 22 January 2025"),
        (Precision.MONTH, "يناير 2025", "January 2025"),
        (Precision.YEAR, "2025", "2025"),
        (None, "تاريخ النشر غير معروف", "Publication date unknown"),
    ],
)
def test_a_date_is_said_as_exactly_as_it_is_known(precision: Precision | None, arabic: str, english: str) -> None:
    moment = datetime(2025, 1, 22, 14, 5, tzinfo=timezone(timedelta(hours=3)))
    day = date(2025, 1, 22) if precision else None
    assert (ARABIC.published(moment, day, precision), ENGLISH.published(moment, day, precision)) == (arabic, english)


def test_a_gregorian_month_is_no_hijri_one_and_axes_keep_to_the_readers_calendar() -> None:
    day = date(2020, 10, 5)
    both, hijri = (ARABIC.preferring(Digits.WESTERN, calendar, Months.LEVANT) for calendar in (Calendar.BOTH, Calendar.HIJRI))
    assert both.month(day) == "تشرين الأول 2020 (صفر 1442 هـ – ربيع الأول 1442 هـ)"
    assert hijri.month(day) == "صفر 1442 هـ – ربيع الأول 1442 هـ"
    assert hijri.published(None, day, Precision.YEAR) == "1441 هـ – 1442 هـ"
    assert (both.short_day(day), hijri.short_day(day)) == ("5 تشرين الأول 2020", "18 صفر 1442 هـ")
    assert hijri.month(date(1700, 1, 1)) == "كانون الثاني 1700"
    assert ENGLISH.short_day(day) == "5 Oct 2020"


def test_moments_carry_their_zone() -> None:
    moment = datetime(2025, 1, 22, 14, 5, tzinfo=timezone(timedelta(hours=3, minutes=30)))
    assert ENGLISH.moment(moment) == "22 January 2025, 14:05 UTC+03:30"
    assert ENGLISH.moment(datetime(2025, 1, 22, 14, 5, tzinfo=UTC)) == "22 January 2025, 14:05 UTC"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2025-01-22", "22 January 2025"),
        ("2025-01-22T14:05:00+03:00", "22 January 2025, 14:05 UTC+03:00"),
        ("2025-01-22T14:05:00", "22 January 2025, 14:05"),
        ("2025-13-99", "2025-13-99"),
        ("yesterday", "yesterday"),
    ],
)
def test_iso_is_said(text: str, said: str) -> None:
    assert ENGLISH.iso(text) == said


@pytest.mark.parametrize(
    ("number", "said"), [(0, "لا نتائج"), (1, "نتيجة واحدة"), (2, "نتيجتان"), (3, "3 نتائج"), (11, "11 نتيجة"), (1500, "1,500 نتيجة")]
)
def test_arabic_counts(number: int, said: str) -> None:
    assert ARABIC.count(number, "results") == said


def test_a_percent_sign_stays_with_its_number_after_arabic_letters() -> None:
    """The marks are CLDR's: without them, the algorithm of Unicode puts the sign of Western digits on their other side."""
    arabic = ARABIC.preferring(Digits.ARABIC, Calendar.GREGORIAN, Months.COMMON)
    assert [language.percent(0.5) for language in (ARABIC, arabic, ENGLISH)] == ["50\u200e%\u200e", "٥٠٪\u061c", "50%"]
    assert [language.share(0.012345) for language in (ARABIC, arabic, ENGLISH)] == ["1.23\u200e%\u200e", "١٫٢٣٪\u061c", "1.23%"]
