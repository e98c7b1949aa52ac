"""One story, whole and clean, whatever the site is built with; and pages that are none, each with its reason."""

from __future__ import annotations

import pickle

import pytest
from extract_pages import (
    BARE,
    BLOG_SYSTEM,
    CARDS_WITHOUT_HEADINGS,
    FLASH,
    FRENCH,
    GRAPH,
    LAST,
    LEAD,
    LOGIN_WALL,
    MIDDLE,
    OTHER,
    PERSIAN,
    QUOTE,
    SECTION_PAGE,
    SOFT_404,
    STORY,
    STUB,
    TITLE,
    URDU,
    URL,
    VIDEO,
    extract,
    html,
    paragraphs,
)

from newsspider.extract import Reason
from newsspider.extract.language import detect


def test_a_blog_systems_page() -> None:
    found = extract(BLOG_SYSTEM)
    article = found.article
    assert (found.is_article, found.reason) == (True, "article")
    assert article.title == TITLE
    assert article.body.split("\n\n") == [
        LEAD,
        MIDDLE,
        "عودة إلى البيت",
        QUOTE,
        "- طول الرصيف الجديد مئتا متر\n- عدد القوارب المسجلة أربعون",
        LAST,
    ]
    assert article.authors == ["هدى النجار"]
    assert (article.section, article.tags, article.language) == ("محليات", ["الميناء", "الصيد"], "ar")
    assert article.canonical_url == URL
    assert article.image_url == "https://www.marsa-news.example/p.jpg"


def test_a_page_of_tables_and_line_breaks() -> None:
    article = extract(BARE).article
    assert article.title == TITLE
    assert article.body == f"{LEAD}\n\n{MIDDLE}\n{QUOTE}\n\n{LAST}"
    assert article.authors == ["هدى النجار"]
    assert article.signature == "وكالات"


def test_a_page_whose_names_say_nothing_but_which_has_a_graph() -> None:
    found = extract(GRAPH)
    article = found.article
    assert found.is_article
    assert article.title == TITLE
    assert article.body.split("\n\n") == list(STORY)
    assert (article.authors, article.section, article.tags) == (["هدى النجار"], "محليات", ["الميناء", "الصيد"])
    assert article.signature == "رويترز"
    assert article.image_url == "https://cdn.marsa-news.example/p.jpg"


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        pytest.param(SECTION_PAGE, Reason.LISTING, id="section"),
        pytest.param(CARDS_WITHOUT_HEADINGS, Reason.LISTING, id="list of stories"),
        pytest.param(PERSIAN, Reason.LANGUAGE, id="persian"),
        pytest.param(URDU, Reason.LANGUAGE, id="urdu"),
        pytest.param(FRENCH, Reason.LANGUAGE, id="french marked as Arabic"),
        pytest.param(SOFT_404, Reason.SOFT_404, id="c10 soft 404"),
        pytest.param(LOGIN_WALL, Reason.LOGIN_WALL, id="login wall"),
        pytest.param(VIDEO, Reason.VIDEO, id="video"),
        pytest.param(STUB, Reason.TOO_SHORT, id="stub"),
        pytest.param(html(""), Reason.TOO_SHORT, id="empty"),
        pytest.param(BLOG_SYSTEM.replace("single single-post", "error404"), Reason.SOFT_404, id="body class"),
        pytest.param(html(paragraphs(*STORY), title=""), Reason.NO_TITLE, id="no title"),
        pytest.param("", Reason.TOO_SHORT, id="nothing"),
    ],
)
def test_pages_that_are_no_article(page: str, reason: Reason) -> None:
    found = extract(page)
    assert (found.is_article, found.reason) == (False, reason)


def test_a_home_page_is_a_listing_even_with_one_long_story() -> None:
    assert extract(BLOG_SYSTEM.replace("single single-post", "home blog"), "https://www.marsa-news.example/").reason is Reason.LISTING


