"""Search, pure: the query language, the query model, results, and what a search engine is."""

from newsspider.search.expression import Word
from newsspider.search.matching import relaxing
from newsspider.search.parse import parse_query
from newsspider.search.problems import BadQuery
from newsspider.search.query import FILTERS, LISTS, Facet, Match, Query, Sort
from newsspider.search.results import (
    Bar,
    Count,
    Histogram,
    Hit,
    Interval,
    Level,
    Matched,
    Notice,
    Results,
    SearchEngine,
    Suggestion,
    Why,
)
from newsspider.text.highlight import Segment

__all__ = [
    "FILTERS",
    "LISTS",
    "BadQuery",
    "Bar",
    "Count",
    "Facet",
    "Histogram",
    "Hit",
    "Interval",
    "Level",
    "Match",
    "Matched",
    "Notice",
    "Query",
    "Results",
    "SearchEngine",
    "Segment",
    "Sort",
    "Suggestion",
    "Why",
    "Word",
    "parse_query",
    "relaxing",
]
