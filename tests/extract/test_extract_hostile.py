"""Pages made to hurt end with a reason, and no page raises."""

from __future__ import annotations

import json
import random

import pytest
from extract_pages import BLOG_SYSTEM, LEAD, MIDDLE, STORY, TITLE, URL, extract, html, paragraphs
from hypothesis import given, settings
from hypothesis import strategies as st

from newsspider.extract import Reason

MANY = 200_000


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<html><body>" + "<div>" * MANY + LEAD, id="nested"),
        pytest.param("<html><body>" + "<b>" * 5_000 + LEAD, id="nested inline"),
        pytest.param(html("<div " + " ".join(f'a{n}="x"' for n in range(1_000_000)) + ">"), id="attributes"),
        pytest.param(html("<div " + " ".join(f"a{n}" for n in range(50_000)) + ">"), id="attributes without values"),
        pytest.param(html('<div "' + " ".join(f"a{n}" for n in range(50_000)) + '">'), id="attributes behind a quote"),
        pytest.param(html("<div " + " ".join(f'a{n}="<b>"' for n in range(50_000)) + ">"), id="attributes with tags in them"),
        pytest.param(html('<div a="' + "<div x=' " * 50_000), id="quotes that never close"),
        pytest.param(html("<p>" + "كلمة " * 2_000_000), id="text"),
        pytest.param(html("<a href='/x'>خبر</a>" * 1_000_000), id="links"),
        pytest.param(html(paragraphs(*["خبر"] * 45_000)), id="lines"),
        pytest.param(html(f"<h1>{TITLE}</h1>" + paragraphs(*[LEAD * 20] * 300)), id="long story"),
    ],
)
def test_h05_too_complex(page: str) -> None:
    assert extract(page).reason is Reason.TOO_COMPLEX


COMB = '<div class="{name}"><div class="{name}"><p>{text}</p></div>' * 200 + "</div>" * 200


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(COMB.format(name="sidebar", text=LEAD), id="misnamed at every level"),
        pytest.param(COMB.format(name="x", text="<a href='/s/1'>قطار الساحل يعود إلى العمل</a>") * 20, id="cards within cards"),
        pytest.param("<div>" * 200 + paragraphs(*["5 مارس 2020"] * 14_000), id="dates"),
        pytest.param("<div>" * 200 + paragraphs(*[LEAD[:60]] * 7_000), id="deep text"),
        pytest.param("<ul>" + "<li><a href='/s'>قطار الساحل يعود إلى العمل</a></li>" * 14_000 + "</ul>", id="link lists"),
        pytest.param("<table><tr><td>" * 60 + "<td>" + LEAD + "<td>" * 5_000, id="tables"),
        pytest.param(paragraphs(LEAD, MIDDLE) + paragraphs(*["وكالات"] * 14_000), id="signatures"),
        pytest.param("<p>" + "<br>".join(["سطر قصير من القصيدة"] * 14_000), id="verses"),
        pytest.param("".join(f"<h2>{n} {TITLE}</h2>" for n in range(7_000)), id="headings"),
        pytest.param("".join(f"<meta itemprop='datePublished' content='2020-03-{n}'>" for n in range(50_000)) + LEAD, id="meta"),
        pytest.param("a" + "." * 500_000 + "b", id="dots"),
        pytest.param("<font>" * 200 + LEAD + "<b><i>" * 20 + "</font>" * 4_000, id="misnested"),
    ],
)
def test_h05_pages_within_the_limits_are_read_in_seconds(page: str) -> None:
    assert extract(html(f"<h1>{TITLE}</h1>{page}")).article.title == TITLE


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("[" * 10_000 + "]" * 10_000, id="nested arrays"),
        pytest.param('{"a":' * 10_000 + "1" + "}" * 10_000, id="nested objects"),
        pytest.param('{"@type":"NewsArticle","headline":NaN,"author":Infinity,"position":' + "9" * 10_000 + "}", id="numbers"),
        pytest.param('{"@type":"NewsArticle","@type":"Thing","headline":"a","headline":"b"}', id="twice the same key"),
        pytest.param(
            '{"@type":["NewsArticle",7,null,["x"]],"headline":{"x":1},"author":[[["x"]]],"image":[null],"keywords":{"a":1}}', id="kinds"
        ),
        pytest.param('{"@type":"NewsArticle","headline":"\\ud800","datePublished":["\\udfff"]}', id="lone surrogates"),
        pytest.param("not json at all {", id="no json"),
        pytest.param("", id="empty"),
    ],
)
def test_h24_json_ld_that_is_broken_leaves_the_page_readable(data: str) -> None:
    found = extract(BLOG_SYSTEM.replace("</head>", f'<script type="application/ld+json">{data}</script></head>'))
    assert (found.is_article, found.article.title) == (True, TITLE)
    json.dumps(found.article.evidence[0].raw).encode()


