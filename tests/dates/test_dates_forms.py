"""Every row of forms.tsv reads as it says, and the same with bidi controls strewn in, on any line and in any digits."""

from datetime import date, datetime
from pathlib import Path

import pytest

from newsspider.dates import ParsedDate, read_date

REFERENCE = datetime.fromisoformat("2026-02-20T09:30:00+03:00")
ZONE = "Asia/Riyadh"
ROWS = [line.split("\t") for line in Path(__file__).with_name("forms.tsv").read_text("utf-8").splitlines() if not line.startswith("#")]
DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def read(text: str) -> ParsedDate | None:
    return read_date(text, reference=REFERENCE, timezone=ZONE).published


def stated(text: str) -> datetime | date | None:
    found = read(text)
    return found.value if found else None


@pytest.mark.parametrize(("category", "text", "expected", "more"), ROWS, ids=[f"{row[0]}-{i}" for i, row in enumerate(ROWS)])
def test_form(category: str, text: str, expected: str, more: str) -> None:
    reading = read_date(text, reference=REFERENCE, timezone=ZONE)
    if expected == "-":
        assert (reading.published, reading.reject_reason) == (None, more), category
        return
    assert reading.published is not None, reading.reject_reason
    value = reading.published.value
    wanted = date.fromisoformat(expected) if len(expected) == 10 else datetime.fromisoformat(expected)
    if isinstance(wanted, datetime) and wanted.tzinfo is None:
        wanted = wanted.replace(tzinfo=REFERENCE.tzinfo)
    assert (value, reading.published.precision) == (wanted, more)


@pytest.mark.parametrize("text", [row[1] for row in ROWS])
def test_appearance_does_not_matter(text: str) -> None:
    plain = stated(text)
    assert stated("\u200f".join(text)) == plain  # RLM after every character
    assert stated("\u2067" + text + "\u2069") == plain  # isolated
    assert stated("  " + text.replace(" ", "\u00a0") + "\n") == plain
    if not text.isascii():
        assert stated(text.translate(DIGITS)) == plain


@pytest.mark.parametrize("text", [row[1] for row in ROWS if row[2] != "-"])
def test_span_holds_the_date(text: str) -> None:
    found = read(text)
    assert found is not None
    start, end = found.span
    assert 0 <= start < end <= len(text)
    assert text[start:end].strip() == text[start:end] or text[start:end].isascii()
