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

# Numbers, among them a year glued to an hour ("202514:35") or a day and minutes glued to the day; abbreviations with dots; words; signs.
_TOKEN = re.compile(
    r"[0-9]{1,2}(?![0-9])|(?:19|20|14)[0-9]{2}(?=[0-9]{1,2}:[0-9])|(?<=[0-9][./\-])(?:19|20)[0-9]{2}(?=[0-9]{1,2}(?![0-9]))"
    r"|(?<=[0-9]:)[0-5][0-9](?=[0-9]{1,2}(?![0-9]))|[0-9]+|[a-z\x80-\U0010ffff](?:\.[a-z\x80-\U0010ffff]){1,3}(?![a-z\x80-\U0010ffff])"
    r"|[a-z\x80-\U0010ffff]+|\S"
)
_PREFIXES = "وفبل"
_TENS = (20, 30, 40, 50)


@dataclass(slots=True)
class Tokens:
    """`classes[i]` is the class of token i, `values[i]` what it means; it is made of `words[firsts[i]:lasts[i]]`."""

    classes: str
    values: list[Any]
    words: list[str]
    firsts: list[int]
    lasts: list[int]
    folded: str

    def word(self, i: int) -> str:
        """The first word of token i."""
        return self.words[self.firsts[i]]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where tokens `start` to `end` (after the last) stand in the folded text."""
        first, last = self.firsts[start], self.lasts[end - 1] - 1
        at = begin = 0
        for i, word in enumerate(self.words[: last + 1]):
            at = self.folded.index(word, at)
            if i == first:
                begin = at
            at += len(word)
        return begin, at

    def tight(self, i: int) -> bool:
        """Whether no space stands between token i and the next."""
        return i + 1 < len(self.classes) and self.span(i, i + 1)[1] == self.span(i + 1, i + 2)[0]


def cut(folded: str) -> Tokens:
    """The tokens of a folded text, at most MAX_TOKENS."""
    words = _TOKEN.findall(folded)[:MAX_TOKENS]
    known = lexicon()
    hits = list(map(known.single.get, words))
    if words and None not in hits:  # the most frequent case: every word means something by itself
        codes, meanings = zip(*hits, strict=True)
        if "O" not in codes:
            count = len(words)
            return _tidied(Tokens("".join(codes), list(meanings), words, list(range(count)), list(range(1, count + 1)), folded))
    classes: list[str] = []
    values: list[Any] = []
    firsts: list[int] = []
    lasts: list[int] = []
    i, count = 0, len(words)
    while i < count:
        used = 1
        hit = hits[i]
        if hit is not None:
            code, value = hit
        else:
            used, code, value, joined = _look_up(known, words, i)
            if joined:
                classes.append("&")
                values.append(None)
                firsts.append(i)
                lasts.append(i + 1)
        if code == "O" and classes and (unit := _unit_before(known, classes, values, words, firsts, value)):
            if classes[-1] == "&":
                classes.pop()
                values.pop()
                firsts.pop()
                lasts.pop()
            classes[-1], values[-1], lasts[-1] = "O" if unit < 100 else "Y", unit + value, i + used
        else:
            classes.append(code)
            values.append(value)
            firsts.append(i)
            lasts.append(i + used)
        i += used
    return _tidied(Tokens("".join(classes), values, words, firsts, lasts, folded))


def _look_up(known: Lexicon, words: list[str], i: int) -> tuple[int, str, Any, bool]:
    """How many words the phrase takes, its class and value, and whether a joined و stands before it."""
    word = words[i]
    if word[0].isdigit():
        return 1, "n" if len(word) <= 2 else "x", int(word) if len(word) < 10 else -1, False
    if "ـ" in word or "." in word:
        word = word.replace("ـ", "").replace(".", "")
        if not word:  # tatweel between numbers is a dash
            return 1, "-", None, False
        if hit := known.single.get(word):
            return 1, *hit, False
    elif not word[0].isalpha():
        return 1, "|", None, False
    joined = False
    entries = known.phrases.get(word)
    if entries is None and len(word) > 3 and word[0] in _PREFIXES:
        entries = known.phrases.get("ا" + word[1:] if word[:2] == "لل" else word[1:])
        joined = word[0] == "و" and entries is not None
    dash = words[i + 1 : i + 2] == ["-"]  # كانون-الثاني
    for tail, code, value in entries or ():
        size = len(tail)
        if not size or tuple(words[i + 1 : i + 1 + size]) == tail:
            return 1 + size, code, value, joined
        if dash and tuple(words[i + 2 : i + 2 + size]) == tail and not tail[0].isdigit():
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
    if _MONTH_PAIR.search(out.classes):
        out = _merge_months(out)
    if ":" in out.classes and _LABEL_COLON.search(out.classes):
        _part_labels(out)
    return out


_MONTH_PAIR = re.compile(r"(?:\((?=.\)))?([MHm])(?:[/\-,|)]|[/,]?\(|&)?([MHm])(?:(?<=\(.)\))?")


def _merge_months(out: Tokens) -> Tokens:
    """Makes one token of a month said twice: "كانون الثاني/يناير", "مارس (آذار)"."""
    keep: list[tuple[int, int]] = []
    merged: dict[int, str] = {}
    done = 0
    for match in _MONTH_PAIR.finditer(out.classes):
        month, other = match.start(1), match.start(2)
        if out.values[month] == out.values[other] and (match[1] == match[2] or match[1] + match[2] in ("Mm", "mM")):
            keep += [(i, i) for i in range(done, match.start())]
            keep.append((match.start(), match.end() - 1))
            out.values[match.start()] = out.values[month]
            merged[match.start()] = min(match[1], match[2])
            done = match.end()
    keep += [(i, i) for i in range(done, len(out.classes))]
    return Tokens(
        "".join(merged.get(i, out.classes[i]) for i, _ in keep),
        [out.values[i] for i, _ in keep],
        out.words,
        [out.firsts[i] for i, _ in keep],
        [out.lasts[j] for _, j in keep],
        out.folded,
    )


_LABEL_COLON = re.compile(r"(?<=n):(?=n[/.\-]?(?:[MH]|n[/.\-]Y))")


def _part_labels(out: Tokens) -> None:
    """Makes a mere sign of the colon in "issue 12: 22 January 2025", which is no time of day."""
    for match in _LABEL_COLON.finditer(out.classes):
        at = match.start()
        if out.tight(at - 1) and not out.tight(at):
            out.classes = out.classes[:at] + "|" + out.classes[at + 1 :]
