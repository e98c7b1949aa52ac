"""Families on real articles and their reprints (tests/dedupe_cases.py; bench/dedupe.py has more of them), held at pinned floors."""

from __future__ import annotations

from pathlib import Path

from dedupe_cases import Truth, cases, pairs_of, store_families

STORIES = 120
PRECISION, RECALL = 0.995, 0.975


def test_h25_reprints_are_found_and_hardly_anything_else(tmp_path: Path) -> None:
    found = cases(articles=500, stories=STORIES, seed=7)
    truth, pairs = Truth(found), pairs_of(store_families(found, tmp_path))
    assert len(truth.wanted) == 3 * STORIES
    assert truth.precision(pairs) >= PRECISION
    assert truth.recall(pairs) >= RECALL
