"""The fields of the embedded index, and an article as its document.

Title, body and summary stand at three levels: `exact` with positions for phrases, `stem` which decides the hits, `gram` which only ranks; titles
and tags at a fourth, `edge`, for autocompletion. Section, tags and authors are found by their exact words and counted as they stand. Tokens are
ours: analysed here, joined by spaces, and split at spaces again by tantivy.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path

import tantivy

from newsspider.engines.shown import address, newest, order, published_hour, shown
from newsspider.items import StoredArticle
from newsspider.search.expression import Keyword, Label, Text
from newsspider.search.suggestions import COMPLETED
from newsspider.text import analyse, edges, grams

SCHEMA_VERSION = 2  # raise it with every change to the fields or what they hold
WORDS = "words"  # the tokenizer that splits at spaces
GAP = "\ufdd0 "  # between two tags: a word that no text has, so that no phrase goes from one to the next
_gram_text = lru_cache(maxsize=1 << 15)(lambda exact: " ".join(grams(exact)))


def schema() -> tantivy.Schema:
    """The fields; SCHEMA_VERSION stands for them and for what `document` puts in."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    for text in Text:
        builder.add_text_field(f"{text}_exact", tokenizer_name=WORDS, index_option="position")
        builder.add_text_field(f"{text}_stem", tokenizer_name=WORDS, index_option="freq")
        builder.add_text_field(f"{text}_gram", tokenizer_name=WORDS, index_option="freq")
    for label in Label:
        builder.add_text_field(f"{label}_exact", tokenizer_name=WORDS, index_option="position")
    for completed in COMPLETED:
        builder.add_text_field(f"{completed}_edge", tokenizer_name=WORDS, index_option="basic")
    for keyword in (*Keyword, *Label):
        builder.add_text_field(keyword, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("address", tokenizer_name="raw", index_option="basic")
    builder.add_date_field("published_day", indexed=True, fast=True)
    builder.add_date_field("published_hour", fast=True)
    builder.add_unsigned_field("newest", indexed=True, fast=True)
    builder.add_text_field("order", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_unsigned_field("family_number", fast=True)
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
    for name, text in ((Text.TITLE, article.title), (Text.BODY, article.body), (Text.SUMMARY, article.summary or "")):
        tokens = analyse(text)
        fields.add_text(f"{name}_exact", " ".join([token.exact for token in tokens]))
        fields.add_text(f"{name}_stem", " ".join([token.stem for token in tokens if token.stem]))
        fields.add_text(f"{name}_gram", " ".join([_gram_text(token.exact) for token in tokens if token.stem]))
    for label, values in ((Label.SECTION, filter(None, [article.section])), (Label.TAG, article.tags), (Label.AUTHOR, article.authors)):
        _add_labels(fields, label, list(values))
    fields.add_text(f"{Text.TITLE}_edge", _edge_text([article.title]))
    fields.add_text(f"{Label.TAG}_edge", _edge_text(article.tags))
    keywords: dict[str, str | None] = {
        Keyword.SOURCE: article.source,
        Keyword.COUNTRY: article.country,
        Keyword.LANGUAGE: article.language,
        Keyword.FAMILY: article.family_id,
        "address": address(article),
        "order": order(article),
    }
    for keyword, value in keywords.items():
        if value:
            fields.add_text(keyword, value)
    if day := article.publication.published_day:
        fields.add_date("published_day", datetime.combine(day, time(), UTC))
    if hour := published_hour(article):
        fields.add_date("published_hour", hour.replace(tzinfo=UTC))
    fields.add_unsigned("newest", newest(article))
    fields.add_unsigned("family_number", family_number(article.family_id))
    fields.add_bytes("shown", json.dumps(shown(article), ensure_ascii=False).encode())
    return fields


def family_number(family_id: str) -> int:
    """A family's id in 63 bits: of text columns tantivy cannot read single values."""
    return int.from_bytes(hashlib.sha256(family_id.encode("utf-8", "surrogatepass")).digest()[:8]) >> 1


def _add_labels(fields: tantivy.Document, label: Label, values: list[str]) -> None:
    for value in dict.fromkeys(values):
        fields.add_text(label, value)
    fields.add_text(f"{label}_exact", f" {GAP}".join(" ".join([token.exact for token in analyse(value)]) for value in values))


def _edge_text(texts: list[str]) -> str:
    return " ".join(dict.fromkeys(edge for text in texts for token in analyse(text) for edge in edges(token.exact)))
