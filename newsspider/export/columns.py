"""Exports: the columns of a table of articles, the same in CSV and Parquet. JSON Lines have all of record.py instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from newsspider.items import StoredArticle


class Column(NamedTuple):
    """`kind` is text, texts (a list), day, moment (aware), whole or share (0 to 1); any value but the id may be None."""

    name: str
    kind: str
    value: Callable[[StoredArticle], Any]


COLUMNS = (
    Column("id", "text", lambda a: a.id),
    Column("url", "text", lambda a: a.url),
    Column("source", "text", lambda a: a.source),
    Column("title", "text", lambda a: a.title),
    Column("summary", "text", lambda a: a.summary),
    Column("body", "text", lambda a: a.body),
    Column("published_at", "moment", lambda a: a.publication.published_at),
    Column("published_day", "day", lambda a: a.publication.published_day),
    Column("precision", "text", lambda a: a.publication.precision),
    Column("date_confidence", "share", lambda a: a.publication.confidence),
    Column("date_reason", "text", lambda a: a.publication.reason),
    Column("modified_at", "moment", lambda a: a.publication.modified_at),
    Column("authors", "texts", lambda a: a.authors),
    Column("section", "text", lambda a: a.section),
    Column("tags", "texts", lambda a: a.tags),
    Column("language", "text", lambda a: a.language),
    Column("country", "text", lambda a: a.country),
    Column("timezone", "text", lambda a: a.timezone),
    Column("canonical_url", "text", lambda a: a.canonical_url),
    Column("image_url", "text", lambda a: a.image_url),
    Column("signature", "text", lambda a: a.signature),
    Column("first_seen_at", "moment", lambda a: a.first_seen_at),
    Column("fetched_at", "moment", lambda a: a.fetched_at),
    Column("updated_at", "moment", lambda a: a.updated_at),
    Column("gone_at", "moment", lambda a: a.gone_at),
    Column("family_id", "text", lambda a: a.family_id),
    Column("revision", "whole", lambda a: a.revision),
    Column("change_no", "whole", lambda a: a.change_no),
)
