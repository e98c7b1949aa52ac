"""What is written of results is what their view says."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import example, given
from hypothesis import strategies as st

from newsspider.items import Precision
from newsspider.search import Hit, Notice, Results
from newsspider.text.highlight import Segment
from newsspider.text.printable import printable
from newsspider.web.views import ResultsView, results_json

TEXTS = st.text() | st.text('ابت a\n\r\f\b\t"\\\u200c\u202e\u2028\x00\x7f\x85\ud800\U000e0041')


def results(text: str) -> Results:
    segments = (Segment(text, False), Segment("القمح", True))
    seen = datetime(2026, 4, 30, 12, 30, 1, 5, UTC)
    dated = {"published_at": datetime(2026, 4, 30, tzinfo=timezone(timedelta(hours=3))), "published_day": date(2026, 4, 30)}
    plain = Hit("1", "https://farm.example/1", "farm", segments, segments, 1.5, "1", seen)
    full = Hit(
        text,
        text,
        text,
        segments,
        segments,
        0.0,
        text,
        seen,
        **dated,
        precision=Precision.DAY,
        section=text,
        tags=(text, "ب"),
        family_size=3,
    )
    return Results(2, (plain, full), took=0.25, notice=Notice.ANY_WORD, cursor="next", folded=True, did_you_mean=text)


@given(TEXTS)
@example("خبر «عن» القمح")
@example("a\\u0062")
@example("\ud83d\ude00")
def test_results_are_written_as_their_view_has_them(text: str) -> None:
    found = results(text)
    written = json.loads(results_json(found))
    assert written == ResultsView.model_validate(found).model_dump(mode="json")
    assert written["did_you_mean"] == printable(text)
