"""The level reached on real pages. floors.json only rises: a figure above its floor asks for a higher floor."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from shared_data import shared

from newsspider.extract import Extraction, Hints, Page, extract_page
from newsspider.items import EvidenceKind

FLOORS: dict[str, int] = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf-8"))
FETCHED_AT = datetime(2025, 1, 22, 9, tzinfo=UTC)


@cache
def results() -> list[tuple[dict[str, Any], Extraction]]:
    folder = shared("pages")
    entries = json.loads((folder / "index.json").read_text(encoding="utf-8"))["entries"]
    found = []
    for entry in entries:
        if entry["kind"] not in ("feed", "sitemap"):
            url = entry.get("url") or f"https://{entry['site'].split(' ')[0]}/{entry['slug']}"
            found.append((entry, extract_page(Page((folder / entry["file"]).read_bytes(), url, {}, FETCHED_AT), Hints())))
    return found


@cache
def judge() -> Any:
    path = shared("pages", "score.py")
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.judge


@cache
def figures() -> Counter[str]:
    counts: Counter[str] = Counter()
    for entry, found in results():
        if entry["kind"] != "article":
            counts.update(others=1, rejected=not found.is_article)
            continue
        verdict = judge()(entry["gold"], {"title": found.article.title, "body": found.article.body, "published_at": None})
        counts.update(
            articles=1, gate=found.is_article, **{key: verdict[key] for key in ("title", "strict", "first", "last", "clean", "body")}
        )
    return counts


@pytest.mark.parametrize("figure", FLOORS)
def test_the_level_is_held(figure: str) -> None:
    assert figures()[figure] >= FLOORS[figure]
    assert figures()[figure] == FLOORS[figure], f"better than its floor: set {figure} to {figures()[figure]} in floors.json"


def test_pages_in_other_languages_are_rejected_for_their_language() -> None:
    found = {entry["slug"]: (result.reason, result.article.language) for entry, result in results() if entry["kind"] == "nonarabic"}
    assert found == {entry["slug"]: ("language", entry["language"]) for entry, _ in results() if entry["kind"] == "nonarabic"}


def test_listing_pages_are_called_listings() -> None:
    assert {result.reason for entry, result in results() if entry["kind"] == "listing"} == {"listing"}


def test_a_header_with_todays_date_is_marked_as_chrome() -> None:
    header = [
        piece
        for entry, result in results()
        if "header date in Arabic-Indic digits is the visit day" in entry.get("traps", ())
        for piece in result.article.evidence
        if piece.kind is EvidenceKind.VISIBLE
    ]
    assert header
    assert {piece.in_article for piece in header} == {False}


def test_most_authors_sections_and_tags_are_found() -> None:
    golds = [(entry["gold"], result.article) for entry, result in results() if entry["kind"] == "article"]
    found = {
        key: sum(set(gold[key]) <= set(getattr(article, key)) for gold, article in golds if gold[key])
        / sum(bool(gold[key]) for gold, _ in golds)
        for key in ("authors", "tags")
    }
    sections = [gold["section"] == article.section for gold, article in golds if gold["section"]]
    assert found["authors"] >= 0.85
    assert found["tags"] >= 0.95
    assert sum(sections) / len(sections) >= 0.95
