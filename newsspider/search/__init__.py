"""Search, pure: the query language, the query model, results, and what a search engine is."""

from newsspider.search.matching import relaxing
from newsspider.search.parse import parse_query
from newsspider.search.query import Match, Query, Sort, Word
from newsspider.search.results import Hit, Notice, Results, SearchEngine
from newsspider.text.highlight import Segment

__all__ = ["Hit", "Match", "Notice", "Query", "Results", "SearchEngine", "Segment", "Sort", "Word", "parse_query", "relaxing"]
