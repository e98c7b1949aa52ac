"""Where in a text the words may be that are looked for: a quick look, so that few words have to be analysed.

What is looked for are letters that stand together in the folded word, as those of a stem do (`stem.roots`). Nearly every letter of a text folds to itself,
or is a common form of another one; what holds any other letter is to be analysed, whatever it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from newsspider.text.fold import fold

# The common forms of a letter in no more than two ranges, as `re` takes long to compile others. Some have a letter too many, which does no harm.
_FORMS = {"ا": "آ-ا", "ي": "ى-يی", "ه": "ةه", "ء": "ء-ئ", "ك": "كک"}
_OF_ONE_FORM = re.compile(f"[^{''.join(_FORMS)}]+")
_ENOUGH = 3  # letters together, each of one form, are so rare that those around them need no look


def places(text: str, roots: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Start and end, in order, of the pieces between spaces that may have a word whose folded form holds one of the roots."""
    end = -1
    for first, last in sorted([found.span() for finder in _finders(roots) for found in finder.finditer(text)]):
        if first > end:
            end = text.find(" ", last)
            if end < 0:
                end = len(text)
            yield text.rfind(" ", 0, first) + 1, end


@lru_cache(maxsize=1 << 10)
def _finders(roots: frozenset[str]) -> list[re.Pattern[str]]:
    fewest = (root for root in roots if not any(other in root for other in roots if other != root))
    return [_unusual(), *map(_finder, fewest)]


def _finder(root: str) -> re.Pattern[str]:
    longest = max(_OF_ONE_FORM.findall(root), key=len, default="")
    letters = longest if len(longest) >= _ENOUGH else root
    return re.compile("".join(map(_forms, letters)))


def _forms(letter: str) -> str:
    return f"[{_FORMS[letter]}]" if letter in _FORMS else re.escape(letter)


@cache
def _unusual() -> re.Pattern[str]:
    """The letters that fold to something else, unless they are common forms of it, and all beyond the BMP."""
    folded = ((letter, fold(letter)) for letter in map(chr, range(1 << 16)))
    unusual = (letter for letter, to in folded if to != letter and not (to in _FORMS and re.match(_forms(to), letter)))
    return re.compile(f"[{re.escape(''.join(unusual))}\U00010000-\U0010ffff]")
