"""Synonyms: other words for a word that is searched for, from data/synonyms.txt. Looked up when a query is made, so that changing them rebuilds no index."""

from __future__ import annotations

import re
from functools import cache

from newsspider.text.analysis import Token, analyse
from newsspider.text.wordlists import SYNONYMS, of_the_lists, word_list

_COMMA = re.compile("[,،]")


@of_the_lists
@cache
def _groups() -> dict[str, tuple[tuple[Token, ...], ...]]:
    """Stems of single words to the words of each other entry of their group."""
    found: dict[str, tuple[tuple[Token, ...], ...]] = {}
    for line in word_list(SYNONYMS).splitlines():
        entries = [tuple(analyse(entry)) for entry in _COMMA.split(line.partition("#")[0])]
        for entry in entries:
            if len(entry) == 1 and entry[0].stem:
                others = (other for other in entries if other and [token.stem for token in other] != [entry[0].stem])
                found[entry[0].stem] = tuple(dict.fromkeys((*found.get(entry[0].stem, ()), *others)))
    return found


def synonyms(stem: str) -> tuple[tuple[Token, ...], ...]:
    """The synonyms of a word with this stem, each as its words."""
    return _groups().get(stem, ())
