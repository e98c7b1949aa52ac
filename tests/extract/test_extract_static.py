"""Pages about the site itself, as content systems print them, are no articles however long they are; stories about such matters are."""

from __future__ import annotations

import pytest
from extract_pages import LAST, LEAD, MIDDLE, STORY, TITLE, extract, html, paragraphs

from newsspider.extract import Reason
from newsspider.items import DateEvidence, EvidenceKind, EvidenceRole, Link

SITE = "https://www.marsa-news.example"
PRIVACY = paragraphs(
    "نحترم في مرسى نيوز خصوصية زوارنا، وتشرح هذه الصفحة ما نجمعه من بيانات عند تصفح الموقع، وكيف نستخدمها ونحفظها، ومع من نشاركها.",
    "نسجل عنوان الزائر ونوع متصفحه ووقت الزيارة، ونستخدمها في معرفة الصفحات التي يهتم بها القراء، ولا نبيعها لأحد ولا نربطها بأسمائهم.",
    "قد يضع المعلنون ملفات صغيرة في متصفحك، ويمكنك منعها من إعداداته متى شئت، ولن يحول ذلك دون قراءة أي من أخبارنا.",
    "لك أن تطلب منا حذف ما نعرفه عنك برسالة إلى إدارة التحرير، ونجيب عن كل رسالة خلال شهر من وصولها إلينا.",
)
ABOUT = paragraphs(
    "مرسى نيوز موقع إخباري مستقل تأسس في المرسى ليروي أخبار البحر والناس الذين يعيشون منه، ويعمل فيه أحد عشر صحفيا ومصوران.",
    "ننشر ما نتحقق منه من مصدرين على الأقل، ونصحح أخطاءنا علنا، ولا نقبل من المعلنين رأيا في ما نكتب.",
    "يملك الموقع صحفيوه، وتنتخب هيئة تحريره كل سنتين، وتنشر حساباته للقراء مع كل عام جديد.",
)
TERMS = paragraphs(
    "باستخدامك هذا الموقع فإنك توافق على الأحكام الآتية، فإن لم توافق عليها فلا تستخدمه، ولنا أن نغيرها متى رأينا ذلك.",
    "المواد المنشورة ملك لمرسى نيوز، ويجوز نقل فقرة منها مع ذكر المصدر ورابط ظاهر إليه، ولا يجوز نقلها كاملة من غير إذن مكتوب.",
    "يتحمل المعلق وحده ما يكتبه، ونحذف كل تعليق فيه سب أو تحريض، ونغلق حساب من يكرر ذلك بعد تنبيهه.",
)
ENGLISH = paragraphs(
    "Marsa News respects the privacy of its readers. This page explains what we collect when you visit the site, how we use it and how long we keep it.",
    "We log the address of the visitor, the kind of browser and the time of the visit. We never sell these and do not connect them with your name.",
    "You may ask us to delete what we know about you. Write to the editors, who answer every letter within a month of its arrival.",
)
FRENCH = paragraphs(
    "Marsa Info respecte la vie privée de ses lecteurs. Cette page explique ce que nous recueillons quand vous visitez le site et comment nous l'utilisons.",
    "Nous notons l'adresse du visiteur, son navigateur et l'heure de sa visite. Nous ne les vendons jamais et ne les relions pas à votre nom.",
    "Vous pouvez demander que nous effacions ce que nous savons de vous. Écrivez à la rédaction, qui répond à chaque lettre dans le mois.",
)
WORDPRESS = 'class="rtl page-template-default page page-id-3 wp-custom-logo"'
YOAST = """<meta property="og:type" content="article"><meta property="article:modified_time" content="2023-05-02T09:00:00+00:00"><script type="application/ld+json">
{"@context":"https://schema.org","@graph":[{"@type":"WebPage","name":"PAGE","datePublished":"2019-03-01T08:00:00+00:00","dateModified":"2023-05-02T09:00:00+00:00"}]}</script>"""
RANK_MATH = """<meta property="og:type" content="article"><meta property="article:published_time" content="2019-03-01T08:00:00+00:00"><script type="application/ld+json">
{"@context":"https://schema.org","@type":"Article","headline":"الشروط والأحكام","datePublished":"2019-03-01T08:00:00+00:00","author":{"@type":"Person","name":"admin"}}</script>"""


def entry(title: str, text: str) -> str:
    return f'<main><article class="page type-page hentry"><header class="entry-header"><h1 class="entry-title">{title}</h1></header><div class="entry-content">{text}</div></article></main>'


