"""Where words begin and end: the word boundaries of UAX #29, as Lucene's `standard` tokenizer reads them.

Lucene's grammar is of Unicode 9; the Arabic number signs (U+0600 to U+0605, U+06DD, U+08E2) were format characters then, and are here.
Emoji, which Lucene gives as tokens, are no words here.
"""

from __future__ import annotations

import re

import regex

LONGEST = 255  # letters; Lucene cuts a longer word into pieces of this length

_SIGNS = r"\u0600-\u0605\u06DD\u0890\u0891\u08E2"
_MARKS = rf"[\p{{WB=Extend}}\p{{WB=Format}}\p{{WB=ZWJ}}{_SIGNS}]*+"  # WB4: marks belong to the character before them


def _one(characters: str) -> str:
    return f"(?:[{characters}]{_MARKS})"


_LETTER = _one(r"\p{WB=ALetter}\p{WB=Hebrew_Letter}")
_HEBREW = _one(r"\p{WB=Hebrew_Letter}")
_DIGIT = _one(rf"[\p{{WB=Numeric}}[\uFF10-\uFF19]]--[{_SIGNS}]")
_KATAKANA = _one(r"\p{WB=Katakana}")
_JOIN = _one(r"\p{WB=ExtendNumLet}")
_IN_LETTERS = _one(r"\p{WB=MidLetter}\p{WB=MidNumLet}\p{WB=Single_Quote}:")
_IN_DIGITS = _one(r"\p{WB=MidNum}\p{WB=MidNumLet}\p{WB=Single_Quote}")
_SOUTH_EAST_ASIAN = _one(r"\p{Line_Break=Complex_Context}")
_HAN = _one(r"\p{Script=Han}")
_HIRAGANA = _one(r"\p{Script=Hiragana}")

_HEBREW_QUOTE = f"{_HEBREW}+(?:'{_MARKS}|\"{_MARKS}{_HEBREW})"  # WB7a to WB7c
_NUMBER = f"{_DIGIT}(?:(?:{_JOIN}*|{_IN_DIGITS}){_DIGIT})*"  # WB8, WB11, WB12
_LETTERS = f"{_LETTER}(?:(?:{_JOIN}*|{_IN_LETTERS}){_LETTER})*"  # WB5 to WB7
_UNIT = f"(?:{_KATAKANA}(?:{_JOIN}*{_KATAKANA})*|(?:{_HEBREW_QUOTE}|{_NUMBER}|{_LETTERS})+)"  # WB9, WB10, WB13
_WORD = regex.compile(
    f"{_JOIN}*{_UNIT}(?:{_JOIN}+{_UNIT})*{_JOIN}*"  # WB13a, WB13b
    f"|{_SOUTH_EAST_ASIAN}+|{_HAN}|{_HIRAGANA}",
    regex.V1,
)

# Nearly every piece of a news text that stands between spaces is this: one word with punctuation around it.
_ARABIC = re.compile(r"[\"'«(\[]*([\u0621-\u063A\u0641-\u064A]{1,255})[\"'».,،:؛!؟)\]]*")


def words(text: str) -> list[tuple[str, int, int]]:
    """The words of a text as (word, start, end), in order; offsets count characters."""
    if match := _ARABIC.fullmatch(text):
        return [(match[1], *match.span(1))]
    spans = (match.span() for match in _WORD.finditer(text))
    pieces = ((at, min(at + LONGEST, end)) for start, end in spans for at in range(start, end, LONGEST))
    return [(text[start:end], start, end) for start, end in pieces]
