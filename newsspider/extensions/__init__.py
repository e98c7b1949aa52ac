"""Scrapy extensions: the run ledger, the limit of memory."""
