"""Dates: cuts a folded text into tokens and writes them as a string of one-letter classes, on which the grammar's rules match.

Besides the classes of words (lexicon.py) there are: n a number of one or two digits, Y four digits that can be a year (1300 to 1500, 1900 to
2100), x any other number, and each sign as itself; signs without meaning here are |.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from newsspider.dates.lexicon import Lexicon, lexicon

MAX_TOKENS = 120

_TOKEN = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]\.){1,3}[^\W\d_](?![^\W\d_])\.?|ـ+(?![^\W\d_ـ])|ـ+|\d+|[^\W\d_]+|\S")
_SIGNS = frozenset("/-.,:|()+'")
_GLUED = re.compile(r"(?:19|20|14)\d\d(?=\d\d?$)")
_PREFIXES = "وفبل"
_TENS = (20, 30, 40, 50)


@dataclass(slots=True)
class Tokens:
    """`classes[i]` is the class of token i, `values[i]` what it means; it spans `starts[i]` to `ends[i]` of the folded text."""

    classes: str
    values: list[Any]
    words: list[str]
    starts: list[int]
    ends: list[int]

    def tight(self, left: int) -> bool:
        """Whether no space stands between this token and the next."""
        return left + 1 < len(self.starts) and self.ends[left] == self.starts[left + 1]


def cut(folded: str) -> Tokens:
    """The tokens of a folded text, at most MAX_TOKENS."""
    words, starts, ends = _words(folded)
    known = lexicon()
    classes: list[str] = []
    out = Tokens("", [], [], [], [])
    i, count = 0, len(words)
    while i < count:
        word = words[i]
        used = 1
        first = word[0]
        if first.isdigit():
            code, value = _number(word)
        elif not first.isalpha():
            code, value = (first if first in _SIGNS else "|"), None
        else:
            used, code, value, joined = _lookup(known, words, i)
            if joined:
                classes.append("&")
                _append(out, None, "و", starts[i], starts[i] + 1)
        merged = _merge_number(known, classes, out, word, code, value, ends[i]) if code == "O" or value == 10 else False
        if not merged:
            classes.append(code)
            _append(out, value, word, starts[i], ends[i + used - 1])
        i += used
    out.classes = "".join(classes)
    return _merge_months(out) if out.classes.count("M") + out.classes.count("H") > 1 else out


def _append(out: Tokens, value: Any, word: str, start: int, end: int) -> None:
    out.values.append(value)
    out.words.append(word)
    out.starts.append(start)
    out.ends.append(end)


def _words(folded: str) -> tuple[list[str], list[int], list[int]]:
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _TOKEN.finditer(folded):
        word, start, end = match.group(), match.start(), match.end()
        if word[0] == "ـ":
            word = word.lstrip("ـ") or "-"
        elif word[0].isdigit():
            cut_at = _unglue(word, words, folded, end)
            if cut_at:
                words.append(word[:cut_at])
                starts.append(start)
                ends.append(start + cut_at)
                word, start = word[cut_at:], start + cut_at
        elif "ـ" in word:
            word = word.replace("ـ", "")
        elif "." in word and len(word) > 1:
            word = word.replace(".", "")
        words.append(word)
        starts.append(start)
        ends.append(end)
        if len(words) >= MAX_TOKENS:
            break
    return words, starts, ends


def _unglue(digits: str, before: list[str], folded: str, end: int) -> int:
    """Where to part a year from the hour, or minutes from the day, that a page printed without a space; 0 for nowhere."""
    if len(digits) in (5, 6) and folded[end : end + 1] == ":":
        found = _GLUED.match(digits)
        return found.end() if found else 0
    if (
        len(digits) in (3, 4)
        and before[-1:] == [":"]
        and len(before) > 1
        and len(before[-2]) < 3
        and before[-2].isdigit()
        and digits[:2] < "60"
    ):
        return 2
    return 0


def _number(word: str) -> tuple[str, int]:
    size = len(word)
    value = int(word) if size < 10 else -1
    if size <= 2:
        return "n", value
    if size == 4 and (1900 <= value <= 2100 or 1300 <= value <= 1500):
        return "Y", value
    return "x", value


def _lookup(known: Lexicon, words: list[str], i: int) -> tuple[int, str, Any, bool]:
    """How many words the phrase takes, its class and value, and whether a joined و stands before it."""
    entries = known.phrases.get(words[i])
    joined = False
    if entries is None:
        rest, joined = _without_prefix(known, words[i])
        if rest is None:
            return 1, "X", None, False
        entries = known.phrases[rest]
    for tail, code, value in entries:
        size = len(tail)
        if not size or tuple(words[i + 1 : i + 1 + size]) == tail:
            return 1 + size, code, value, joined
    return 1, "X", None, False


def _without_prefix(known: Lexicon, word: str) -> tuple[str | None, bool]:
    """The known word behind a joined و, ف, ب or ل (longer than two letters), and whether it was و."""
    if len(word) > 3 and word[0] in _PREFIXES:
        rest = "ا" + word[1:] if word[:2] == "لل" else word[1:]
        if rest in known.phrases:
            return rest, word[0] == "و"
    return None, False


def _merge_number(known: Lexicon, classes: list[str], out: Tokens, word: str, code: str, value: Any, end: int) -> bool:
    """Joins "fifteen" and "twenty-five" in words: a unit and عشر, or a unit, و and a ten."""
    back = 2 if classes and classes[-1] == "&" else 1
    if len(classes) < back or classes[-back] not in "OWU":
        return False
    unit = out.values[-back] if classes[-back] == "O" else known.numbers.get(out.words[-back])
    if unit is None or not 0 < unit < 10:
        return False
    if (back == 2 and value in _TENS) or (back == 1 and value == 10):
        for _ in range(back - 1):
            classes.pop()
            for column in (out.values, out.words, out.starts, out.ends):
                column.pop()
        classes[-1], out.values[-1], out.ends[-1] = "O", unit + value, end
        return True
    return False


_MONTH_PAIR = re.compile(r"([MH])(?:[/\-,|]|[/,]?\(|&)?\1(?:(?<=\(.)\))?")


def _merge_months(out: Tokens) -> Tokens:
    """Makes one token of a month said twice: "كانون الثاني/يناير", "مارس (آذار)"."""
    keep: list[tuple[int, int]] = []
    done = 0
    for match in _MONTH_PAIR.finditer(out.classes):
        first = match.start()
        second = match.end() - (2 if match.group()[-1] == ")" else 1)
        if out.values[first] == out.values[second]:
            keep += [(i, i) for i in range(done, first)]
            keep.append((first, match.end() - 1))
            done = match.end()
    keep += [(i, i) for i in range(done, len(out.classes))]
    return Tokens(
        "".join(out.classes[i] for i, _ in keep),
        [out.values[i] for i, _ in keep],
        [out.words[i] for i, _ in keep],
        [out.starts[i] for i, _ in keep],
        [out.ends[j] for _, j in keep],
    )
