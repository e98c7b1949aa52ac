"""Dates: loads words.toml into one table of phrases, each with a class of one letter and a value.

Classes: M month, H Hijri month, m name that is a month only between a day and a year, C Coptic month, W weekday, O number in words,
h part of an hour, p part of the day, q the letter م (afternoon or "AD"), U unit, D units, B two of a unit, L "last week", a "ago" before, g "ago" after,
j about, i moments or recently, N now, v future, s clock, ~ minus, P past weekday, l published, u modified, f filler, E AD, A AH, k known beside a date,
c numbering, e event, r day counted from today, z "by the time of", Z zone, & and, X unknown.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from newsspider.dates.folding import fold

Entry = tuple[tuple[str, ...], str, Any]
"""The words that must follow the first, the class, the value."""

# From words.toml's [words] to classes; of one word in two lists the first here wins.
_WORD_CLASSES = {
    "ago_before": "a", "ago_after": "g", "moments": "i", "recently": "i", "now": "N", "clock": "s", "published": "l", "modified": "u",
    "ad": "E", "ah": "A", "minus": "~", "past_weekday": "P", "this_month": "T", "about": "j", "less_than": "b", "to": "t", "future": "v", "numbering": "c", "filler": "f", "event": "e", "schedule": "e", "beside": "k",
}  # fmt: skip

_NUMBERS_AND_SIGNS: dict[str, tuple[str, Any]] = (
    {sign: (sign, None) for sign in "/-.,:|()+'"}
    | {f"{n:02}": ("n", n) for n in range(100)}
    | {str(n): ("n", n) for n in range(10)}
    | {str(n): ("Y", n) for n in (*range(1300, 1501), *range(1900, 2101))}
)


def _split(phrase: str) -> tuple[str, ...]:
    """The phrase as the lexer cuts it: letters and digits apart, tatweel gone."""
    words: list[str] = []
    for part in fold(phrase).replace("ـ", "").replace(".", " ").split():
        letters = part.rstrip("0123456789")
        words += [piece for piece in (letters, part[len(letters) :]) if piece]
    return tuple(words)


def _with_article(words: list[str]) -> Iterator[str]:
    for word in words:
        yield word
        if not word.isascii():
            yield "ال" + word


class Lexicon:
    """All phrases by their first word, the longest first, in `ways` also by their second ("" for the word alone); `codes` and `values` have the
    words that begin no longer phrase, numbers and signs."""

    def __init__(self, words: dict[str, Any]) -> None:
        self.phrases: dict[str, list[Entry]] = {}
        self.numbers: dict[str, int] = {}
        self.zones: dict[tuple[str, ...], str] = {}
        self.local_words = {_split(w) for w in words["zone_words"]["local"]}
        self._months(words["months"])
        for minutes, names in words["fractions"].items():  # before the weekdays: "ثلثا" is a third, "الثلثاء" Tuesday
            self._add([*names, *(n + "ا" for n in names if n[:2] != "ال")], "h", int(minutes))
        for day, names in words["weekdays"].items():
            self._add(_with_article(names), "W", int(day))
        for shift, names in words["days"].items():
            self._add(names, "r", int(shift))
        for name, unit_words in words["last"].items():
            self._add(unit_words, "L", name)
        for name, unit_words in words["units"].items():
            self._add(unit_words, "U", name)
        for name, unit_words in words["plurals"].items():
            self._add(unit_words, "D", name)
        for name, unit_words in words["duals"].items():
            self._add(unit_words, "B", name)
        for part, names in words["dayparts"].items():
            self._add(names, "p", part)
        self._add(["م"], "q", "pm")
        self._add(["و", "أو", "and", "et"], "&", None)
        self._add(words["zone_words"]["before"], "z", None)
        self._numbers(words["numbers"])
        for name, code in _WORD_CLASSES.items():
            self._add(words["words"][name], code, name)
        self._zones(words["zone_names"])
        self._add(words["signatures"]["agencies"], "k", "agency")
        for entries in self.phrases.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        single = {word: entries[0][1:] for word, entries in self.phrases.items() if not entries[0][0]} | _NUMBERS_AND_SIGNS
        self.codes = {word: code for word, (code, _) in single.items()}
        self.values = {word: value for word, (_, value) in single.items()}
        self.ways: dict[str, dict[str, list[Entry]]] = {word: {} for word in self.phrases}
        for word, entries in self.phrases.items():
            for entry in entries:
                self.ways[word].setdefault(entry[0][0] if entry[0] else "", []).append(entry)

    def _add(self, names: Any, code: str, value: Any) -> None:
        for name in names:
            words = _split(name)
            entries = self.phrases.setdefault(words[0], [])
            if all(rest != words[1:] for rest, _, _ in entries):
                entries.append((words[1:], code, value))

    def _months(self, regions: dict[str, dict[str, list[str]]]) -> None:
        special = {"hijri": "H", "coptic": "C", "only_between_day_and_year": "m"}
        for region, months in sorted(regions.items(), key=lambda item: item[0] in special):
            for month, names in months.items():
                apart = [name for name in names if " " in name and not (name.isascii() or name[-1].isdigit())]
                glued = [name.replace(" ", "") for name in apart]  # "كانونالثاني"
                self._add(names + glued, special.get(region, "M"), int(month))

    def _numbers(self, numbers: dict[str, dict[str, list[str]]]) -> None:
        for kind in numbers.values():
            for value, names in kind.items():
                for name in _with_article(names):
                    self.numbers.setdefault(_split(name)[0], int(value))
                self._add(_with_article(names), "O" if int(value) < 100 else "Y", int(value))

    def _zones(self, names: dict[str, list[str]]) -> None:
        for zone, phrases in names.items():
            for phrase in phrases:
                self.zones.setdefault(_split(phrase), zone)
                plain = zone == "UTC" or phrase.isascii()
                self._add([phrase], "Z" if plain else "k", zone)


@cache
def lexicon() -> Lexicon:
    """The words of words.toml, read once."""
    return Lexicon(tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8")))
