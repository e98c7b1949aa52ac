"""Scrapy extensions: the run ledger."""
