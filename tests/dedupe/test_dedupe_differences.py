from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import story, text

from newsspider.dedupe import Kind, differences, percent_changed

OLD = "قال الوزير، أمس، إن 5 مدارس ستفتح.\n\nولم يذكر الموعد."


def shown(old: str, new: str) -> str:
    marks = {Kind.SAME: "{}", Kind.REMOVED: "[-{}-]", Kind.ADDED: "[+{}+]"}
    return "".join(marks[kind].format(text) for kind, text in differences(old, new))


@pytest.mark.parametrize(
    ("new", "what"),
    [
        (OLD, OLD),
        (OLD.replace("5", "7"), "قال الوزير، أمس، إن [-5 -][+7 +]مدارس ستفتح.\n\nولم يذكر الموعد."),
        (OLD.replace(" أمس،", ""), "قال الوزير، [-أمس، -]إن 5 مدارس ستفتح.\n\nولم يذكر الموعد."),
        (OLD + "\n\nانتهى.", "قال الوزير، أمس، إن 5 مدارس ستفتح.\n\nولم يذكر الموعد.\n\n[+انتهى.+]"),
        (OLD.replace(" ", "  "), OLD.replace(" ", "  ")),
        ("", f"[-{OLD}-]"),
        (OLD.replace("الوزير، أمس", "النائب، اليوم"), "قال [-الوزير، أمس-][+النائب، اليوم+]، إن 5 مدارس ستفتح.\n\nولم يذكر الموعد."),
    ],
)
def test_differences_are_told_word_by_word(new: str, what: str) -> None:
    assert shown(OLD, new) == what


vocabulary = st.lists(st.sampled_from("قال الوزير إن في من على مدارس ، . 5 7 \n\n ستفتح".split(" ")), max_size=40).map(" ".join)


@given(st.one_of(vocabulary, st.text()), st.one_of(vocabulary, st.text()))
def test_the_stretches_make_up_both_texts(old: str, new: str) -> None:
    stretches = differences(old, new)
    assert "".join(text for kind, text in stretches if kind is not Kind.REMOVED) == new
    without_space = lambda text: "".join(text.split())  # noqa: E731
    assert without_space("".join(text for kind, text in stretches if kind is not Kind.ADDED)) == without_space(old)
    assert all(text for _, text in stretches)
    assert all(one.kind is not other.kind for one, other in pairwise(stretches))
    if old == new:
        assert percent_changed(old, new) == 0
    assert 0 <= percent_changed(old, new) <= 100


@given(vocabulary)
def test_equal_texts_do_not_differ(text: str) -> None:
    assert [kind for kind, _ in differences(text, text)] in ([], [Kind.SAME])


def test_per_cent_changed() -> None:
    assert percent_changed(text(story(1)), text(story(1)) + "\n\nعدد المشاهدات: 7") == 0
    assert percent_changed(text(story(1)), text(story(2))) == 100
    assert percent_changed(text(story(1)), text(story(1, 60))) == pytest.approx(100 / 3)
    assert percent_changed("", "") == 0


@pytest.mark.parametrize("unlike", [story(2, 60_000), ["نفسها"] * 60_000, ["من", "في"] * 30_000])
def test_long_texts_are_compared_in_reasonable_time(unlike: list[str]) -> None:
    """Quadratic work would take hours here; the test's own time limit is minutes."""
    long = story(1, 60_000)
    assert differences(" ".join(long), " ".join([*long[:30_000], "زيادة", *long[30_000:]]))[1] == (Kind.ADDED, "زيادة ")
    assert [kind for kind, _ in differences(" ".join(long), " ".join(unlike))][:2] == [Kind.REMOVED, Kind.ADDED]
    assert differences(" ".join(unlike), " ".join([*unlike[:-1], "آخر"]))[-1].kind is Kind.ADDED
