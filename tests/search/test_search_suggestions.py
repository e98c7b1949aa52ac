"""What was typed, corrected: sources that are called by their titles."""

from __future__ import annotations

import pytest

from newsspider.search.suggestions import by_source_name

TITLES = {"farm": "مجلة الحقل", "mill": "جريدة الطاحونة"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("مصدر:الحقل قمح", "مصدر:farm قمح"),
        ("قمح -المصدر:«جريدة الطاحونة» source:مجلة", "قمح -المصدر:mill source:farm"),
        ("مصدر:مجلة الحقل قمح", "مصدر:farm قمح"),
        ("مصدر:جريدة الحقل", "مصدر:mill الحقل"),
        ("مصدر:(الطاحونة أو farm)", None),  # one value after its field
        ("مصدر:farm", None),
        ("مصدر:«البيدر»", None),
        ("عنوان:الحقل", None),
        ("مصدر: الحقل", None),
        ("مصدر:/", None),
    ],
)
def test_a_source_is_called_by_its_title(text: str, meant: str | None) -> None:
    assert by_source_name(text, TITLES) == meant
