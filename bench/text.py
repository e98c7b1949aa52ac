"""How fast text is analysed: articles of 300 words a second on one core, through `analyse`, with the memo empty and filled.

    python bench/text.py [ARTICLES]

Needs the news corpus that tests/shared_data.py points to. "cold" begins with an empty memo; "next" are other articles after these, as a
crawl meets them; "again" are the first ones once more.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from time import process_time

from rich.console import Console
from rich.table import Table

from newsspider.text import analyse, clean_text, fold, grams

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from shared_data import shared

WORDS = 300


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    with gzip.open(shared("ir", "news.docs.jsonl.gz"), "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line, _ in zip(lines, range(2 * count), strict=False)]
    first, others = texts[:count], texts[count:]
    analyse("")  # loads the word lists
    table = Table("what", "words", "articles a second", "µs a word")
    for label, some in (("analyse, cold", first), ("analyse, next", others), ("analyse, again", first)):
        began = process_time()
        _row(table, label, sum(len(analyse(text)) for text in some), process_time() - began)
    words = sum(len(analyse(text)) for text in first)
    for label, work in (("clean_text", clean_text), ("fold, whole text", fold)):
        began = process_time()
        for text in first:
            work(text)
        _row(table, label, words, process_time() - began)
    stems = [token.exact for text in first for token in analyse(text) if token.stem]
    began = process_time()
    for exact in stems:
        grams(exact)
    _row(table, "grams of every word", len(stems), process_time() - began)
    Console(width=120).print(table)


def _row(table: Table, label: str, words: int, seconds: float) -> None:
    table.add_row(label, f"{words:,}", f"{words / WORDS / seconds:,.0f}", f"{seconds * 1e6 / words:.2f}")


if __name__ == "__main__":
    main()
