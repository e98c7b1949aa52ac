"""docs/dates.md tells the truth: its examples read as printed, and every reason word has its line."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from newsspider.dates import Doubt, Note, Refusal, parse_date

TEXT = (Path(__file__).parents[2] / "docs" / "dates.md").read_text("utf-8")
EXAMPLES = re.findall(r"^\|[^|]*\| ([^|]+) \| (\d{4}-\d\d-\d\d\S*) \|$", TEXT, re.MULTILINE)


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_example(text: str, expected: str) -> None:
    found = parse_date(text, reference=datetime.fromisoformat("2026-02-20T09:30:00+03:00"), timezone="Asia/Riyadh")
    assert found is not None
    assert found.value.isoformat() == expected


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 20


@pytest.mark.parametrize("word", [word.value for words in (Refusal, Note, Doubt) for word in words])
def test_every_reason_is_explained(word: str) -> None:
    assert f"`{word}`" in TEXT
