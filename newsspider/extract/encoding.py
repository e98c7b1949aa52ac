"""Bytes to text, where the label may be missing or wrong.

The order: a byte order mark; UTF-8 when most of the bytes are valid UTF-8 (other text practically never is); else, of the declared encodings and the two
single-byte ones Arabic is written in, the one that reads most like Arabic. UTF-7 and other codecs that hide markup are never used.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import NamedTuple

UNDECODABLE_SHARE = 0.01
MOSTLY_UTF8 = 0.4  # of a text in a single-byte encoding hardly a character is valid UTF-8
NOISE_LETTERS = 200
NOISE_RATE = 0.03

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:\-]{2,40})""", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:\-]{2,40})", re.IGNORECASE)
_SAFE = re.compile(r"utf-8|utf-16(-[lb]e)?|cp\d+|iso8859-\d+|koi8-[ru]|mac-\w+|gb18030|big5|shift_jis|euc_\w+|ascii")
_AS_BROWSERS_DO = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874"}
_HEAD_BYTES = 4096
_SAMPLE_BYTES = 200_000
_MARKUP = re.compile(rb"<[^<>]*>")

# Every tenth letter pair of Arabic is the article; a wrong code page turns it into something else.
_ARTICLE = re.compile("(?<![\u0621-\u064a])ال[\u0621-\u064a]")
_COMMON_WORDS = re.compile("(?<![\u0621-\u064a])(?:في|من|على|إلى|أن|عن|التي|الذي|هذا|مع)(?![\u0621-\u064a])")
_ARABIC = re.compile("[\u0621-\u064a]")
_FOREIGN_AMONG_ARABIC = re.compile("[\u0621-\u064a][\u00a1-\u02ff\u2010-\u2bff](?=[\u0621-\u064a])")
_BROKEN = re.compile("[\x80-\x9f\ufffd]")


class Decoded(NamedTuple):
    text: str
    encoding: str
    broken: float
    """The share of characters outside ASCII that could not be read: above UNDECODABLE_SHARE the text is no use."""


def decode(body: bytes, headers: Mapping[str, str]) -> Decoded:
    """The page's text. Never raises: what cannot be read becomes U+FFFD and counts in `broken`."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _decoded(body[len(mark) :], encoding)
    as_utf8 = _decoded(body, "utf-8")
    if as_utf8.broken < MOSTLY_UTF8:  # cut within a character, a foreign quotation, or damaged
        return as_utf8
    sample = _MARKUP.sub(b" ", body[:_SAMPLE_BYTES])
    declared = _declared(body, headers)
    candidates = list(dict.fromkeys([*declared, "cp1256", "iso8859-6", "cp1252"]))
    best = max(candidates, key=lambda encoding: (_plausibility(sample, encoding), -candidates.index(encoding)))
    if _is_noise(sample.decode(best, "replace")):
        return as_utf8
    return min(_decoded(body, best), as_utf8, key=lambda decoded: decoded.broken)


def _decoded(body: bytes, encoding: str) -> Decoded:
    text = body.decode(encoding, "replace")
    broken = len(_BROKEN.findall(text))
    return Decoded(text, encoding, broken / max(_beyond_ascii(text), 100))


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _declared(body: bytes, headers: Mapping[str, str]) -> list[str]:
    """Codec names the page is said to be in, the HTTP header's first; unknown and unsafe ones are left out."""
    header = _HEADER.search(headers.get("content-type", ""))
    labels = [header[1]] if header else []
    labels += [match.decode("ascii") for match in _META.findall(body[:_HEAD_BYTES])]
    names = []
    for label in labels:
        try:
            name = codecs.lookup(label).name
        except LookupError:
            continue
        if _SAFE.fullmatch(name) and not name.startswith("utf-16"):  # a page whose ASCII tags could be read is not UTF-16
            names.append(_AS_BROWSERS_DO.get(name, name))
    return names


def _plausibility(sample: bytes, encoding: str) -> float:
    """How much the text reads like Arabic, or at least like text: the rate of frequent words, less what no text holds."""
    text = sample.decode(encoding, "replace")
    faults = 4 * len(_BROKEN.findall(text)) + 2 * len(_FOREIGN_AMONG_ARABIC.findall(text))
    return _frequent_words(text) - faults / max(_beyond_ascii(text), 1)


def _frequent_words(text: str) -> float:
    """Articles and frequent words by letter of Arabic: about 0.3 in real text."""
    words = 3 * len(_ARTICLE.findall(text)) + 5 * len(_COMMON_WORDS.findall(text))
    return words / max(len(_ARABIC.findall(text)), 1)


def _is_noise(text: str) -> bool:
    """True for many Arabic letters that make no words: bytes of something else in an encoding that gives every byte a meaning."""
    return len(_ARABIC.findall(text)) > NOISE_LETTERS and _frequent_words(text) < NOISE_RATE
