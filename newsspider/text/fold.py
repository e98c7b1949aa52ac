"""Folding: the form in which two spellings of one word are equal."""

from __future__ import annotations

from newsspider.text.letters import FOLDING

DECOMPOSED = (("و\u0654", "ؤ"), ("ي\u0654", "ئ"), ("ى\u0654", "ئ"))


def fold(text: str) -> str:
    """The text for comparing; never for showing. Idempotent.

    Lower case; digits of all scripts in ASCII; one form for the alefs (أإآٱ), for ى and ي, ة and ه, ؤ and ئ and ء; Persian and
    other letters beside Arabic ones (ی ک گ پ چ ڤ) as these; presentation forms as letters; without harakat, tatweel, zero-width and bidi
    characters. After Lucene's ArabicNormalizer, LowerCaseFilter and DecimalDigitFilter.
    """
    if "\u0654" in text:
        for written, letter in DECOMPOSED:
            text = text.replace(written, letter)
    return text.translate(FOLDING).lower()