def test_a_news_flash_is_an_article_where_the_page_says_so() -> None:
    assert extract(FLASH).is_article
    assert extract(FLASH.replace("og:type", "x")).reason is Reason.TOO_SHORT


@pytest.mark.parametrize(("page", "language"), [(PERSIAN, "fa"), (URDU, "ur"), (FRENCH, "fr"), (BARE, "ar")])
def test_the_language_is_read_from_the_text(page: str, language: str) -> None:
    assert extract(page).article.language == language


@pytest.mark.parametrize(("stated", "language"), [("fr-TN", "fr"), ("English", "en"), ("xx", None), ("", None)])
def test_what_a_short_page_says_of_its_language_is_believed_where_it_is_one(stated: str, language: str | None) -> None:
    assert detect("Bonjour", stated) == language


def test_a_source_in_another_language_wants_that_language() -> None:
    assert extract(PERSIAN, language="fa").is_article
    assert extract(BARE, language="fa").reason is Reason.LANGUAGE


def test_an_arabic_page_marked_as_english_is_arabic() -> None:
    assert extract(BLOG_SYSTEM.replace('lang="ar"', 'lang="en-US"')).is_article


@pytest.mark.parametrize(
    "stated",
    [
        f"{TITLE} | مرسى نيوز",
        f"مرسى نيوز : {TITLE}",
        f"{TITLE} - محليات - مرسى نيوز",
        f"{TITLE} {TITLE}",
        f"{TITLE} - marsa-news.example",
        TITLE.replace(" ", "&amp;nbsp;"),
    ],
)
def test_the_title_is_the_headline_alone(stated: str) -> None:
    page = html(
        f"<div class='c'>{paragraphs(*STORY)}</div>",
        '<meta property="og:site_name" content="مرسى نيوز"><meta property="article:section" content="محليات">',
        title=stated,
    )
    assert extract(page).article.title == TITLE


def test_separators_that_belong_to_the_headline_stay() -> None:
    headline = "البحر | 2021 | قصة ميناء"
    page = html(f"<article><h1>{headline}</h1>{paragraphs(*STORY)}</article>", title=f"{headline} | مرسى نيوز")
    assert extract(page).article.title == headline


def test_the_sites_name_in_the_first_heading_is_not_the_headline() -> None:
    page = html(f"<h1><a href='/'>مرسى نيوز</a></h1><div><h2>{TITLE}</h2>{paragraphs(*STORY)}</div>")
    assert extract(page).article.title == TITLE


def test_a_lead_outside_the_text_is_part_of_the_story() -> None:
    page = html(
        f"<div><h1>{TITLE}</h1><div class='summary'>{LEAD}</div><div class='article-body'>{paragraphs(MIDDLE, QUOTE, LAST)}</div></div>"
    )
    assert extract(page).article.body.split("\n\n") == list(STORY)


def test_text_that_scripts_fill_in_is_taken_from_the_statement() -> None:
    body = "\\n\\n".join(STORY)
    page = html(
        f"<h1>{TITLE}</h1><div id='root'></div>",
        f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{TITLE}","articleBody":"{body}"}}</script>',
    )
    assert extract(page).article.body.split("\n\n") == list(STORY)


@pytest.mark.parametrize(
    "line",
    [
        "اقرأ أيضاً: <a href='/1'>خبر آخر عن المدينة</a>",
        "شاهد أيضا | <a href='/1'>خبر آخر عن المدينة</a>",
        "إقرأ المزيد: خبر آخر عن المدينة",
        "<a href='/1'>سوق السمك يستعد للموسم الجديد في المدينة</a>",
        "للمزيد من الأخبار تابع صفحتنا",
        "تابعوا آخر الأخبار عبر قناتنا على تلغرام",
        "اشترك في نشرتنا البريدية ليصلك كل جديد",
        "شارك الخبر عبر واتساب",
        "فيسبوك",
        "حجم الخط",
        "1250 مشاهدة",
        "صورة أرشيفية",
        "قوارب عند الرصيف (رويترز)",
        "https://youtu.be/x1y2z3",
        "إعلان",
    ],
)
def test_lines_between_paragraphs_that_are_no_text(line: str) -> None:
    page = html(f"<article><h1>{TITLE}</h1><div>{paragraphs(LEAD, MIDDLE, line, QUOTE, LAST)}</div></article>")
    assert extract(page).article.body.split("\n\n") == list(STORY)


