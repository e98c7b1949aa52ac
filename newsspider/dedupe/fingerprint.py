"""The fingerprint of a text, which changes of no meaning leave as it is."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256

from newsspider.text import fold

_WORD = re.compile(r"\w+")
_THOUSANDS = re.compile(r"(?<=\d)[,\u066c](?=\d{3}(?!\d))")
_COUNTERS = frozenset(
    _WORD.findall(
        fold("مشاهدة مشاهدات قراءة قراءات زيارة زيارات تعليق تعليقات مشاركة مشاركات إعجاب إعجابات views shares comments likes reads")
    )
)
_STAMPS = tuple(fold(text) for text in ("آخر تحديث", "تم التحديث", "تاريخ التحديث", "last updated"))
_RELATED = tuple(
    fold(text)
    for text in (
        "اقرأ أيضا",
        "إقرأ أيضا",
        "اقرأ المزيد",
        "شاهد أيضا",
        "طالع أيضا",
        "مواضيع ذات صلة",
        "أخبار ذات صلة",
        "قد يهمك",
        "read also",
        "read more",
    )
)
_MAX_COUNTER_WORDS = 8
_MAX_STAMP_WORDS = 14


@lru_cache(maxsize=2)  # the keys of one text need it twice
def essence(text: str) -> tuple[str, ...]:
    """The folded words of a body, without counters, update stamps and related lines: when they are equal, nothing of meaning changed."""
    paragraphs = [_words(paragraph) for paragraph in text.splitlines()]
    kept = tuple([word for words in paragraphs if not _is_trivial(words) for word in words])
    return kept or tuple([word for words in paragraphs for word in words])


def content_hash(title: str, body: str) -> str:
    """32 hex digits, the same for texts that differ in white space, punctuation, forms of letters and digits, or what `essence` leaves out."""
    title_words, body_words = _words(title), essence(body)
    # A text without a single word has only its characters to be told by.
    said = f"{' '.join(title_words)}\n{' '.join(body_words)}" if title_words or body_words else f"{title}\n\n{body}"
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _words(text: str) -> list[str]:
    return _WORD.findall(_THOUSANDS.sub("", fold(text)))


def _is_trivial(words: list[str]) -> bool:
    line = " ".join(words)
    has_number = any(word.isdigit() for word in words)
    return (
        (has_number and len(words) <= _MAX_COUNTER_WORDS and not _COUNTERS.isdisjoint(word.removeprefix("ال") for word in words))
        or (has_number and len(words) <= _MAX_STAMP_WORDS and line.startswith(_STAMPS))
        or line.startswith(_RELATED)
    )
