"""The embedded engine: tantivy with our own tokens, in the data folder."""

from newsspider.engines.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
