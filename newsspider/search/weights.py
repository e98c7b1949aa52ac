"""What counts how much when hits are ranked, in every engine: the sum over fields and levels of BM25 times these.

Tuned on questions and headlines (bench/relevance.py); grams weigh less than the word they are of, for a word has several.
"""

from __future__ import annotations

FIELDS = {"title": 2.0, "body": 1.0}
GRAMS = 0.2  # of the field's weight, for each 4-gram of a word of the query
