"""Dates: brings a text to the one spelling in which words are looked up, and remembers where each character came from.

Letters as in Unicode Annex 15 (NFKC) for presentation forms; hamza, alef, ya, ta marbuta and Persian letters are merged, marks and bidi
controls go, digits of every script become ASCII, dashes, slashes, commas and spaces become one of each kind. Tatweel stays: between
letters the lexer drops it, elsewhere it is a dash.
"""

from __future__ import annotations

import re
import unicodedata

MAX_CHARS = 400
"""A longer text is read up to here only, so that no input costs more than a short one."""

_LETTERS = {
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ء": "", "ؤ": "و", "ئ": "ي", "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ة": "ه", "ہ": "ه", "ھ": "ه",
    "ە": "ه", "ۀ": "ه", "ۃ": "ه", "ک": "ك", "گ": "ك", "ڭ": "ك", "ڤ": "ف", "ڥ": "ف", "ڢ": "ف", "پ": "ب", "چ": "ج", "ژ": "ز", "ڨ": "ق",
}  # fmt: skip
_SIGNS = {"-": "_‐‑‒–—―−﹘﹣", "/": "\\⁄∕", ",": "،٬‚", ";": "؛", ".": "٫۔•·‧∙․●", ":": "∶ː", "|": "│¦‖", "'": "’‘ʼ`´"}  # fmt: skip
# Latin, Arabic and its supplements, punctuation and symbols, presentation forms, emoji; what lies outside is left as it is.
_RANGES = ((0, 0x250), (0x600, 0x900), (0x2000, 0x2C00), (0x3000, 0x3040), (0xFB50, 0xFF00), (0x1F000, 0x1FB00))


def _table() -> dict[int, str]:
    table = {ord(sign): plain for plain, signs in _SIGNS.items() for sign in signs}
    for code in (code for start, end in _RANGES for code in range(start, end)):
        char = chr(code)
        if code not in table:  # ASCII's other characters stay: written down, for a key that is missing costs more
            table[code] = _plain(char) if code > 0x7F or char.isupper() or not char.isprintable() else char
    return table | {code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)}


def _plain(char: str) -> str:
    """One character's folded form, perhaps of several characters, perhaps none."""
    if ord(char) > 0x2070 and unicodedata.category(char) in ("So", "Sm", "Sk"):  # arrows, emoji …
        return next((plain for plain, signs in _SIGNS.items() if char in signs), "|")
    parts = unicodedata.normalize("NFKC", char)
    if parts.strip() and ord(char) < 0x250:  # Latin: é is e
        parts = unicodedata.normalize("NFKD", char)
    kept = []
    for part in parts.lower():
        category = unicodedata.category(part)
        if part in _LETTERS:
            kept.append(_LETTERS[part])
        elif category == "Nd":
            kept.append(str(unicodedata.digit(part)))
        elif category in ("Zs", "Zl", "Zp", "Cc"):
            kept.append(" ")
        elif category[0] != "M" and category != "Cf":
            sign = category[0] in "PS" and not part.isascii()
            kept.append(next((plain for plain, signs in _SIGNS.items() if part in signs), "|" if sign else part))
    return "".join(kept)


_TABLE = _table()
_UNEVEN = {chr(code): len(plain) - 1 for code, plain in _TABLE.items() if len(plain) != 1}
_UNEVEN_CHAR = re.compile("[" + re.escape("".join(_UNEVEN)) + "]")


def fold(text: str) -> str:
    """The first MAX_CHARS characters in folded form."""
    return text[:MAX_CHARS].translate(_TABLE)


def origin(text: str, position: int) -> int:
    """The index in `text` of the character that gave the one at `position` of `fold(text)`."""
    moved = 0
    for match in _UNEVEN_CHAR.finditer(text):
        at = match.start()
        if at + moved > position:
            break
        grown = _UNEVEN[match.group()]
        if at + moved + grown >= position and grown > 0:
            return at
        moved += grown
    return position - moved
