"""Dates: cuts a folded text into tokens and writes them as a string of one-letter classes, on which the grammar's rules match.

Besides the classes of words (lexicon.py) there are: n a number of one or two digits, Y four digits that can be a year (1300 to 1500, 1900 to
2100), x any other number, and each sign as itself; signs without meaning here are |.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from newsspider.dates.lexicon import Lexicon, lexicon

MAX_TOKENS = 120

# Words; numbers, among them a year glued to an hour ("202514:35") or a day and minutes glued to the day; abbreviations with dots; signs.
_TOKEN = re.compile(
    r"[a-z\x80-\U0010ffff]{2,}|[0-9]{1,2}(?![0-9])|(?:19|20|14)[0-9]{2}(?=[0-9]{1,2}:[0-9])"
    r"|(?<=[0-9][./\-])(?:19|20)[0-9]{2}(?=[0-9]{1,2}(?![0-9]))|(?<=[0-9]:)[0-5][0-9](?=[0-9]{1,2}(?![0-9]))|[0-9]+"
    r"|[a-z\x80-\U0010ffff](?:\.[a-z\x80-\U0010ffff]){1,3}(?![a-z\x80-\U0010ffff])|\S"
)
_PREFIXES = "وفبل"
_TENS = (20, 30, 40, 50)


@dataclass(slots=True)
class Tokens:
    """`classes[i]` is the class of token i, `values[i]` what it means; it begins with `words[firsts[i]]` and reaches to the next token."""

    classes: str
    values: list[Any]
    words: list[str]
    firsts: Sequence[int]
    folded: str
    _spots: list[tuple[int, int]] | None = None

    def word(self, i: int) -> str:
        """The first word of token i."""
        return self.words[self.firsts[i]]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where tokens `start` to `end` (after the last) stand in the folded text."""
        if self._spots is None:  # looked up when asked for: few ask
            self._spots = [match.span() for match in _TOKEN.finditer(self.folded)]
        after = self.firsts[end] if end < len(self.firsts) else len(self.words)
        return self._spots[self.firsts[start]][0], self._spots[max(after - 1, self.firsts[end - 1])][1]

    def tight(self, i: int) -> bool:
        """Whether no space stands between token i and the next."""
        return i + 1 < len(self.classes) and self.span(i, i + 1)[1] == self.span(i + 1, i + 2)[0]


def cut(folded: str) -> Tokens:
    """The tokens of a folded text, at most MAX_TOKENS."""
    words = _TOKEN.findall(folded)[:MAX_TOKENS]
    if "ـ" in folded:  # tatweel stretches words; between numbers it is a dash
        words = [word.replace("ـ", "") or "-" for word in words]
    known = lexicon()
    codes = [known.codes.get(word, "?") for word in words]
    if "?" in codes or "O" in codes:
        return _tidied(_with_phrases(known, codes, words, folded))
    values = [known.values[word] for word in words]  # the most frequent case: every word means something by itself
    return _tidied(Tokens("".join(codes), values, words, range(len(words)), folded))


def _with_phrases(known: Lexicon, codes: list[str], words: list[str], folded: str) -> Tokens:
    """With phrases of several words, numbers in words and unknown words made tokens."""
    classes: list[str] = []
    values: list[Any] = []
    firsts: list[int] = []
    done = 0
    for i, code in enumerate(codes):
        if i < done:
            continue
        done = i + 1
        if code != "?":
            value = known.values[words[i]]
        else:
            used, code, value, joined = _look_up(known, words, i)  # noqa: PLW2901 - the word's class is found here
            done = i + used
            if joined:
                classes.append("&")
                values.append(None)
                firsts.append(i)
        if code == "O" and classes and (unit := _unit_before(known, classes, values, words, firsts, value)):
            if classes[-1] == "&":
                for column in (classes, values, firsts):
                    column.pop()
            classes[-1], values[-1] = "O" if unit < 100 else "Y", unit + value
            continue
        classes.append(code)
        values.append(value)
        firsts.append(i)
    return Tokens("".join(classes), values, words, firsts, folded)


