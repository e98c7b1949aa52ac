"""The same story in the layouts that news sites really have: found whole, with nothing else, and its date marked as the article's."""

from __future__ import annotations

import pytest
from extract_pages import LAST, LEAD, MIDDLE, OTHER, STORY, TITLE, URL, cards, extract, html, paragraphs

from newsspider.items import EvidenceKind

COMMENTS = "".join(f'<div class="c"><b>قارئ {n}</b><span>18 مارس 2020</span><p>{MIDDLE} {LAST}</p></div>' for n in range(6))


def generated(texts: tuple[str, ...]) -> str:
    return "".join(f'<div dir="rtl" class="bbc-19j92fr ebmt73l0"><p class="bbc-hhl7in">{text}</p></div>' for text in texts)


LAYOUTS = {
    "broadcaster with components": html(
        f"""<div id="root"><div class="app-container main-content-area--rtl"><div class="container container--header"><header class="site-header"><div class="site-header__logo"></div><nav>..</nav></header></div>
<div class="container__inner"><main id="main-content-area" class="article-grid"><div class="article__breadcrumb breadcrumbs"><a href="/news">أخبار</a>|<a href="/tunisia">تونس</a></div>
<header class="article-header"><h1>{TITLE}</h1></header>
<figure class="article-featured-image"><div class="responsive-image"><img></div><figcaption>القوارب في الميناء صباح اليوم (الجزيرة)</figcaption></figure>
<div class="article-info-block"><div class="article-b-l"><div class="article-author-name"><div class="article-author-name-item"><a class="author-link" href="/author/x">هدى النجار</a></div></div></div><div class="article-dates"><div class="date-simple"><span class="screen-reader-text">Published On 17/3/2020</span><span aria-hidden="true">17/3/2020</span></div><div class="date-updated"><span>|</span>آخر تحديث: 18/3/2020 08:00 (توقيت مكة)</div></div><div class="article-s-share"><button>مشاركة</button></div></div>
<div class="wysiwyg wysiwyg--all-content" aria-live="polite">{paragraphs(*STORY[:2])}<div class="container--ads"><p>إعلان</p></div><section class="article-related-list"><h2>اقرأ أيضا</h2><ul class="article-related__list"><li>list 1 of 2<a href="/a">{OTHER}</a></li><li>list 2 of 2<a href="/b">{OTHER} ثانية</a></li></ul><span>end of list</span></section>{paragraphs(*STORY[2:])}</div>
<div class="article-source">المصدر : <span>الجزيرة + وكالات</span></div>
<div class="container--more-on"><h2 class="section-header">المزيد من أخبار</h2>{cards(4, tag="article")}</div></main></div></div>"""
    ),
    "generated class names and hidden labels": html(
        f"""<div id="root"><div><header role="banner"><nav>x</nav></header><div class="bbc-1kvoqex"><main role="main" class="bbc-fa0wmp">
<div class="bbc-1151pbn"><h1 tabindex="-1" id="content" class="bbc-1tk77pb">{TITLE}</h1></div>
<figure class="bbc-p"><div><img></div><p class="bbc-cr">صدر الصورة، <span>Getty Images</span></p><figcaption class="bbc-x"><span class="visually-hidden">التعليق على الصورة، </span><p>قوارب عند الرصيف</p></figcaption></figure>
<section role="region" class="bbc-by" aria-labelledby="article-byline"><strong id="article-byline" class="visually-hidden">معلومات المقال</strong><ul role="list"><li>Author, <span>هدى النجار</span></li><li>Role, <span>بي بي سي نيوز عربي</span></li><li><time class="bbc-1" datetime="2020-03-17">17 مارس 2020</time></li></ul></section>
{generated(STORY[:2])}
<section role="region" aria-labelledby="recommendations-heading" class="bbc-xx" data-e2e="recommendations-heading"><a href="#skip" class="foc">تخطى قصص مقترحة وواصل القراءة</a><div class="bbc-t"><strong id="recommendations-heading">قصص مقترحة</strong></div><ul><li><a href="/1">{OTHER}</a></li><li><a href="/2">{OTHER} أخرى</a></li></ul><p id="skip" class="visually-hidden">قصص مقترحة نهاية</p></section>
{generated(STORY[2:])}
</main></div><div class="bbc-more"><section aria-labelledby="top"><h2>اخترنا لكم</h2>{cards(5, tag="li")}</section></div></div></div>""",
        title=f"{TITLE} - BBC News عربي",
    ),
    "summary apart from the text": html(
        f"""<div class="layout"><div class="header">..</div><div class="content"><div class="layout__content"><h1 class="heading">{TITLE}</h1><div class="article__social-block">شارك</div><div class="media__block"><div class="media__wrapper"><img></div><p class="photo-desc">صورة تعبيرية</p></div><p class="article__date"><span>تاريخ النشر: </span>17.03.2020 | 10:15 GMT</p><div class="news-text">
<p class="summary">{STORY[0]}</p><div class="text">{paragraphs(*STORY[1:])}<p>المصدر: RT + "نوفوستي"</p></div><p>تابعوا RT على <a href="#"><img></a></p></div><div class="news-tags"><span>كلمات دلالية:</span><a href="/t">البحر</a><a href="/u">الصيد</a></div></div><div class="sidebar">{cards(4)}</div></div></div>"""
    ),
    "blog with line breaks": html(
        f"""<div class="content"><div class="date-outer"><h2 class="date-header"><span>الثلاثاء، 17 مارس 2020</span></h2><div class="post hentry"><h3 class="post-title entry-title">{TITLE}</h3><div class="post-body entry-content"><div dir="rtl" style="text-align: right;" trbidi="on"><div class="separator"><a href="x.jpg"><img></a></div><br/>{"<br/><br/>".join(STORY)}<br/></div><div style="clear: both;"></div></div><div class="post-footer"><span class="post-author vcard">مرسلة بواسطة <span class="fn">هدى</span></span> <span class="post-timestamp">في <a class="timestamp-link" href="#"><abbr class="published" title="2020-03-17T10:15:00+02:00">10:15 ص</abbr></a></span><span class="post-labels">التسميات: <a rel="tag" href="/s">البحر</a></span></div></div></div></div><div class="column-right"><div class="widget BlogArchive"><h2>أرشيف المدونة الإلكترونية</h2></div></div>"""
    ),
    "content system with a definition list": html(
        f"""<div class="item-page" itemscope><meta itemprop="inLanguage" content="ar"><div class="page-header"><h2 itemprop="headline">{TITLE}</h2></div><dl class="article-info muted"><dt class="article-info-term">التفاصيل</dt><dd class="createdby">كتب بواسطة: <span itemprop="name">هدى النجار</span></dd><dd class="category-name">القسم: <a>محليات</a></dd><dd class="published"><time datetime="2020-03-17T10:15:00+02:00" itemprop="datePublished">نشر بتاريخ: 17 آذار/مارس 2020</time></dd><dd class="hits">الزيارات: 1411</dd></dl><div itemprop="articleBody">{"".join(f"<div>{t}</div><div>&nbsp;</div>" for t in STORY)}</div><ul class="pager pagenav"><li class="previous"><a href="/p">السابق</a></li></ul></div>"""
    ),
    "tables and fonts, no heading": html(
        f"""<table><tr><td align=right><font color=red size=2>آخر الأخبار: </font><marquee>{OTHER}</marquee></td></tr><tr><td><table><tr><td><font size=5><b>{TITLE}</b></font></td></tr><tr><td><font size=2>17/03/2020</font></td></tr><tr><td><p align="justify"><font size=4>{"</font></p><p><font size=4>".join(STORY)}</font></p></td></tr><tr><td>عدد القراءات: 311</td></tr></table></td><td><table><tr><td><a href=/1>{OTHER}</a></td></tr><tr><td><a href=/2>{OTHER} 2</a></td></tr></table></td></tr></table>""",
        title=f"{TITLE}",
    ),
    "more excerpts beside it than text": html(
        f"""<div class="row"><div class="col-8"><h1>{TITLE}</h1><div class="date">17 مارس 2020</div><div>{paragraphs(*STORY)}</div></div><div class="col-4"><h3>أحدث</h3>{cards(12)}</div></div>"""
    ),
    "long comments": html(
        f"""<div class="row"><div class="col-8"><h1>{TITLE}</h1><div class="date">17 مارس 2020</div><div class="article-body">{paragraphs(*STORY)}</div><div id="comments-list">{COMMENTS}</div></div></div>"""
    ),
    "long comments without a name": html(
        f"""<div class="row"><div class="col-8"><h1>{TITLE}</h1><div class="date">17 مارس 2020</div><div class="xx">{paragraphs(*STORY)}</div><div class="yy"><h3>التعليقات</h3>{COMMENTS}</div></div></div>"""
    ),
    "one form around all, title in a span": html(
        f"""<form id="form1" action="./"><div class="header"><div class="date">{"الأربعاء 22 يناير 2025"}</div></div><div class="NewsDetails"><span id="lblTitle" class="title">{TITLE}</span><span id="lblDate">17/03/2020 10:15:00 ص</span><div id="lblBody">{paragraphs(*STORY)}</div></div><div class="footer">جميع الحقوق محفوظة</div></form>""",
        title=TITLE,
    ),
    "accelerated page": html(
        f"""<amp-sidebar id="s"><ul><li><a href="/">الرئيسية</a></li></ul></amp-sidebar><div class="amp-wp-article"><header class="amp-wp-article-header"><h1 class="amp-wp-title">{TITLE}</h1><div class="amp-wp-meta amp-wp-byline"><span class="amp-wp-author author vcard">هدى النجار</span></div><div class="amp-wp-meta amp-wp-posted-on"><time datetime="2020-03-17T08:15:00+00:00">5 سنوات ago</time></div></header><div class="amp-wp-article-content">{paragraphs(*STORY)}</div><footer class="amp-wp-article-footer"><div class="amp-wp-meta amp-wp-tax-category">الأقسام: محليات</div></footer></div>"""
    ),
    "spans and line breaks": html(
        f"""<section class="story"><h1>{TITLE}</h1><div class="txt">{"".join(f'<span style="display:block">{t}</span><br><br>' for t in STORY)}</div></section>"""
    ),
    "the next story below it": html(
        f"""<div class="infinite"><article><h1>{TITLE}</h1><time datetime="2020-03-17">17 مارس 2020</time><div class="post-content">{paragraphs(*STORY)}</div></article><article><h1><a href="/9">{OTHER}</a></h1><time datetime="2019-01-01">1 يناير 2019</time><div class="post-content">{paragraphs(LEAD.replace("البلدية", "الشركة"), LAST, MIDDLE, LAST)}</div></article></div>"""
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_story_is_found_whole_and_alone(layout: str) -> None:
    found = extract(LAYOUTS[layout])
    assert (found.is_article, found.article.title) == (True, TITLE)
    assert found.article.body.split("\n\n") == list(STORY)


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name not in ("blog with line breaks", "spans and line breaks")])
def test_its_date_and_no_other_is_in_the_article(layout: str) -> None:
    shown = [piece for piece in extract(LAYOUTS[layout], URL).article.evidence if piece.kind in (EvidenceKind.TIME, EvidenceKind.VISIBLE)]
    believed = [piece.raw for piece in shown if piece.in_article]
    assert believed
    assert not [raw for raw in believed if "2025" in raw or "2019" in raw]
