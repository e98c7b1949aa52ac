"""Protected names: clitics and nisba forms meet the name, nothing else does."""

from __future__ import annotations

import re

import babel
import pytest
from name_collisions import collisions, names_in, news_words, occurrences

from newsspider.text import fold
from newsspider.text.cldr import names_from_cldr
from newsspider.text.names import names, read_names
from newsspider.text.stem import light_stem, stem
from newsspider.text.wordlists import NAMES, listed_lines, word_list


@pytest.mark.parametrize(
    "forms",
    [
        "لبنان ولبنان بلبنان للبنانيين لبناني اللبنانية",
        "مصر المصري مصرية المصريين والمصريون بمصر لمصر فمصر للمصرية مصريا",
        "سوريا سورية السوري السوريين بسوريا وسوريا",
        "السعودية سعودي السعوديين للسعودية وبالسعودية",
        "الرياض بالرياض للرياض والرياض وللرياض",
        "العراق عراقي العراقية بالعراق والعراقيين",
        "أمريكا أميركا الأمريكية الأميركيين أمريكي",
        "فرنسا فرنسي الفرنسية بفرنسا",
        "علي على وعلي لعلي",
        "الله والله بالله لله",
    ],
)
def test_forms_of_a_name_meet(forms: str) -> None:
    assert len({stem(fold(word)) for word in forms.split()}) == 1


@pytest.mark.parametrize("word", ["رياض", "المصر", "كسول", "باكرا", "كبرى", "اللبن", "المالي", "عدنان"])
def test_what_only_looks_like_a_name_is_none(word: str) -> None:
    known = {stem(fold(form)) for form in "الرياض مصر سول أكرا بري لبنان مالي عدن".split()}
    assert stem(fold(word)) not in known


def test_lines_of_a_list() -> None:
    known = read_names([["لبنان", "~لبناني"], ["القدس"], ["لبنان", "بيروت"], ["!بلبنان"]])
    assert known.stem("لبنان") == known.stem("ولبنان") == known.stem("اللبنانيون") == "_لبنان_"
    assert known.stem("بالقدس") == "_القدس_"
    assert known.stem("قدس") is None
    assert known.stem("بلبنان") is None


def test_the_list_of_the_cldr_is_what_babel_gives() -> None:
    made_by = re.search(r"Babel (\S+);", word_list("names_cldr.txt"))
    assert made_by
    if made_by[1] != babel.__version__:
        pytest.skip(f"made with Babel {made_by[1]}, here is {babel.__version__}")
    assert [" ".join(line) for line in listed_lines("names_cldr.txt")] == names_from_cldr()


def test_no_stop_word_is_a_name() -> None:
    assert [form for file in NAMES for line in listed_lines(file) for form in line if stem(fold(form.lstrip("!~"))) is None] == []


def test_names_do_not_collide_with_other_words_of_the_news(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the one-word names of territories and cities in the CLDR that stand in real news, none has the stem of another word of it."""
    counts = news_words()
    present = names_in(counts)
    light, ours = (collisions(present, counts, rule) for rule in (light_stem, stem))
    with capsys.disabled():
        for label, found in (("light stemming", light), ("newsspider", ours)):
            print(f"\n{label}: {len(found)} of {len(present)} names collide, {occurrences(found, counts):,} occurrences", end="")
    assert len(present) > 200
    assert len(light) > 20
    assert ours == {}


def test_a_name_may_stand_with_all_its_clitics() -> None:
    assert names().stem("وبالرياض") == "_الرياض_"
    assert names().stem("وبمصر") == "_مصر_"
    assert names().stem("") is None
