"""The measure that counts: rows gathered from real sites, scored by the corpus's own measure.py."""

import importlib.util
from collections import Counter
from datetime import date, datetime
from types import ModuleType

from shared_data import shared

from newsspider.dates import parse_date

MIN_CORRECT = 0.995


def measure() -> ModuleType:
    spec = importlib.util.spec_from_file_location("measure_dates", shared("dates", "measure.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(raw: str, reference: datetime, timezone: str) -> datetime | date | None:
    found = parse_date(raw, reference=reference, timezone=timezone)
    return found.value if found else None


def test_corpus() -> None:
    corpus = measure()
    results, _ = corpus.run(corpus.load(shared("dates", "dev.tsv")), read)
    counts = Counter(verdict for _, _, verdict, _ in results)
    failed = [(row["raw"], verdict, str(value)) for row, value, verdict, _ in results if verdict != "correct"]
    assert (counts["wrong"], counts["fp"]) == (0, 0), failed
    assert counts["correct"] >= MIN_CORRECT * len(results), failed