@pytest.mark.timeout(20)
@pytest.mark.parametrize("bytes_", [b"<" * 100_000, b"<script" * 30_000, b"<a href='" * 20_000, b"<meta charset=" * 300])
def test_bytes_that_make_careless_patterns_slow(bytes_: bytes) -> None:
    assert not extract(b"<html><body>\xc7\xe1" + bytes_).is_article


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7 ...", "text/html"),
        (b"\x00\x00\x00\x20ftypisom" + bytes(100), "text/html"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (BLOG_SYSTEM.encode(), "application/pdf"),
        (b'{"title": "x"}', "text/html"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>', "text/html"),
        (b"plain words", "text/plain"),
        (b"\x1f\x8b\x08\x00" + bytes(50), "text/html"),
    ],
)
def test_h26_what_is_not_html_is_not_read_as_html(body: bytes, content_type: str) -> None:
    assert extract(body, headers={"content-type": content_type}).reason is Reason.NOT_HTML


@pytest.mark.parametrize(
    "content_type", ["", "text/html", "TEXT/HTML; charset=utf-8", "application/xhtml+xml", "application/octet-stream", "text/plain"]
)
def test_h26_html_is_read_whatever_a_vague_label_says(content_type: str) -> None:
    assert extract(BLOG_SYSTEM, headers={"content-type": content_type} if content_type else {"x": "y"}).is_article


def test_h23_fields_are_cut() -> None:
    tags = "".join(f'<meta property="article:tag" content="وسم {n}">' for n in range(10_000))
    page = html(f"<article><h1>{'كلمة ' * 200_000}</h1>{paragraphs(*STORY)}</article>", tags, title="كلمة " * 200_000)
    article = extract(page).article
    assert len(article.title) <= 500
    assert len(article.tags) <= 50
    assert all(len(piece.raw) <= 200 for piece in article.evidence)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2_000), st.sampled_from(["", "text/html", "text/html; charset=utf-16", "text/html; charset=\udcff"]))
def test_no_bytes_raise(body: bytes, content_type: str) -> None:
    extract(b"<html><body>" + body, headers={"content-type": content_type})


@pytest.mark.parametrize("seed", range(30))
def test_no_damage_to_a_page_raises(seed: int) -> None:
    chance = random.Random(seed)
    text = list(BLOG_SYSTEM)
    for _ in range(60):
        at = chance.randrange(len(text))
        text[at] = chance.choice(
            ["<", ">", '"', "</div>", "<table>", "<p>", "\0", "<svg>", "&#0;", "<a href='http://['>", "<h1>", "</body>", "\u202e"]
        )
    extract("".join(text))


@pytest.mark.parametrize("url", ["", "about:blank", "http://[", "file:///tmp/x.html", "https://xn--/", URL + "\x00"])
def test_no_address_raises(url: str) -> None:
    assert extract(BLOG_SYSTEM, url).article.title == TITLE