@pytest.mark.parametrize(
    "line",
    [
        "شاهد عيان قال إنه رأى الأمواج تعلو الرصيف.",
        "وتابع: سنعود إلى البحر في الربيع.",
        "اقرأ باسم ربك، بهذه الآية افتتح الشيخ كلمته أمام الصيادين.",
        "مشاركة الصيادين كانت كبيرة في حفل الافتتاح.",
        "قال الحداد: <a href='/who'>اللجنة</a> راضية عن العمل.",
        "المصدر الأول للرزق هنا هو البحر، يقول الصيادون.",
        "عن البحر: حكاية أخيرة",
    ],
)
def test_lines_that_only_look_like_furniture_stay(line: str) -> None:
    for texts in ((LEAD, MIDDLE, line, QUOTE, LAST), (*STORY, line)):
        page = html(f"<article><h1>{TITLE}</h1><div>{paragraphs(*texts)}</div></article>")
        assert len(extract(page).article.body.split("\n\n")) == 5


@pytest.mark.parametrize(
    ("line", "signature"),
    [
        ("وكالات", "وكالات"),
        ("(رويترز)", "رويترز"),
        ("أ ف ب", "أ ف ب"),
        ("المصدر: وكالة الأناضول", "وكالة الأناضول"),
        ("مرسى نيوز - وكالات", "مرسى نيوز - وكالات"),
        ("د ب أ، رويترز", "د ب أ، رويترز"),
        ("مرسى نيوز", "مرسى نيوز"),
    ],
)
def test_the_signature_is_a_field_and_no_text(line: str, signature: str) -> None:
    page = html(f"<article><h1>{TITLE}</h1><div>{paragraphs(*STORY, line)}</div></article>")
    article = extract(page).article
    assert (article.signature, article.body.endswith(LAST)) == (signature, True)


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("كتب: هدى النجار", ["هدى النجار"]),
        ("كتبت - هدى النجار", ["هدى النجار"]),
        ("بقلم هدى النجار وسامي عون", ["هدى النجار وسامي عون"]),
        ("هدى النجار، سامي عون", ["هدى النجار", "سامي عون"]),
        ("هدى النجار - القاهرة", ["هدى النجار"]),
        ("وكالات", []),
        ("admin", []),
        ("https://facebook.com/huda", []),
        ("huda@example.com", []),
        ("مرسى نيوز", []),
    ],
)
def test_authors_are_names_alone(byline: str, authors: list[str]) -> None:
    page = html(
        f"<article><h1>{TITLE}</h1>{paragraphs(*STORY)}</article>",
        f'<meta name="author" content="{byline}"><meta property="og:site_name" content="مرسى نيوز">',
    )
    assert extract(page).article.authors == authors


def test_h05_h22_hidden_characters_do_not_reach_the_article() -> None:
    dirty = f"\u202b{TITLE[:20]}\u200b{TITLE[20:]}\ufeff"
    page = html(
        f"<article><h1>{dirty}</h1>{paragraphs(chr(0x202E) + LEAD, MIDDLE + '&#x2028;', QUOTE + '&#xD800;', LAST)}</article>", title=TITLE
    )
    article = extract(page).article
    assert article.title == TITLE
    assert article.body.startswith(LEAD)
    assert not set(article.body) & {"\u2028", "\u202e", "\ud800", "\ufeff", "\x00"}
    article.body.encode()


def test_extraction_can_cross_a_process() -> None:
    found = extract(GRAPH)
    assert pickle.loads(pickle.dumps(found)) == found


def test_the_story_of_another_page_is_not_taken_from_its_teaser() -> None:
    assert OTHER not in extract(GRAPH).article.body
