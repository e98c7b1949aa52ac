"""Cleaning: what the store keeps of a text. A reader sees no difference; only what cannot be seen, or is no text, goes."""

from __future__ import annotations

import unicodedata

import regex

from newsspider.text.letters import HONORIFICS, INVISIBLE, PRESENTATION

_LINE_ENDS = regex.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_SPACES = regex.compile(r"[^\S\n]+")
_EDGES = regex.compile(r" ?\n ?")
_BLANK_LINES = regex.compile(r"\n{3,}")
_REMOVED: dict[int, str | None] = (
    dict.fromkeys([*range(0x09), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0)])
    | dict.fromkeys(map(ord, INVISIBLE))
    | {0x1F: " "}
    | {code: letters for code, letters in PRESENTATION.items() if chr(code) not in HONORIFICS}
)
# The zero-width non-joiner parts letters (Persian, Kurdish), the joiner builds emoji; elsewhere they are dirt.
_JOINERS = regex.compile(r"(?<![\p{L}\p{M}])\u200c|\u200c(?!\p{L})|(?<!\p{So}|\uFE0F|\p{Sk})\u200d|\u200d(?!\p{So})")


def clean_text(text: str) -> str:
    """The text as it is stored: NFC, without control, bidi and zero-width characters, its white space tidied. Idempotent.

    Kept are letters as written (harakat, tatweel, digits of any script), ZWNJ between letters and ZWJ within emoji. Arabic presentation
    forms become plain letters, lone surrogates U+FFFD, line ends "\\n"; at most one blank line stays between paragraphs.
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _LINE_ENDS.sub("\n", text).translate(_REMOVED)
    text = _JOINERS.sub("", text)
    text = _EDGES.sub("\n", _SPACES.sub(" ", text))
    return unicodedata.normalize("NFC", _BLANK_LINES.sub("\n\n", text).strip())
