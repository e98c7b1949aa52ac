"""Dates: cuts a folded text into tokens and writes them as a string of one-letter classes, on which the grammar's rules match.

Besides the classes of words (lexicon.py) there are: n a number of one or two digits, Y four digits that can be a year (1300 to 1500, 1900 to
2100), x any other number, and each sign as itself; signs without meaning here are |.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from newsspider.dates.lexicon import Lexicon, lexicon

MAX_TOKENS = 120

# Words; numbers, among them a year glued to an hour ("202514:35") or, after the month, to the next date ("Jan 202614 Jan"), and a day and
# minutes glued to the day; abbreviations with dots; signs.
_TOKEN = re.compile(
    r"[a-z\x80-\U0010ffff]{2,}|(?=[0-9])(?:[0-9]{1,2}(?![0-9])|(?:19|20|14)[0-9]{2}(?=[0-9]{1,2}:[0-9])"
    r"|(?<=[a-z\x80-\U0010ffff] )20[0-9]{2}(?=[0-9]{1,2} [a-z\x80-\U0010ffff])"
    r"|(?<=[0-9][./\-])(?:19|20)[0-9]{2}(?=[0-9]{1,2}(?![0-9]))|(?<=[0-9]:)[0-5][0-9](?=[0-9]{1,2}(?![0-9]))|[0-9]+)"
    r"|[a-z\x80-\U0010ffff](?:\.[a-z\x80-\U0010ffff]){1,3}(?![a-z\x80-\U0010ffff])|\S"
)
_UNKNOWN = repeat("?")
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
    words: list[str] = _TOKEN.findall(folded)
    del words[MAX_TOKENS:]
    if "ـ" in folded:  # tatweel stretches words; between numbers it is a dash
        words = [word.replace("ـ", "") or "-" for word in words]
    known = lexicon()
    classes = "".join(map(known.codes.get, words, _UNKNOWN))
    out = Tokens(classes, list(map(known.values.get, words)), words, range(len(words)), folded)
    if "?" in classes:
        _find_phrases(known, out)
    if "O" in out.classes and _NUMBERS.search(out.classes):
        _add_numbers(known, out)
    if "m" in out.classes or out.classes.count("M") > 1 or out.classes.count("H") > 1:
        _merge_months(out)
    if ":" in out.classes and _LABEL_COLON.search(out.classes):
        _part_labels(out)
    return out


def _find_phrases(known: Lexicon, out: Tokens) -> None:
    """Classes and values of what is "?" so far: words that may begin a phrase, words with a joined و, and unknown ones."""
    codes, values, words = out.classes, out.values, out.words
    letters = list(codes)
    at, moved = codes.find("?"), False
    while at >= 0:
        used, letters[at], values[at] = _look_up(known, words, at)
        if used > 1:
            letters[at + 1 : at + used] = [""] * (used - 1)
        moved = moved or used > 1 or len(letters[at]) > 1
        at = codes.find("?", at + used)
    out.classes = "".join(letters)
    if moved:  # a token may be of several words, and a word of two tokens: و and what it joins
        out.firsts = [i for i, letter in enumerate(letters) for _ in letter]
        out.values = [None if code == "&" else values[i] for i, code in zip(out.firsts, out.classes, strict=True)]


def _look_up(known: Lexicon, words: list[str], i: int) -> tuple[int, str, Any]:
    """How many words the phrase that begins with this one takes, its class (with & before it for a joined و) and its value."""
    word = words[i]
    ways, joined = known.ways.get(word), ""
    if ways is None:
        if word[0] in "0123456789":
            return 1, "x", int(word) if len(word) < 10 else -1
        if "." in word:
            word = word.replace(".", "")
            if code := known.codes.get(word):
                return 1, code, known.values[word]
            ways = known.ways.get(word)
        elif not word[0].isalpha():
            return 1, "|", None
        if ways is None and word[0] in _PREFIXES and (len(word) > 3 or (word[0] == "و" and word[1:] in known.numbers)):
            ways = known.ways.get("ا" + word[1:] if word[:2] == "لل" else word[1:])
            joined = "&" if word[0] == "و" else ""
        if ways is None:
            return 1, "X", None
    following = words[i + 1] if i + 1 < len(words) else ""
    for tail, code, value in ways.get(following, ()):
        if tuple(words[i + 1 : i + 1 + len(tail)]) == tail:
            return 1 + len(tail), joined + code, value
    if following == "-" and i + 2 < len(words):  # كانون-الثاني
        for tail, code, value in ways.get(words[i + 2], ()):
            if tuple(words[i + 2 : i + 2 + len(tail)]) == tail and not tail[0].isdigit():
                return 2 + len(tail), joined + code, value
    for _, code, value in ways.get("", ()):
        return 1, joined + code, value
    return 1, "X", None


_NUMBERS = re.compile("[OWY]&?O")


def _add_numbers(known: Lexicon, out: Tokens) -> None:
    """Makes one token of the words of a number: خمسة عشر, الخامس والعشرين, ألفين وخمسة وعشرين."""
    at = 0
    while match := _NUMBERS.search(out.classes, at):
        at, last = match.start(), match.end() - 1
        if unit := _unit_before(known, out, at, last):
            value = unit + out.values[last]
            out.classes = f"{out.classes[:at]}{'O' if unit < 100 else 'Y'}{out.classes[last + 1 :]}"
            out.values = [*out.values[:at], value, *out.values[last + 1 :]]
            out.firsts = [*out.firsts[: at + 1], *out.firsts[last + 1 :]]
        else:
            at = last


def _unit_before(known: Lexicon, out: Tokens, at: int, last: int) -> int:
    """What the number word `last` is added to: 5 for the tens of خمسة عشر and خمسة وعشرون, 2000 for what follows ألفين; 0 for nothing."""
    kind, word, value = out.classes[at], out.word(at), out.values[last]
    if word.startswith("ال") and not out.word(last).startswith(("ال", "وال")) and out.values[last + 1 : last + 2] == ["minute"]:
        return 0  # الخامسة وعشرين دقيقة
    unit: int = known.numbers.get(word, 0) if kind == "W" else out.values[at]
    if kind == "Y":
        return unit if word in known.numbers and (unit % 100 == 0 if value not in (10, *_TENS) else unit % 100 < 10) else 0
    return unit if unit < 10 and (value == 10 if at + 1 == last else value in _TENS) else 0


_MONTH_PAIR = re.compile(r"(?:\((?=.\)))?([MHm])(?:[/\-,|)]|[/,]?\(|&)?([MHm])(?:(?<=\(.)\))?")


def _merge_months(out: Tokens) -> None:
    """Makes one token of a month said twice: "كانون الثاني/يناير", "مارس (آذار)"."""
    for match in reversed(list(_MONTH_PAIR.finditer(out.classes))):
        (start, end), value = match.span(), out.values[match.start(1)]
        if value == out.values[match.start(2)] and (match[1] == match[2] or match[1] + match[2] in ("Mm", "mM")):
            out.classes = out.classes[:start] + min(match[1], match[2]) + out.classes[end:]
            out.values[start:end] = [value]
            out.firsts = [*out.firsts[: start + 1], *out.firsts[end:]]


_LABEL_COLON = re.compile(r"(?<=n):(?=n[/.\-]?(?:[MH]|n[/.\-]Y))")


def _part_labels(out: Tokens) -> None:
    """Makes a mere sign of the colon in "issue 12: 22 January 2025", which is no time of day."""
    for match in _LABEL_COLON.finditer(out.classes):
        at = match.start()
        if out.tight(at - 1) and not out.tight(at):
            out.classes = out.classes[:at] + "|" + out.classes[at + 1 :]
