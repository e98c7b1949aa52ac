"""Word lists of one's own in the place of those that come with newsspider, and synonyms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsspider.errors import ConfigError
from newsspider.text import analyse, analysis_id, fold, use_word_lists
from newsspider.text.stem import stem
from newsspider.text.synonyms import synonyms
from newsspider.text.wordlists import EDITABLE, builtin_list


@pytest.fixture(autouse=True)
def builtin_again() -> Iterator[None]:
    yield
    use_word_lists(None)


def test_a_list_of_ones_own_takes_the_place_of_the_builtin_one_at_once(tmp_path: Path) -> None:
    before = (analysis_id(), stem("كلمات"), stem("في"), [token.stem for token in analyse("كلمات")])
    (tmp_path / "stopwords.txt").write_text("كلمات # أي شيء\n", encoding="utf-8")
    use_word_lists(tmp_path)
    assert (stem("كلمات"), stem("في")) == (None, "في")
    assert [token.stem for token in analyse("كلمات")] == [None]
    assert analysis_id() != before[0]
    use_word_lists(None)
    assert (analysis_id(), stem("كلمات"), stem("في"), [token.stem for token in analyse("كلمات")]) == before


def test_names_of_ones_own_are_protected(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("الوطنية ~وطنيوي\n", encoding="utf-8")
    assert stem(fold("الوطنية")) != "_الوطنيه_"
    use_word_lists(tmp_path)
    assert stem(fold("بالوطنية")) == "_الوطنيه_"


def test_synonyms_are_no_part_of_the_analysis(tmp_path: Path) -> None:
    before = analysis_id()
    (tmp_path / "synonyms.txt").write_text("\ufeffقطة، هرة، سنور البر\n\n# nothing\nقطة,بس\n", encoding="utf-8")
    use_word_lists(tmp_path)
    assert analysis_id() == before
    assert [" ".join(token.exact for token in other) for other in synonyms(stem("القطط") or "")] == []
    assert [" ".join(token.exact for token in other) for other in synonyms(stem(fold("القطة")) or "")] == ["هره", "سنور البر", "بس"]
    assert [" ".join(token.exact for token in other) for other in synonyms(stem(fold("هرة")) or "")] == ["قطه", "سنور البر"]
    assert synonyms("سنور") == ()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("stopword.txt", b"", r"stopword\.txt: no such word list; there are stopwords\.txt"),
        ("names.txt", b"\xff\xfe\xff", r"names\.txt: cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        use_word_lists(tmp_path)
    with pytest.raises(ConfigError, match="index lists"):
        use_word_lists(tmp_path / "none")


def test_every_synonym_can_be_searched_for() -> None:
    """A group of one entry, or a word that analysis makes nothing of, would be a mistake in the list."""
    for line in builtin_list("synonyms.txt").splitlines():
        if entries := [entry.strip() for entry in line.partition("#")[0].split("،") if entry.strip()]:
            assert len(entries) > 1
            singles = [stem(fold(entry)) for entry in entries if " " not in entry]
            assert singles
            assert all(singles), entries
            assert all(len(synonyms(single or "")) >= 1 or len(set(singles)) == 1 for single in singles), entries


def test_the_editable_lists_come_with_newsspider() -> None:
    assert all(builtin_list(name).startswith("#") for name in EDITABLE)
