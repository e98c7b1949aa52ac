"""Every date a page offers is found with its kind, role and place, and what stands outside the article is marked so."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from extract_pages import BARE, BLOG_SYSTEM, GRAPH, LEAD, MIDDLE, OTHER, STORY, TITLE, URL, cards, extract, html, paragraphs

from newsspider.items import DateEvidence, EvidenceKind, EvidenceRole, Link

PUBLISHED, MODIFIED, UNKNOWN = EvidenceRole.PUBLISHED, EvidenceRole.MODIFIED, EvidenceRole.UNKNOWN
HEADER_DATE = "الأربعاء ٢٢ / يناير / ٢٠٢٥"


def evidence(page: str, kind: EvidenceKind, url: str = URL, **hints: object) -> list[DateEvidence]:
    return [piece for piece in extract(page, url, **hints).article.evidence if piece.kind is kind]


def story(before: str = "", after: str = "", inside: str = "", outside: str = "") -> str:
    """A page with something between headline and text, behind the text, between paragraphs, or beside the article."""
    text = paragraphs(LEAD, MIDDLE) + inside + paragraphs(*STORY[2:])
    return html(
        f"<div class='wrap'><article><h1>{TITLE}</h1>{before}<div class='article-body'>{text}</div>{after}</article></div>{outside}"
    )


@pytest.mark.parametrize("chrome", ["header", "nav", "aside", "footer", "div class='topbar'", "div id='site-header'", "ul class='menu'"])
def test_a_date_in_the_pages_chrome_is_marked(chrome: str) -> None:
    page = story().replace("<body >", f"<body ><{chrome}><span>{HEADER_DATE}</span></{chrome.split(maxsplit=1)[0]}>")
    (piece,) = evidence(page, EvidenceKind.VISIBLE)
    assert (piece.raw, piece.in_article) == (HEADER_DATE, False)


def test_the_date_bar_of_a_blog_system_and_of_tables_is_chrome() -> None:
    for page in (BLOG_SYSTEM, BARE):
        in_article = {piece.raw: piece.in_article for piece in extract(page).article.evidence}
        today = next(raw for raw in in_article if "2025" in raw or "٢٠٢٥" in raw)
        assert in_article[today] is False


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("17 مارس 2020", UNKNOWN),
        ("الثلاثاء 17 آذار/مارس 2020 - 10:15", UNKNOWN),
        ("نُشر في ١٧ مارس ٢٠٢٠", PUBLISHED),
        ("آخر تحديث: 18/03/2020 08:00", MODIFIED),
        ("منذ 3 ساعات", UNKNOWN),
        ("منذ يومين", UNKNOWN),
        ("22 رجب 1441 هـ", UNKNOWN),
        ("الثلاثاء 17 مارس 2020، آخر تحديث 02:21 (GMT+0400)", MODIFIED),
        ("Mar 17, 2020", UNKNOWN),
        ("2020-03-17", UNKNOWN),
        ("8 فيفري 2019", UNKNOWN),
    ],
)
def test_a_date_line_below_the_headline(line: str, role: EvidenceRole) -> None:
    (piece,) = evidence(story(before=f"<div class='when'>{line}</div>"), EvidenceKind.VISIBLE)
    assert (piece.raw, piece.role, piece.in_article, piece.distance) == (line, role, True, 1)


def test_two_labelled_dates_in_one_line_are_two_pieces() -> None:
    pieces = evidence(story(before="<p>نشر في: 17 مارس 2020 10:15 | آخر تحديث: 18 مارس 2020 08:00</p>"), EvidenceKind.VISIBLE)
    assert [(piece.raw, piece.role) for piece in pieces] == [
        ("نشر في: 17 مارس 2020 10:15", PUBLISHED),
        ("آخر تحديث: 18 مارس 2020 08:00", MODIFIED),
    ]


def test_dates_of_other_stories_are_outside() -> None:
    listed = (
        "<section class='more'><h3>مواد أخرى</h3>"
        + cards(3).replace("</h3>", "</h3><time datetime='2021-05-05'>5 مايو 2021</time>")
        + "</section>"
    )
    pieces = [piece for piece in extract(story(before="<p>17 مارس 2020</p>", outside=listed)).article.evidence if "2021" in piece.raw]
    assert pieces
    assert {piece.in_article for piece in pieces} == {False}


def test_dates_of_events_within_the_text_are_no_candidates() -> None:
    assert evidence(story(inside="<p>الافتتاح في 5 مايو 2021</p>"), EvidenceKind.VISIBLE) == []


def test_at_most_twenty_visible_candidates_the_nearest_first() -> None:
    many = "".join(f"<p>{day} مارس 2020</p>" for day in range(1, 31)) * 3
    pieces = evidence(story(before="<p>17 مارس 2020</p>", outside=f"<aside>{many}</aside>"), EvidenceKind.VISIBLE)
    assert len(pieces) <= 20
    assert (pieces[0].raw, pieces[0].in_article) == ("17 مارس 2020", True)


def test_time_elements_and_microdata() -> None:
    pieces = evidence(BLOG_SYSTEM, EvidenceKind.TIME)
    assert [(piece.raw, piece.role, piece.in_article) for piece in pieces] == [
        ("2020-03-17T10:15:00+02:00", PUBLISHED, True),
        ("2020-03-18T08:00:00+02:00", MODIFIED, True),
    ]
    (piece,) = evidence(story(before="<meta itemprop='datePublished' content='2020-03-17T17:27:41Z'>"), EvidenceKind.TIME)
    assert (piece.raw, piece.role) == ("2020-03-17T17:27:41Z", PUBLISHED)


def test_json_ld_within_a_graph_and_not_of_listed_stories() -> None:
    pieces = evidence(GRAPH, EvidenceKind.JSONLD)
    assert [(piece.place, piece.raw, piece.role) for piece in pieces] == [
        ("NewsArticle.datePublished", "2020-03-17T08:15:00Z", PUBLISHED),
        ("NewsArticle.dateModified", "2020-03-18T06:00:00Z", MODIFIED),
    ]


def test_json_ld_of_another_story_is_marked() -> None:
    data = f'{{"@type":"NewsArticle","headline":"{OTHER}","url":"/story/9","datePublished":"2019-01-01"}}'
    page = story().replace("</head>", f'<script type="application/ld+json">{data}</script></head>')
    (piece,) = evidence(page, EvidenceKind.JSONLD)
    assert piece.in_article is False


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("article:published_time", PUBLISHED),
        ("article:modified_time", MODIFIED),
        ("og:updated_time", MODIFIED),
        ("pubdate", PUBLISHED),
        ("DC.date.issued", PUBLISHED),
        ("creation_date", UNKNOWN),
        ("ya:ovs:upload_date", UNKNOWN),
    ],
)
def test_meta_dates(name: str, role: EvidenceRole) -> None:
    (piece,) = evidence(html(f"<h1>{TITLE}</h1>", f'<meta content="2020-03-17" property="{name}">'), EvidenceKind.META)
    assert (piece.raw, piece.role, piece.in_article) == ("2020-03-17", role, None)


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        ("/2020/03/17/story", "2020-03-17"),
        ("/2020/3/7/story", "2020-03-07"),
        ("/news/2020-03-17/story", "2020-03-17"),
        ("/world/202003171044893040-story/", "2020-03-17"),
        ("/2013/middle_east/8/3/story/index.html", "2013-08-03"),
        ("/17-03-2020/story", "2020-03-17"),
        ("/2020/11/2338761/", "2020-11"),
        ("/story/3126898/1", None),
        ("/story/20209917", None),
        ("/story/19990101", "1999-01-01"),
        ("/article?date=2020-03-17", "2020-03-17"),
    ],
)
def test_dates_in_the_address(path: str, raw: str | None) -> None:
    pieces = evidence(story(), EvidenceKind.URL, f"https://www.marsa-news.example{path}")
    assert [piece.raw for piece in pieces] == ([raw] if raw else [])


def test_the_http_header_is_evidence_of_a_change() -> None:
    found = extract(story(), headers={"content-type": "text/html", "last-modified": "Tue, 17 Mar 2020 08:15:00 GMT"})
    assert [(piece.kind, piece.role) for piece in found.article.evidence] == [(EvidenceKind.HEADER, MODIFIED)]


def test_what_feed_and_sitemap_said_is_kept_whatever_the_page_is() -> None:
    said = DateEvidence(EvidenceKind.FEED, "Tue, 17 Mar 2020 08:15:00 GMT", "feed entry", PUBLISHED)
    link = Link(URL, title=TITLE, section="محليات", authors=("بقلم هدى النجار",), evidence=(said,))
    assert said in extract(story(), link=link).article.evidence
    bare = extract(html(paragraphs(*STORY), title=""), link=link).article
    assert (bare.title, bare.section, bare.authors) == (TITLE, "محليات", ["هدى النجار"])
    assert extract(b"%PDF-1.4", link=link).article.evidence == [said]


def test_the_sources_selectors_win() -> None:
    page = html(
        f"<h1>عنوان الموقع</h1><b class='t'>{TITLE}</b><i class='d'>17-3-2020</i><div id='x'>{paragraphs(*STORY)}<p class='promo-line'>جملة لا يريدها أحد في النص أبدا.</p></div>"
        "<em class='who'>كتب: هدى النجار</em><u class='s'>محليات</u><q><a>الميناء</a><a>الصيد</a></q><img id='i' src='/p.jpg'>"
    )
    chosen = SimpleNamespace(
        title="b.t",
        body="#x",
        date="xpath://i[@class='d']/text()",
        authors=".who",
        section="u.s",
        tags="q a",
        image="#i",
        remove=(".promo-line",),
    )
    article = extract(page, selectors=chosen).article
    assert (article.title, article.authors, article.section, article.tags) == (TITLE, ["هدى النجار"], "محليات", ["الميناء", "الصيد"])
    assert article.body.split("\n\n") == list(STORY)
    assert article.image_url == "https://www.marsa-news.example/p.jpg"
    piece = next(piece for piece in article.evidence if piece.kind is EvidenceKind.SELECTOR)
    assert (piece.raw, piece.role, piece.in_article) == ("17-3-2020", PUBLISHED, True)
