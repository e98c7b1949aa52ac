"""Elasticsearch as an engine: one mapping of stock filters, concrete indices behind two aliases, delivery in bulk, queries of our tokens."""

from newsspider.engines.elasticsearch.engine import ElasticsearchEngine

__all__ = ["ElasticsearchEngine"]
