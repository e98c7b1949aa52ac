"""Protected names: words that stemming would ruin (لبنان is not milk, الرياض not sports).

The lists are data: `data/names.txt`, written by hand, and `data/names_cldr.txt`, made by `python -m newsspider.text.cldr`. A line holds one
name, first as it is shown, then its other spellings; `~` marks an adjective of origin (nisba), which also stands with the article and the
endings of gender and number; `!` marks a word that only looks like a name with a clitic; `#` begins a comment.

A name, with clitics or as a nisba, has the stem `_name_`. No stemming rule touches a word between underscores, so nothing else can
have that stem.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from newsspider.text.fold import fold
from newsspider.text.wordlists import NAMES, listed_lines

CONJUNCTIONS = ("", "و", "ف")
PREPOSITIONS = "بلك"
ARTICLES = ("ال", "بال", "كال", "لل")
_CLITIC_LETTERS = "وفبلكا"
NISBA_ENDINGS = ("", "ه", "ات", "ون", "ين", "ان", "تين", "تان", "ا", "و")  # after the ي of the nisba


@dataclass(frozen=True, slots=True)
class Names:
    """Folded forms to stems: `bare` as they stand (لبنان, مصريه), `articled` without the article they always or also take (رياض, مصريه)."""

    bare: dict[str, str]
    articled: dict[str, str]
    never: frozenset[str]

    def stem(self, word: str) -> str | None:
        """The stem of a folded word that is a name with or without clitics, else None. The fewest letters that can be stripped are."""
        if word in self.never:
            return None
        if word[:1] not in _CLITIC_LETTERS:
            return self.bare.get(word)
        for conjunction in CONJUNCTIONS:
            if not word.startswith(conjunction):
                continue
            rest = word[len(conjunction) :]
            if found := self.bare.get(rest) or self._after_article(rest):
                return found
            if rest[:1] in PREPOSITIONS and (found := self.bare.get(rest[1:])):
                return found
        return None

    def _after_article(self, word: str) -> str | None:
        for article in ARTICLES:
            if word.startswith(article) and (found := self.articled.get(word[len(article) :])):
                return found
        return None


def read_names(lines: Iterable[list[str]]) -> Names:
    """Names from lines of forms as the module's text describes them; of a form given twice the first line holds."""
    bare: dict[str, str] = {}
    articled: dict[str, str] = {}
    never = set()
    for forms in lines:
        stem = f"_{fold(forms[0])}_"
        for form in forms:
            word = fold(form.lstrip("!~"))
            if form.startswith("!"):
                never.add(word)
            elif form.startswith("~"):
                for ending in NISBA_ENDINGS:
                    bare.setdefault(word + ending, stem)
                    articled.setdefault(word + ending, stem)
            elif word.startswith("ال"):
                articled.setdefault(word[2:], stem)
            else:
                bare.setdefault(word, stem)
    return Names(bare, articled, frozenset(never))


@cache
def names() -> Names:
    """The protected names that come with newsspider."""
    return read_names(line for file in NAMES for line in listed_lines(file))
