"""What counts how much when hits are ranked, in every engine: the sum over fields and levels of BM25 times these.

Tuned on questions and headlines (bench/relevance.py), but for recency, a judgement: that data has no dates. Grams weigh less than the word they are
of, for a word has several.
"""

from __future__ import annotations

from newsspider.search.expression import Text

FIELDS = {Text.TITLE: 2.0, Text.BODY: 1.0}
SUMMARY = 1.0
GRAMS = 0.2  # of the field's weight, for each 4-gram of a word of the query
SYNONYM = 0.5  # of the field's weight, for another word than the one that was typed
RECENCY = {2: 0.5, 7: 0.5, 30: 0.5, 365: 0.5}  # for each that an article is not older than, in days


def weights(field: Text | None) -> dict[Text, float]:
    """The weight of each field that is searched: of the one asked for, else of title and body."""
    return {field: FIELDS.get(field, SUMMARY)} if field else FIELDS
