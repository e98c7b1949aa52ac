from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsspider.dedupe import content_hash

TITLE = "الحكومة تقر موازنة 2024"
BODY = "أقرّت الحكومة، اليوم الأحد، موازنة العام 2024 البالغة 1,500 مليار ليرة.\n\nوقال الوزير إن المدرسة الأولى ستُفتتح في 15 آذار."


@pytest.mark.parametrize(
    "body",
    [
        BODY.replace(" ", "  ").replace("\n\n", "\n \n\n"),
        BODY.replace("،", ",").replace(".", "!"),
        BODY.replace("2024", "٢٠٢٤").replace("1,500", "١٬٥٠٠").replace("15", "١٥"),
        BODY.replace("1,500", "1500"),
        BODY.replace("أقرّت", "اقرت").replace("إن", "ان").replace("الأولى", "الاولي"),
        BODY.replace("المدرسة", "المدرســـة"),
        BODY.replace("آذار", "اذار\u200f"),
        BODY + "\n\nعدد المشاهدات: 1٬204",
        BODY + "\n\n3 دقائق قراءة",
        BODY + "\n\nآخر تحديث: 3 آذار 2024 - 10:05",
        BODY + "\n\nاقرأ أيضاً: الوزير يستقيل",
        "إقرأ أيضا الوزير يستقيل\n" + BODY,
    ],
)
def test_trivial_changes_keep_the_hash(body: str) -> None:
    assert content_hash(TITLE, body) == content_hash(TITLE, BODY)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        (TITLE, BODY.replace("15 آذار", "16 آذار")),
        (TITLE, BODY.replace("1,500", "1,600")),
        (TITLE, BODY.replace("ستُفتتح", "لن تُفتتح")),
        (TITLE, BODY + "\n\nورحب النواب بالقرار."),
        (TITLE, BODY.replace("الأولى", "أولى")),
        (TITLE.replace("2024", "2025"), BODY),
        (f"{TITLE} أقرت", BODY.replace("أقرّت", "", 1)),
    ],
)
def test_changes_of_meaning_change_the_hash(title: str, body: str) -> None:
    assert content_hash(title, body) != content_hash(TITLE, BODY)


def test_texts_without_words_are_told_apart() -> None:
    assert content_hash("؟", "!!!") != content_hash("؟", "...")
    assert content_hash("", "عدد المشاهدات: 5") != content_hash("", "عدد المشاهدات: 6")  # nothing else is there to go by


@given(st.text(), st.text())
def test_any_text_has_a_fingerprint(title: str, body: str) -> None:
    assert len(content_hash(title, body)) == 32
