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
from newsspider.text.wordlists import NAMES, listed_lines, of_the_lists

CONJUNCTIONS = ("", "و", "ف")
PREPOSITIONS = "بلك"
ARTICLES = ("ال", "بال", "كال", "لل")
_FIRST_LETTERS = "ابلك"  # of articles and prepositions
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
        if found := self._without_conjunction(word):
            return found
        return self._without_conjunction(word[1:]) if word[:1] in CONJUNCTIONS else None

    def _without_conjunction(self, word: str) -> str | None:
        found = self.bare.get(word)
        if found or word[:1] not in _FIRST_LETTERS:
            return found
        for article in ARTICLES:
            if word.startswith(article) and (found := self.articled.get(word[len(article) :])):
                return found
        return self.bare.get(word[1:]) if word[:1] in PREPOSITIONS else None


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


@of_the_lists
@cache
def names() -> Names:
    """The protected names that come with newsspider."""
    return read_names(line for file in NAMES for line in listed_lines(file))
