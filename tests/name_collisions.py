"""Names whose stem other words of the news have, too: what a rule of stemming must not do."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping

import babel
from shared_data import shared

from newsspider.text import analyse, fold
from newsspider.text.names import NISBA_ENDINGS

_IRREGULAR = {"افغانستان": "افغان", "اوزبكستان": "اوزبك", "كازاخستان": "كازاخ", "النمسا": "نمسا"}


def news_words() -> Counter[str]:
    """How often each folded word stands in the news corpus."""
    counts: Counter[str] = Counter()
    with gzip.open(shared("ir", "news.docs.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            counts.update(token.exact for token in analyse(json.loads(line)["text"]))
    return counts


def names_in(counts: Mapping[str, int]) -> set[str]:
    """The one-word names of territories and cities in the CLDR that stand there."""
    arabic = babel.Locale("ar")
    territories = [name for code, name in arabic.territories.items() if code.isalpha()]
    cities = [zone["city"] for zone in arabic.time_zones.values() if "city" in zone]
    return {name for name in map(fold, territories + cities) if counts.get(name) and " " not in name}


def collisions(present: set[str], counts: Mapping[str, int], rule: Callable[[str], str | None]) -> dict[str, list[str]]:
    """Each name with the words, of three occurrences or more, that have its stem and are neither it nor a nisba of it."""
    by_stem = defaultdict(list)
    for word, count in counts.items():
        if count >= 3 and word and (stemmed := rule(word)):
            by_stem[stemmed].append(word)
    shared_with = {name: [word for word in by_stem[rule(name) or ""] if not _is_form(word, name)] for name in present}
    return {name: words for name, words in shared_with.items() if words}


def occurrences(found: Mapping[str, list[str]], counts: Mapping[str, int]) -> int:
    return sum(counts[word] for words in found.values() for word in words)


def _is_form(word: str, name: str) -> bool:
    """Whether a word is the name or a nisba of it, with clitics: by letters alone, but for the nisbas that no rule gives."""
    bases = {name.removeprefix("ال"), name}
    cut = {re.sub("(?:يا|ا|ه|ي|و)$", "", base) for base in bases} | {_IRREGULAR.get(name, name)}
    nisba = f"(?:{'|'.join(map(re.escape, cut))})(?:و)?ي(?:{'|'.join(NISBA_ENDINGS)})"
    return re.fullmatch(f"[وف]?[بلك]?(?:ال|ل)?(?:{'|'.join(map(re.escape, bases))}|{nisba})", word) is not None