STATIC = {
    "WordPress with Yoast": ("/privacy-policy/", entry("سياسة الخصوصية", PRIVACY), YOAST, WORDPRESS, "سياسة الخصوصية - مرسى نيوز", "ar"),
    "WordPress with Rank Math": ("/الشروط-والأحكام/", entry("الشروط والأحكام", TERMS), RANK_MATH, WORDPRESS, "الشروط والأحكام | مرسى نيوز", "ar"),
    "WordPress, a name of its own": ("/marsa/", entry("حكاية مرسى نيوز", ABOUT), "", WORDPRESS, "حكاية مرسى نيوز", "ar"),
    "WordPress in English": ("/privacy-policy/", entry("Privacy Policy", ENGLISH), YOAST, WORDPRESS.replace("rtl ", ""), "Privacy Policy - Marsa News", "en"),
    "Drupal": (
        "/about", f'<main><h1 class="page-header">من نحن</h1><article class="node node--type-page node--view-mode-full"><div class="field--name-body">{ABOUT}</div></article></main>',
        "", 'class="path-node page-node-type-page"', "من نحن | مرسى نيوز", "ar",
    ),
    "Drupal in French": (
        "/fr/mentions-legales", f'<main><h1>Mentions légales</h1><div class="node__content">{FRENCH}</div></main>',
        "", 'class="path-node page-node-type-page"', "Mentions légales | Marsa Info", "fr",
    ),
    "Joomla": (
        "/index.php/privacy", f'<div class="item-page"><div class="page-header"><h2 itemprop="headline">سياسة الخصوصية لموقع مرسى نيوز</h2></div><div itemprop="articleBody">{PRIVACY}</div></div>',
        "", 'class="site com_content view-article itemid-112"', "سياسة الخصوصية", "ar",
    ),
    "Blogger": (
        "/p/blog-page_7.html", f'<div class="post hentry"><h3 class="post-title entry-title">اتفاقية الاستخدام</h3><div class="post-body entry-content">{TERMS}</div></div>',
        "", 'class="item-view"', "مرسى نيوز: اتفاقية الاستخدام", "ar",
    ),
    "Ghost": (
        "/about/", f'<main><article class="gh-article page"><h1 class="gh-article-title">عن الموقع</h1><section class="gh-content">{ABOUT}</section></article></main>',
        '<meta property="og:type" content="website">', 'class="page-template page-about"', "عن الموقع", "ar",
    ),
    "Squarespace": (
        "/team", f'<main><h1>فريق التحرير</h1><div class="sqs-block-content">{ABOUT}</div></main>', '<meta property="og:type" content="website">',
        'class="collection-type-page"', "فريق التحرير — مرسى نيوز", "ar",
    ),
    "ASP.NET": ("/ar/Terms.aspx", f'<form><table><tr><td><h1>شروط الاستخدام</h1><span>{TERMS}</span></td></tr></table></form>', "", "", "مرسى نيوز", "ar"),
    "by hand, in force since a day": (
        "/site/cookies.php", f'<div id="c"><h2>سياسة ملفات تعريف الارتباط</h2><p>تسري هذه السياسة ابتداء من 5 مارس 2023.</p>{PRIVACY}</div>', "", "", "سياسة ملفات تعريف الارتباط", "ar",
    ),
    "by hand in French": (
        "/qui-sommes-nous.html", f"<div><h1>Qui sommes-nous ?</h1>{FRENCH}</div>", "", "", "Qui sommes-nous ? - Marsa Info", "fr",
    ),
    "by hand, contact": ("/contact-us", f"<div><h1>تواصل معنا</h1>{ABOUT}</div>", "", "", "تواصل معنا", "ar"),
}  # fmt: skip
NEWS = (
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"HEADLINE","datePublished":"2024-05-02T09:00:00+03:00"}</script>'
)
STORIES = {
    "a story about a policy": (
        "/tech/privacy-policy-whatsapp",
        "سياسة الخصوصية في واتساب تثير غضب المستخدمين",
        "<time>2 مايو 2024</time>",
        "",
    ),
    "a column": (
        "/من-نحن/",
        "من نحن؟",
        "<div>بقلم: هدى النجار</div><time datetime='2024-05-02'>2 مايو 2024</time>",
        'class="single single-post"',
    ),
    "a column of another CMS": (
        "/opinion/4711",
        "من نحن؟",
        "<div>بقلم: هدى النجار</div><time datetime='2024-05-02'>2 مايو 2024</time>",
        "",
    ),
    "a story of the day below /contact": ("/contact", TITLE, "<time datetime='2024-05-02'>2 مايو 2024</time>", ""),
    "an undated story": ("/story/4711", TITLE, "", ""),
    "an undated story in JSON-LD": ("/pages/harbour", TITLE, NEWS.replace("HEADLINE", TITLE), ""),
}


@pytest.mark.parametrize("form", STATIC)
def test_a_page_about_the_site_is_no_article(form: str) -> None:
    path, body, head, attributes, title, language = STATIC[form]
    found = extract(
        html(body, head, title=title, body_attributes=attributes, attributes=f'lang="{language}"'), SITE + path, language=language
    )
    assert found.reason is Reason.STATIC_PAGE


@pytest.mark.parametrize("form", STORIES)
def test_a_story_is_an_article(form: str) -> None:
    path, title, dated, attributes = STORIES[form]
    page = html(f"<article><h1>{title}</h1>{dated}{paragraphs(*STORY)}</article>", title=title, body_attributes=attributes)
    assert extract(page, SITE + path).reason is Reason.ARTICLE


def test_what_a_feed_announces_is_no_page_about_the_site() -> None:
    link = Link(f"{SITE}/about", evidence=(DateEvidence(EvidenceKind.FEED, "2024-05-02T09:00:00Z", "feed entry", EvidenceRole.PUBLISHED),))
    page = html(f"<article><h1>من نحن</h1>{paragraphs(LEAD, MIDDLE, LAST)}</article>", title="من نحن")
    assert extract(page, link.url).reason is Reason.STATIC_PAGE
    assert extract(page, link.url, link=link).reason is Reason.ARTICLE
