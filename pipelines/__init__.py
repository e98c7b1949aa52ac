"""The Scrapy item pipelines: thin adapters over newsspider.intake and newsspider.indexing, in their order."""
