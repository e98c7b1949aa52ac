"""The word lists: data/*.txt, one entry a line, `#` begins a comment. A file of the same name in the operator's own folder takes the place of ours.

All but the synonyms, which are looked up when a search is made, are part of the analysis: an index is of the lists it was built with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path
from typing import Protocol, TypeVar

from newsspider.errors import ConfigError

NAMES = ("names.txt", "names_cldr.txt")
ANALYSED = ("stopwords.txt", *NAMES, "initials.txt", "plurals.txt")
SYNONYMS = "synonyms.txt"
EDITABLE = ("stopwords.txt", *NAMES, "plurals.txt", SYNONYMS)

_own: dict[str, str] = {}  # the texts of the operator's lists, by file name
_forgetting: list[Callable[[], None]] = []


class Cached(Protocol):
    def cache_clear(self) -> None: ...


Memo = TypeVar("Memo", bound=Cached)


def of_the_lists(memo: Memo) -> Memo:
    """A decorator over functools' caches: what was remembered is forgotten when other lists are used."""
    _forgetting.append(memo.cache_clear)
    return memo


def use_word_lists(folder: Path | None) -> None:
    """Take the word lists of a folder where it has some, for the whole process. Raises ConfigError naming what cannot be read."""
    found = _read(folder) if folder else {}
    if found != _own:
        _own.clear()
        _own.update(found)
        for forget in _forgetting:
            forget()


def _read(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise ConfigError(
            f"index.word_lists: {folder} is no folder; `newsspider index lists {folder}` makes it, with the lists that come with newsspider"
        )
    texts = {}
    for file in sorted(folder.glob("*.txt")):
        if file.name not in EDITABLE:
            raise ConfigError(f"{file}: no such word list; there are {', '.join(EDITABLE)}")
        try:
            texts[file.name] = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as e:
            raise ConfigError(f"{file}: cannot be read ({e})") from e
    return texts


def word_list(file: str) -> str:
    """The text of a word list."""
    return _own[file] if file in _own else builtin_list(file)


def builtin_list(file: str) -> str:
    return resources.files("newsspider.text").joinpath("data", file).read_text(encoding="utf-8")


def listed_lines(file: str) -> list[list[str]]:
    """The words of each line of a word list, without comments and empty lines."""
    lines = (line.partition("#")[0].split() for line in word_list(file).splitlines())
    return [words for words in lines if words]


def listed_words(file: str) -> list[str]:
    """All words of a word list."""
    return [word for words in listed_lines(file) for word in words]


def alternatives(words: Iterable[str], letters: int = 2) -> str:
    """A pattern of exactly these words, the longest that fits, which branches by their first letters: of thousands, few are tried.

    It does not branch by every letter: before each word that Java looks at, it clears a place for each group of the pattern.
    """
    if not letters:
        return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"
    tails: dict[str, list[str]] = {}
    for word in words:
        tails.setdefault(word[:1], []).append(word[1:])
    optional = tails.pop("", None) is not None
    branches = "|".join(
        re.escape(letter) + (alternatives(rest, letters - 1) if any(rest) else "") for letter, rest in sorted(tails.items())
    )
    return f"(?:{branches}){'?' if optional else ''}" if optional or len(tails) > 1 else branches
