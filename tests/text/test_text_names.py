"""Protected names: clitics and nisba forms meet the name, nothing else does."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable

import babel
import pytest
from shared_data import shared

from newsspider.text import analyse, fold
from newsspider.text.cldr import names_from_cldr
from newsspider.text.names import NISBA_ENDINGS, names, read_names
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
    counts: Counter[str] = Counter()
    with gzip.open(shared("ir", "news.docs.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            counts.update(token.exact for token in analyse(json.loads(line)["text"]))
    arabic = babel.Locale("ar")
    territories = [name for code, name in arabic.territories.items() if code.isalpha()]
    cities = [zone["city"] for zone in arabic.time_zones.values() if "city" in zone]
    present = {name for name in map(fold, territories + cities) if counts[name] and " " not in name}
    light, ours = (_collisions(present, counts, rule) for rule in (light_stem, stem))
    with capsys.disabled():
        for label, found in (("light stemming", light), ("newsspider", ours)):
            occurrences = sum(counts[word] for words in found.values() for word in words)
            print(f"\n{label}: {len(found)} of {len(present)} names collide, {occurrences:,} occurrences", end="")
    assert len(present) > 200
    assert len(light) > 20
    assert ours == {}


def _collisions(present: set[str], counts: Counter[str], rule: Callable[[str], str | None]) -> dict[str, list[str]]:
    by_stem = defaultdict(list)
    for word, count in counts.items():
        if count >= 3 and word and (stemmed := rule(word)):
            by_stem[stemmed].append(word)
    shared_with = {name: [word for word in by_stem[rule(name) or ""] if not _is_form(word, name)] for name in present}
    return {name: words for name, words in shared_with.items() if words}


def _is_form(word: str, name: str) -> bool:
    """Whether a word is the name or a nisba of it, with clitics: by letters alone, but for the nisbas that no rule gives."""
    bases = {name.removeprefix("ال"), name}
    cut = {re.sub("(?:يا|ا|ه|ي|و)$", "", base) for base in bases} | {_IRREGULAR.get(name, name)}
    nisba = f"(?:{'|'.join(map(re.escape, cut))})(?:و)?ي(?:{'|'.join(NISBA_ENDINGS)})"
    return re.fullmatch(f"[وف]?[بلك]?(?:ال|ل)?(?:{'|'.join(map(re.escape, bases))}|{nisba})", word) is not None


_IRREGULAR = {"افغانستان": "افغان", "اوزبكستان": "اوزبك", "كازاخستان": "كازاخ", "النمسا": "نمسا"}


def test_a_name_may_stand_with_all_its_clitics() -> None:
    assert names().stem("وبالرياض") == "_الرياض_"
    assert names().stem("وبمصر") == "_مصر_"
    assert names().stem("") is None
