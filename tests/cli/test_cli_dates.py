"""`newsspider dates` as a user runs it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_command import newsspider

from newsspider import clock

SEEN = ("--reference", "2026-02-20T09:30", "--timezone", "Asia/Riyadh")


def as_json(folder: Path, *arguments: str, stdin: str = "") -> list[dict[str, object]]:
    done = newsspider(folder, "dates", *arguments, "--json", stdin=stdin)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_date_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    [read] = as_json(tmp_path, "نشر: الأربعاء 22 رجب 1446 هـ", *SEEN)
    assert read == {
        "text": "نشر: الأربعاء 22 رجب 1446 هـ",
        "published": {
            "value": "2025-01-22",
            "precision": "day",
            "calendar": "hijri",
            "matched": "22 رجب 1446",
            "span": [14, 25],
            "confidence": 0.9,
            "notes": ["hijri_only"],
        },
        "modified": None,
        "refused": None,
    }


def test_published_and_modified_are_both_shown(tmp_path: Path) -> None:
    text = "تحديث: 23 يناير 2025 - نشر: 22 يناير 2025"
    [read] = as_json(tmp_path, text, *SEEN)
    assert [read[role]["value"] for role in ("published", "modified")] == ["2025-01-22", "2025-01-23"]  # type: ignore[index]
    lines = newsspider(tmp_path, "dates", text, *SEEN).stdout.splitlines()
    assert ["2025-01-22" in lines[1], "2025-01-23" in lines[2], "modified" in lines[2]] == [True, True, True]


def test_a_refusal_says_why_and_is_no_failure(tmp_path: Path) -> None:
    texts = ("ثورة 25 يناير", "3-2", "", "15 مارس 2027")
    assert [read["refused"] for read in as_json(tmp_path, *texts, *SEEN)] == ["named_event", "numbers", "empty", "future"]
    assert "refused: named_event" in newsspider(tmp_path, "dates", texts[0], *SEEN).stdout


def test_one_text_a_line_from_standard_input(tmp_path: Path) -> None:
    reads = as_json(tmp_path, "1/3/2025", "-", *SEEN, stdin="22 يناير 2025\r\n\n[b]حتى 5 مارس 2025\n")
    assert [read["text"] for read in reads] == ["1/3/2025", "22 يناير 2025", "[b]حتى 5 مارس 2025"]


def test_nothing_to_read_prints_no_json(tmp_path: Path) -> None:
    assert as_json(tmp_path, "-", *SEEN) == []


def test_brackets_are_text_not_markup(tmp_path: Path) -> None:
    assert "[bold]22/1/2025[/bold]" in newsspider(tmp_path, "dates", "[bold]22/1/2025[/bold]", *SEEN).stdout


@pytest.mark.parametrize(("country", "offset"), [("om", "+04:00"), ("JO", "+03:00"), ("الأردن", "+03:00")])
def test_the_country_settles_a_name_of_two_places(tmp_path: Path, country: str, offset: str) -> None:
    [read] = as_json(tmp_path, "22 يناير 2025 14:35 بتوقيت عمان", "--country", country, *SEEN)
    assert read["published"]["value"] == "2025-01-22T14:35:00" + offset  # type: ignore[index]


def test_without_a_reference_the_text_is_seen_now_in_whole_seconds(tmp_path: Path) -> None:
    with clock.fixed(datetime(2026, 2, 20, 9, 30, 0, 123456, tzinfo=UTC)):
        [read] = as_json(tmp_path, "منذ ساعتين", "--timezone", "Africa/Cairo")
    assert read["published"]["value"] == "2026-02-20T09:30:00+02:00"  # type: ignore[index]


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--timezone", "Mars/X", "is no IANA time zone"),
        ("--timezone", "/etc/passwd", "is no IANA time zone"),
        ("--reference", "22/1/2025", "is no ISO 8601 time"),
        ("--reference", "0001-01-01", "is not between the years"),
        ("--reference", "9999-12-31", "is not between the years"),
        ("--country", "ZZ", "is no country"),
    ],
)
def test_a_bad_option_is_named(tmp_path: Path, option: str, value: str, message: str) -> None:
    error = newsspider(tmp_path, "dates", "منذ ساعة", option, value, code=2).stderr
    assert option in error
    assert value in error
    assert message in error
