"""What is marked in a title and a snippet."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newsspider.text.highlight import LENGTH, Marks, Segment, highlight, snippet

EGYPT = Marks(stems=frozenset({"_مصر_"}))


def joined(segments: tuple[Segment, ...]) -> str:
    return "".join(segment.text for segment in segments)


def marked(segments: tuple[Segment, ...]) -> list[str]:
    return [segment.text for segment in segments if segment.marked]


def test_every_form_is_marked_as_it_is_written() -> None:
    text = "زار المصريُّون مِصر، وبمصر"
    assert marked(highlight(text, EGYPT)) == ["المصريُّون", "مِصر", "وبمصر"]
    assert joined(highlight(text, EGYPT)) == text


def test_phrases_are_marked_as_one() -> None:
    phrase = Marks(phrases=(("مجلس", "الامن"),), stems=frozenset({"مجلس"}))
    assert marked(highlight("مجلس الأمن ثم مجلس النواب", phrase)) == ["مجلس الأمن", "مجلس"]
    assert marked(highlight("الأمن مجلس", Marks(phrases=(("مجلس", "الامن"),)))) == []


def test_exact_words_are_marked_where_only_they_are_asked_for() -> None:
    assert marked(highlight("في بيت وفي دار", Marks(exact=frozenset({"في"})))) == ["في"]


def test_nothing_to_mark() -> None:
    assert highlight("نص", Marks()) == (Segment("نص", False),)
    assert highlight("", EGYPT) == ()
    assert snippet("", EGYPT) == ()


def test_a_snippet_holds_as_many_different_matches_as_it_can() -> None:
    filler = "كلام كثير لا معنى له " * 30
    text = f"مصر {filler} مصر وغزة {filler} غزة"
    found = snippet(text, Marks(stems=frozenset({"_مصر_", "_غزه_"})))
    assert marked(found) == ["مصر", "وغزة"]
    assert joined(found).startswith("… ")
    assert joined(found).endswith(" …")


def test_a_snippet_begins_and_ends_with_whole_words_and_is_one_line() -> None:
    text = "كلمة " * 100 + "\n\nمصر\n\n" + "كلمة " * 100
    found = joined(snippet(text, EGYPT))
    assert set(found.split()) == {"…", "كلمة", "مصر"}
    assert "\n" not in found
    assert "  " not in found


def test_a_text_without_a_match_shows_its_beginning() -> None:
    text = "أول " + "كلمة " * 100
    assert joined(snippet(text, EGYPT)).startswith("أول كلمة")


@given(st.text(st.sampled_from("مصر غزة.\n،ab 1\u064e"), max_size=600), st.integers(1, 300))
def test_any_text_gives_a_snippet_of_it(text: str, length: int) -> None:
    found = snippet(text, Marks(stems=frozenset({"_مصر_", "_غزه_"}), phrases=(("مصر", "غزه"),)), length)
    assert all(segment.text for segment in found)
    body = joined(found).removeprefix("… ").removesuffix(" …")
    assert len(body) <= max(length, 1) + len(max(text.split(), key=len, default=""))
    assert "".join(body.split()) in "".join(text.split())
    assert LENGTH > 0


@given(st.lists(st.sampled_from(["مصر", "وغزة", "كلمة", "طويلة", "ثم"]), max_size=250))
def test_where_a_snippet_stops_reading_makes_no_difference(words: list[str]) -> None:
    both = Marks(stems=frozenset({"_مصر_", "_غزه_"}))
    never_found = Marks(stems=both.stems | {"لا توجد"})  # so that the whole text is read
    assert snippet(" ".join(words), both) == snippet(" ".join(words), never_found)


def test_hostile_text_stays_text() -> None:
    text = "<script>مصر</script>"
    assert joined(highlight(text, EGYPT)) == text
    assert marked(highlight(text, EGYPT)) == ["مصر"]
