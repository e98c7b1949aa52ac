"""Tables of characters: what Arabic writing has several forms of. Built once, shared by cleaning and folding."""

from __future__ import annotations

import unicodedata

HONORIFICS = "\ufdfa\ufdfb"  # whole formulas in one character; a reader wants to see them as they are
INVISIBLE = (
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2060\ufeff"  # soft hyphen, zero-width, byte order mark, bidi marks
    + "".join(map(chr, [*range(0x202A, 0x202F), *range(0x2061, 0x2065), *range(0x2066, 0x2070), *range(0xFFF9, 0xFFFC)]))
    + "".join(map(chr, range(0xE0000, 0xE0080)))
)
TATWEEL = "\u0640"
ZWNJ, ZWJ = "\u200c", "\u200d"
_LAST_DIGIT = 0x1FBF9


def _presentation_forms() -> dict[int, str]:
    """Letters of the Arabic presentation blocks (FB50 to FDFF, FE70 to FEFF) to the letters they stand for, in NFKC, without spaces."""
    blocks = [*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFF)]
    letters = [code for code in blocks if unicodedata.category(chr(code)) == "Lo"]
    return {code: unicodedata.normalize("NFKC", chr(code)).replace(" ", "") for code in letters}


PRESENTATION = _presentation_forms()

_ALIKE = {
    "ا": "أإآٱٲٳٵ",
    "ي": "ىیېێۍےۑ",
    "ه": "ةہەھۀۂۃ",
    "ء": "ؤئ",  # مسؤول and مسئول, أصدقاؤه and أصدقائه
    "و": "ۆۇۈۋ",
    "ك": "کگڭڪݢګڬڮ",
    "ق": "ڨ",
    "ف": "ڤ",
    "ب": "پ",
    "ج": "چ",
    "ز": "ژ",
    "ت": "ٹ",
    "د": "ڈ",
    "ر": "ڑ",
    "ن": "ں",
}


def _folding() -> dict[int, str | None]:
    vanishing = [code for code in range(0x0600, 0x0900) if unicodedata.category(chr(code)) == "Mn"]  # harakat and Quranic marks
    digits = [code for code in range(0x80, _LAST_DIGIT + 1) if chr(code).isdecimal()]
    table: dict[int, str | None] = dict.fromkeys([*vanishing, *map(ord, INVISIBLE + TATWEEL + ZWNJ + ZWJ)])
    table |= {code: str(unicodedata.decimal(chr(code))) for code in digits}
    table |= {ord(letter): base for base, letters in _ALIKE.items() for letter in letters}
    table |= {ord("İ"): "i", ord("Σ"): "σ"}  # where str.lower() gives two letters, or looks at the letters around
    return table | {code: letters.translate(table) for code, letters in PRESENTATION.items()}


FOLDING = _folding()