def _look_up(known: Lexicon, words: list[str], i: int) -> tuple[int, str, Any, bool]:
    """How many words the phrase takes, its class and value, and whether a joined و stands before it."""
    word = words[i]
    if word[0] in "0123456789":
        return 1, "x", int(word) if len(word) < 10 else -1, False
    if "." in word:
        word = word.replace(".", "")
        if code := known.codes.get(word):
            return 1, code, known.values[word], False
    elif not word[0].isalpha():
        return 1, "|", None, False
    joined = False
    entries = known.phrases.get(word)
    if entries is None and len(word) > 3 and word[0] in _PREFIXES:
        entries = known.phrases.get("ا" + word[1:] if word[:2] == "لل" else word[1:])
        joined = word[0] == "و" and entries is not None
    for tail, code, value in entries or ():
        size = len(tail)
        if not size or tuple(words[i + 1 : i + 1 + size]) == tail:
            return 1 + size, code, value, joined
        if words[i + 1 : i + 2] == ["-"] and tuple(words[i + 2 : i + 2 + size]) == tail and not tail[0].isdigit():  # كانون-الثاني
            return 2 + size, code, value, joined
    return 1, "X", None, False


def _unit_before(known: Lexicon, classes: list[str], values: list[Any], words: list[str], firsts: list[int], value: int) -> int:
    """What this number word is added to: 5 for the tens of خمسة عشر and خمسة وعشرون, 2000 for what follows ألفين; 0 for nothing."""
    at = -2 if classes[-1] == "&" else -1
    if len(classes) < -at or classes[at] not in "OWY":
        return 0
    unit: int = known.numbers.get(words[firsts[at]], 0) if classes[at] == "W" else values[at]
    if classes[at] == "Y":
        spelled = words[firsts[at]] in known.numbers
        return unit if spelled and (unit % 100 == 0 if value not in (10, *_TENS) else unit % 100 < 10) else 0
    return unit if unit < 10 and (value == 10 if at == -1 else value in _TENS) else 0


def _tidied(out: Tokens) -> Tokens:
    """With one token for a month said twice, and colons after counts made signs."""
    classes = out.classes
    if "m" in classes or classes.count("M") + classes.count("H") > 1:
        out = _merge_months(out)
    if ":" in classes and _LABEL_COLON.search(out.classes):
        _part_labels(out)
    return out


_MONTH_PAIR = re.compile(r"(?:\((?=.\)))?([MHm])(?:[/\-,|)]|[/,]?\(|&)?([MHm])(?:(?<=\(.)\))?")


def _merge_months(out: Tokens) -> Tokens:
    """Makes one token of a month said twice: "كانون الثاني/يناير", "مارس (آذار)"."""
    keep: list[int] = []
    merged: dict[int, str] = {}
    done = 0
    for match in _MONTH_PAIR.finditer(out.classes):
        month, other = match.start(1), match.start(2)
        if out.values[month] == out.values[other] and (match[1] == match[2] or match[1] + match[2] in ("Mm", "mM")):
            keep += range(done, match.start() + 1)
            out.values[match.start()] = out.values[month]
            merged[match.start()] = min(match[1], match[2])
            done = match.end()
    keep += range(done, len(out.classes))
    classes = "".join([merged.get(i, out.classes[i]) for i in keep])
    return Tokens(classes, [out.values[i] for i in keep], out.words, [out.firsts[i] for i in keep], out.folded)


_LABEL_COLON = re.compile(r"(?<=n):(?=n[/.\-]?(?:[MH]|n[/.\-]Y))")


def _part_labels(out: Tokens) -> None:
    """Makes a mere sign of the colon in "issue 12: 22 January 2025", which is no time of day."""
    for match in _LABEL_COLON.finditer(out.classes):
        at = match.start()
        if out.tight(at - 1) and not out.tight(at):
            out.classes = out.classes[:at] + "|" + out.classes[at + 1 :]
