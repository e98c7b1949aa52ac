"""Pruning by date: what a page says of its links decides which are left out; what says nothing stays."""

from __future__ import annotations

from datetime import date

import pytest

from newsspider.items import DateEvidence, EvidenceKind, EvidenceRole, Link
from newsspider.sources import Source
from newsspider.spiders.period import Period

SOURCE = Source.model_validate(
    {
        "name": "s",
        "title": "s",
        "homepage": "https://s.example/",
        "timezone": "Asia/Riyadh",
        "country": "SA",
        "feeds": ["https://s.example/feed"],
    }
)
YEAR = Period(SOURCE, date(2020, 1, 1), date(2020, 12, 31))


def said(raw: str, role: EvidenceRole) -> DateEvidence:
    return DateEvidence(EvidenceKind.SITEMAP, raw, "sitemap", role)


def article(path: str = "1", published: str | None = None, modified: str | None = None) -> Link:
    dates = [said(published, EvidenceRole.PUBLISHED)] if published else []
    dates += [said(modified, EvidenceRole.MODIFIED)] if modified else []
    return Link(f"https://s.example/{path}", evidence=tuple(dates))


def sitemap(path: str, modified: str | None = None) -> Link:
    return Link(f"https://s.example/{path}", evidence=article(modified=modified).evidence, discovery=True, kind="sitemap")


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        (article(), True),
        (article(published="2020-06-01"), True),
        (article(published="2019-12-31T21:30:00Z"), True),  # in Riyadh it is the new year
        (article(published="2019-12-31T20:30:00Z"), False),
        (article(published="2021-01-01"), False),
        (article(published="22 يناير 2020"), True),
        (article(published="22 يناير 2019", modified="2020-05-01"), False),
        (article("2020/02/11/x"), True),
        (article("2021/02/11/x"), False),
        (article("news/2020/12/x/"), True),
        (article("news/2019/12/x/"), False),
        (article(modified="2019-05-01"), False),
        (article(modified="2023-05-01"), True),
        (article(published="garbage"), True),
        (article(published="0000-01"), True),
        (sitemap("sitemap.xml"), True),
        (sitemap("sitemap-2020-01.xml"), True),
        (sitemap("sitemap-2019-12.xml", modified="2024-01-01"), False),
        (sitemap("sitemaps/2020/02/31.xml"), True),
        (sitemap("sitemap_2021.xml"), False),
        (sitemap("sitemap.xml?yyyy=2021&mm=03"), False),
        (sitemap("post-sitemap7.xml", modified="2019-11-02"), False),
        (sitemap("post-sitemap7.xml", modified="2022-11-02"), True),
    ],
    ids=lambda value: value.url.rpartition("example/")[2] if isinstance(value, Link) else str(value),
)
def test_what_is_surely_of_another_time_is_left_out(link: Link, wanted: bool) -> None:
    assert YEAR.wants(link) is wanted


def test_a_side_may_be_open() -> None:
    assert Period(SOURCE, since=date(2020, 1, 1)).wants(article(published="2026-01-01"))
    assert not Period(SOURCE, until=date(2020, 1, 1)).wants(article(published="2020-01-02"))
    assert Period(SOURCE, until=date(2020, 1, 1)).wants(article(modified="2026-01-01"))
    assert Period(SOURCE).wants(article(published="1999-01-01"))


def test_a_listing_is_past_when_all_its_dated_links_are() -> None:
    old, new, undated = article("2019/02/11/x"), article("2020/02/11/x"), article("x")
    assert YEAR.is_past([old, undated])
    assert not YEAR.is_past([old, new])
    assert not YEAR.is_past([undated])
    assert not YEAR.is_past([])
    assert not Period(SOURCE, until=date(2020, 1, 1)).is_past([old])
