"""Feeds of a search: what they say, and that hostile text leaves them well-formed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from newsspider.alerts import atom_feed, json_feed
from newsspider.items import Precision
from newsspider.search import Hit, Results, Segment

NAMES = {"a": "http://www.w3.org/2005/Atom"}
SEEN = datetime(2026, 5, 1, 8, tzinfo=UTC)
URL = "http://127.0.0.1:8000/api/v1/feed.atom?q=%D9%82%D9%85%D8%AD&page=1"
HIT = Hit(
    id="0" * 32,
    url="https://farm.example/أخبار/1",
    source="farm",
    title=(Segment("خبر عن ", False), Segment("القمح", True)),
    snippet=(Segment("… نص", False),),
    score=1.0,
    family_id="0" * 32,
    first_seen_at=SEEN,
    published_at=datetime(2026, 4, 30, 10, tzinfo=timezone(timedelta(hours=3))),
    precision=Precision.MINUTE,
    published_day=date(2026, 4, 30),
    language="ar",
    section="اقتصاد",
    authors=("كاتب أول", "كاتب ثان"),
    tags=("قمح", "اقتصاد"),
    image_url="https://farm.example/1.jpg",
)


def atom(*hits: Hit, title: str = "بحث") -> Any:
    return etree.fromstring(atom_feed(title, URL, Results(len(hits), hits, 0.0), SEEN))


def feed(*hits: Hit, title: str = "بحث") -> Any:
    return json.loads(json_feed(title, URL, Results(len(hits), hits, 0.0), SEEN))


def values(tree: Any, path: str) -> list[str]:
    return [str(value) for value in tree.xpath(path, namespaces=NAMES)]


def test_atom_has_what_rfc_4287_asks_for() -> None:
    tree = atom(HIT)
    for required in ("a:id", "a:title", "a:updated", "a:author/a:name", "a:entry/a:id", "a:entry/a:title", "a:entry/a:updated"):
        assert len(values(tree, f"{required}/text()")) >= 1, required
    assert values(tree, "a:link[@rel='self']/@href") == [URL]
    assert values(tree, "a:entry/a:link/@href") == ["https://farm.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/1"]
    assert values(tree, "a:entry/a:title/text()") == ["خبر عن القمح"]
    assert values(tree, "a:entry/a:published/text()") == ["2026-04-30T10:00:00+03:00"]
    assert values(tree, "a:entry/a:author/a:name/text()") == ["كاتب أول", "كاتب ثان"]
    assert values(tree, "a:entry/a:category/@term") == ["اقتصاد", "قمح"]


def test_atom_is_read_by_a_feed_reader() -> None:
    parsed = feedparser.parse(atom_feed("بحث", URL, Results(1, (HIT,), 0.0), SEEN))
    assert not parsed.bozo
    assert parsed.entries[0].title == "خبر عن القمح"
    assert parsed.entries[0].published_parsed[:5] == (2026, 4, 30, 7, 0)


def test_json_feed_has_what_version_1_1_asks_for() -> None:
    value = feed(HIT)
    assert (value["version"], value["title"], value["feed_url"]) == ("https://jsonfeed.org/version/1.1", "بحث", URL)
    (item,) = value["items"]
    assert item["content_text"] == "… نص"
    assert item["date_published"] == "2026-04-30T10:00:00+03:00"
    assert item["authors"] == [{"name": "كاتب أول"}, {"name": "كاتب ثان"}]
    assert item["_newsspider"]["precision"] == "minute"


def test_ids_stay_the_same_and_differ() -> None:
    other = replace(HIT, id="1" * 32)
    assert values(atom(HIT, other), "a:entry/a:id/text()") == [item["id"] for item in feed(HIT, other)["items"]]
    assert len(set(values(atom(HIT, other), "//a:id/text()"))) == 3


@pytest.mark.parametrize("precision", [Precision.WEEK, Precision.MONTH, Precision.YEAR, None])
def test_a_vague_date_is_not_stated(precision: Precision | None) -> None:
    hit = replace(HIT, precision=precision)
    assert values(atom(hit), "a:entry/a:published/text()") == []
    assert values(atom(hit), "a:entry/a:updated/text()") == [SEEN.isoformat()]
    assert "date_published" not in feed(hit)["items"][0]


def test_an_article_without_authors_is_by_its_source() -> None:
    assert values(atom(replace(HIT, authors=())), "a:entry/a:author/a:name/text()") == ["farm"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "http://farm.example@evil.test/", "\ud800"])
def test_u13_only_web_addresses_are_links(url: str) -> None:
    hit = replace(HIT, url=url, image_url=url)
    assert values(atom(hit), "a:entry/a:link/@href") == []
    assert not {"url", "image"} & feed(hit)["items"][0].keys()


HOSTILE = st.text(st.characters(codec=None) | st.sampled_from("<>&\"']\x00\x1b\ud800\udfff\u202e\ufeff\ufffe\uffff\r\n"))


@given(HOSTILE)
def test_h11_q05_any_text_leaves_the_feeds_well_formed(text: str) -> None:
    hit = replace(
        HIT,
        source=text,
        title=(Segment(text, True),),
        snippet=(Segment(text, False),),
        authors=(text,),
        tags=(text,),
        section=text,
        language=text,
    )
    tree = atom(hit, title=text)
    assert values(tree, "a:entry/a:title/text()") == values(tree, "a:entry/a:summary/text()")
    (item,) = feed(hit, title=text)["items"]
    assert item["title"].replace("\r", "") == "".join(values(tree, "a:entry/a:title/text()"))
