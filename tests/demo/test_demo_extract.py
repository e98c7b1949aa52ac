"""Extraction and date decision get every demo page right, as a crawl of it will need."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newsspider.dates import decide_publication
from newsspider.demo.render import View
from newsspider.demo.sites import SITES
from newsspider.extract import Extraction, Hints, Page, extract_page
from newsspider.items import EvidenceKind, Publication
from newsspider.sources import source_from_toml

GOLD: dict[str, Any] = json.loads((Path(__file__).parents[1] / "fixtures" / "demo_gold.json").read_text(encoding="utf-8"))["sites"]
VISIT = datetime(2026, 3, 9, 8, tzinfo=UTC)
ORIGIN = "http://127.0.0.1:8001"


def read(name: str, path: str, edition: int = 1) -> Extraction:
    """The page as extraction sees it when no feed or sitemap has said anything of it."""
    view = View(SITES[name], edition, ORIGIN, VISIT)
    source = source_from_toml(view.source_file(), Path(f"{name}.toml"))
    address = view.url(path)
    answer = view.answer(address.removeprefix(ORIGIN))
    page = Page(answer.body, address, {"content-type": answer.content_type}, fetched_at=VISIT)
    return extract_page(page, Hints(source=name, timezone=source.timezone, country=source.country, selectors=source.selectors))


def decide(name: str, extraction: Extraction) -> Publication:
    country = source_from_toml(View(SITES[name], 1, ORIGIN, VISIT).source_file(), Path(f"{name}.toml")).country
    return decide_publication(extraction.article.evidence, fetched_at=VISIT, timezone=SITES[name].timezone.key, country=country)


def cases(*outcomes: str | None) -> list[Any]:
    return [
        pytest.param(name, path, page, id=f"{name}{path}")
        for name, site in GOLD.items()
        for path, page in site["pages"].items()
        if page["outcome"] in outcomes
    ]


@pytest.mark.parametrize(("name", "path", "page"), cases("new"))
def test_articles(name: str, path: str, page: dict[str, Any]) -> None:
    extraction = read(name, path)
    assert (extraction.is_article, extraction.reason) == (True, "article")
    check(name, extraction, page)


@pytest.mark.parametrize(("name", "path", "page"), [case for case in cases("new", None) if "second" in case.values[2]])
def test_articles_of_the_second_edition(name: str, path: str, page: dict[str, Any]) -> None:
    check(name, read(name, path, edition=2), page | page["second"])


def check(name: str, extraction: Extraction, page: dict[str, Any]) -> None:
    article = extraction.article
    assert article.title == page["title"]
    assert article.body.startswith(page["first"])
    assert article.body.endswith(page["last"])
    assert len(article.body.split("\n\n")) == page["paragraphs"]
    assert [text for text in [*GOLD[name]["must_not"], *page.get("must_not", [])] if text in article.body] == []
    day = decide(name, extraction).published_day
    assert (day.isoformat() if day else None) == page["published_day"]


@pytest.mark.parametrize(("name", "path", "page"), cases("not_article"))
def test_pages_that_are_no_article(name: str, path: str, page: dict[str, Any]) -> None:
    extraction = read(name, path)
    assert (extraction.is_article, extraction.reason) == (False, page["reason"])


def test_the_amp_variant_is_the_same_article() -> None:
    path, page = next((path, page) for path, page in GOLD["khaleej"]["pages"].items() if "also" in page)
    amp, plain = read("khaleej", page["also"][0]).article, read("khaleej", path).article
    assert (amp.title, amp.body) == (plain.title, plain.body)
    assert amp.canonical_url == plain.url


def test_the_reprint_and_its_source_are_one_text_signed_by_the_agencies() -> None:
    sham, maghreb, khaleej = (
        next(read(name, path).article for path, page in GOLD[name]["pages"].items() if "story" in page) for name in SITES
    )
    assert (sham.title, sham.body) == (khaleej.title, khaleej.body)
    assert {sham.signature, maghreb.signature, khaleej.signature} == {"وكالات"}


def test_nothing_but_the_header_tells_a_date_of_the_undated_article() -> None:
    extraction = read("sham", "/news/1015.html")
    publication = decide("sham", extraction)
    assert publication.published_at is None
    assert all(piece.kind is EvidenceKind.VISIBLE and piece.in_article is False for piece in extraction.article.evidence)
