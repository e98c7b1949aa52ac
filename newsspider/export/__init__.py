"""Exports, pure: stored articles → CSV, JSON Lines or Parquet as a stream of bytes, with a manifest that says what it holds (docs/searching.md)."""

from newsspider.export.export import Export
from newsspider.export.formats import Format
from newsspider.export.manifest import Asked, Manifest
from newsspider.export.record import article_as_json

__all__ = ["Asked", "Export", "Format", "Manifest", "article_as_json"]
