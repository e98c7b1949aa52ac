"""The word lists that come with newsspider: data/*.txt, one entry a line, `#` begins a comment. To change one is to change the analysis."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import resources

NAMES = ("names.txt", "names_cldr.txt")
WORD_LISTS = ("stopwords.txt", *NAMES, "initials.txt", "plurals.txt")


def word_list(file: str) -> str:
    """The text of a word list."""
    return resources.files("newsspider.text").joinpath("data", file).read_text(encoding="utf-8")


def listed_lines(file: str) -> list[list[str]]:
    """The words of each line of a word list, without comments and empty lines."""
    lines = (line.partition("#")[0].split() for line in word_list(file).splitlines())
    return [words for words in lines if words]


def listed_words(file: str) -> list[str]:
    """All words of a word list."""
    return [word for words in listed_lines(file) for word in words]


def alternatives(words: Iterable[str]) -> str:
    """A pattern of exactly these words that looks at each letter of a text once (thousands of words side by side would be tried one by one)."""
    tails: dict[str, list[str]] = {}
    for word in words:
        tails.setdefault(word[:1], []).append(word[1:])
    optional = tails.pop("", None) is not None
    branches = "|".join(re.escape(letter) + (alternatives(rest) if any(rest) else "") for letter, rest in sorted(tails.items()))
    return f"(?:{branches}){'?' if optional else ''}" if optional or len(tails) > 1 else branches
