"""The fields of the embedded index, and an article as its document.

Title and body stand at three levels: `exact` with positions for phrases, `stem` which decides the hits, `gram` which only ranks. Tokens are
ours: analysed here, joined by spaces, and split at spaces again by tantivy.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path

import tantivy

from newsspider.engines.shown import shown
from newsspider.items import StoredArticle
from newsspider.text import analyse, grams

SCHEMA_VERSION = 1  # raise it with every change to the fields or what they hold
TEXTS = ("title", "body")
WORDS = "words"  # the tokenizer that splits at spaces
FIRST_SEEN_EPOCH = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
_gram_text = lru_cache(maxsize=1 << 16)(lambda exact: " ".join(grams(exact)))


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    for text in TEXTS:
        builder.add_text_field(f"{text}_exact", tokenizer_name=WORDS, index_option="position")
        builder.add_text_field(f"{text}_stem", tokenizer_name=WORDS, index_option="freq")
        builder.add_text_field(f"{text}_gram", tokenizer_name=WORDS, index_option="freq")
    for keyword in ("source", "section"):
        builder.add_text_field(keyword, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_date_field("published_day", indexed=True, fast=True)
    builder.add_unsigned_field("newest", fast=True)
    builder.add_bytes_field("shown", stored=True)  # JSON of engines.shown
    return builder.build()


def create_index(path: Path) -> None:
    """An empty index in a new folder."""
    path.mkdir(mode=0o700)
    tantivy.Index(schema(), path=str(path), reuse=False)


def open_index(path: Path) -> tantivy.Index:
    """The index of a folder, for reading and writing. Raises ValueError when there is none or it is damaged."""
    index = tantivy.Index.open(str(path))
    index.register_tokenizer(WORDS, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    index.config_reader("manual")  # the reader is reloaded by us: before a search when there was a commit
    return index


def document(article: StoredArticle) -> tantivy.Document:
    """The document of an article. Raises ValueError or OverflowError when a value does not fit its field, as lone surrogates do."""
    fields = tantivy.Document()
    fields.add_text("id", article.id)
    for name, text in zip(TEXTS, (article.title, article.body), strict=True):
        tokens = analyse(text)
        fields.add_text(f"{name}_exact", " ".join([token.exact for token in tokens]))
        fields.add_text(f"{name}_stem", " ".join([token.stem for token in tokens if token.stem]))
        fields.add_text(f"{name}_gram", " ".join([_gram_text(token.exact) for token in tokens if token.stem]))
    fields.add_text("source", article.source)
    if article.section:
        fields.add_text("section", article.section)
    if day := article.publication.published_day:
        fields.add_date("published_day", datetime.combine(day, time(), UTC))
    fields.add_unsigned("newest", newest(article))
    fields.add_bytes("shown", json.dumps(shown(article), ensure_ascii=False).encode())
    return fields


def newest(article: StoredArticle) -> int:
    """The number to sort by: later published articles have greater ones, those without a date the least; among equals the first seen
    latest is greatest. Published seconds since 1970 times 2**31 plus first-seen seconds since 2000, each cut to its range; fits 63 bits."""
    published = article.publication.published_at
    high = _within(int(published.timestamp()), 1, 1 << 32) if published else 0
    return high << 31 | _within(int(article.first_seen_at.timestamp()) - FIRST_SEEN_EPOCH, 0, 1 << 31)


def _within(number: int, least: int, end: int) -> int:
    return min(max(number, least), end - 1)
