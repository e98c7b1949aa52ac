"""Extraction: the bytes of a page become an Article with all its date evidence, or the reason why the page is no article."""

from newsspider.extract.article import extract_page
from newsspider.extract.page import Extraction, Hints, Page, Reason

__all__ = ["Extraction", "Hints", "Page", "Reason", "extract_page"]
