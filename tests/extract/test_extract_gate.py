"""Listings in the forms that sites give them are no articles; stories that resemble them are."""

from __future__ import annotations

import pytest
from extract_pages import LAST, LEAD, MIDDLE, STORY, TITLE, URL, extract, html, paragraphs

from newsspider.extract import Reason

HEADLINES = (
    "سوق السمك يستعد للموسم الجديد في المدينة",
    "قطار الساحل يعود إلى العمل بعد توقف",
    "بلدية المرسى تفتح حديقة جديدة قرب الميناء",
    "مدرسة الصيادين تحتفل بخريجيها هذا العام",
    "أسعار الخضر تتراجع في الأسواق الأسبوعية",
    "فريق المدينة يفوز في مباراته الأولى",
)
SITE = "https://www.marsa-news.example"


def many(form: str, count: int = 6) -> str:
    return "".join(form.format(n=n, headline=HEADLINES[n % 6], lead=LEAD, more=MIDDLE, day=f"{n % 28 + 1} مارس 2020") for n in range(count))


LISTINGS = {
    "headlines with excerpts": "<main><h1>محليات</h1>"
    + many('<div class="i"><h2><a href="/s/{n}">{headline}</a></h2><p>{lead}</p><a href="/s/{n}">اقرأ المزيد</a></div>')
    + "</main>",
    "long excerpts": "<main><h1>محليات</h1>"
    + many('<div class="i"><h2><a href="/s/{n}">{headline}</a></h2><p>{lead} {more} {lead}</p><p>{more} {lead}</p></div>')
    + "</main>",
    "headlines and days": "<h1>محليات</h1><ul>" + many('<li><a href="/s/{n}">{headline}</a> <span>{day}</span></li>', 20) + "</ul>",
    "pictures and sections before the headline": many(
        '<div class="i"><a href="/s/{n}"><img></a><i><a href="/c">محليات</a></i><div><a href="/s/{n}">{headline}</a></div><p>{lead}</p></div>'
    ),
    "rows of a table": "<table>" + many('<tr><td><a href="/s/{n}"><b>{headline}</b></a><br>{lead}</td></tr>') + "</table>",
    "an author's page": f"<div><h1>هدى النجار</h1><p>{LEAD} {MIDDLE} {LAST}</p></div>"
    + many('<div class="i"><h3><a href="/s/{n}">{headline}</a></h3><span>{day}</span></div>', 10),
    "a ticker": "<h1>آخر الأخبار</h1>" + many('<div class="i"><b>{day}</b> <a href="/s/{n}">{headline}</a><div>{lead}</div></div>', 15),
    "whole posts": many(
        '<div class="p"><h2><a href="/s/{n}">{headline}</a></h2><div><p>{lead}</p><p>{more}</p><p>{lead} {more}</p></div></div>', 5
    ),
    "a directory": "<h1>مواقع صديقة</h1><ul>" + many('<li><a href="http://site{n}.example/">موقع {n}</a> - {more}</li>', 12) + "</ul>",
    "other sites' stories": "<ol>"
    + many('<li><a href="http://site{n}.example/s">{headline}</a><br>{lead} {more} {lead} {more}</li>', 8)
    + "</ol>",
}
STORIES = {
    "a short story above many others": f"<h1>{TITLE}</h1><i>17 مارس 2020</i><div><p>{LEAD}</p></div>"
    + many('<div class="i"><h3><a href="/s/{n}">{headline}</a></h3><p>{lead}</p></div>', 12),
    "others below the text": f"<div><h1>{TITLE}</h1><i>17 مارس 2020</i>{paragraphs(*STORY)}"
    + many('<div class="i"><h3><a href="/s/{n}">{headline}</a></h3></div>', 12)
    + "</div>",
    "a numbered list": f"<h1>{TITLE}</h1><div><p>{LEAD}</p>" + many("<h2>{n}. {headline}</h2><p>{lead} {more}</p>") + "</div>",
    "questions and answers": f"<h1>{TITLE}</h1><div>" + many("<p><b>{headline}؟</b></p><p>- {lead}</p>") + "</div>",
    "a live report": f"<h1>{TITLE}</h1><div>" + many("<div><time>{day}</time><h3>{headline}</h3><p>{lead}</p></div>", 9) + "</div>",
    "verses": f"<article><h1>{TITLE}</h1><p>"
    + "<br>".join(["يا بحر كم سافرت فيك قوافل", "وعدت إليك من الحنين مراكب"] * 8)
    + "</p></article>",
    "prices": f"<article><h1>{TITLE}</h1><p>{LEAD}</p><p>{MIDDLE}</p><table>"
    + many("<tr><td>صنف {n}</td><td>{n}0 دينارا</td></tr>", 9)
    + "</table></article>",
}


@pytest.mark.parametrize("form", LISTINGS)
def test_listings(form: str) -> None:
    assert extract(html(LISTINGS[form], title="محليات - مرسى نيوز"), f"{SITE}/local").reason is Reason.LISTING


@pytest.mark.parametrize("form", STORIES)
def test_stories(form: str) -> None:
    assert extract(html(STORIES[form])).reason is Reason.ARTICLE


@pytest.mark.parametrize("url", [f"{SITE}/category/local/4711", f"{SITE}/tag/sea/story-4711", f"{URL}?page=2", f"{SITE}/?p=4711"])
def test_an_address_alone_makes_no_listing(url: str) -> None:
    page = html(f"<article><h1>{TITLE}</h1>{paragraphs(*STORY)}</article>")
    assert extract(page, url).is_article


@pytest.mark.parametrize("classes", ["single tag", "post-template-default author", "single-post category"])
def test_classes_of_a_single_post_outweigh_those_of_its_terms(classes: str) -> None:
    page = html(f"<article><h1>{TITLE}</h1>{paragraphs(*STORY)}</article>", body_attributes=f'class="{classes}"')
    assert extract(page).is_article


def test_the_rows_of_a_table_are_lines() -> None:
    assert "صنف 3 | 30 دينارا" in extract(html(STORIES["prices"])).article.body


@pytest.mark.parametrize(
    "text",
    [
        "عذرا الصفحة غير موجودة",
        "خطأ 404",
        "لم يتم العثور على الصفحة المطلوبة",
        "المقال المطلوب غير متاح",
        "تم حذف هذا الخبر",
        "Page not found",
    ],
)
def test_c10_soft_404_in_other_words(text: str) -> None:
    page = html(f"<h1>{text}</h1><p>يمكنك البحث عما تريد في الموقع أو العودة إلى الصفحة الرئيسية.</p>", title="مرسى نيوز")
    assert extract(page).reason is Reason.SOFT_404


def test_a_story_about_missing_pages_is_a_story() -> None:
    page = html(
        f"<article><h1>لماذا لم يعثر الباحثون على الصفحة الأولى من المخطوط</h1>{paragraphs(*STORY, *STORY)}</article>", title="المخطوط"
    )
    assert extract(page).is_article
