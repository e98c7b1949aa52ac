"""How many articles there are of each source and day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from articles import article

from newsspider import intake
from newsspider.store import Store


def test_days_are_counted_by_source_and_undated_articles_apart(store: Store) -> None:
    for number in range(3):
        intake.take_in(store, article(number))
    intake.take_in(store, replace(article(4), evidence=[]))
    intake.take_in(store, article(5, source="mill"))
    coverage = store.coverage()
    assert coverage["farm"].days == {date(2026, 4, 30): 3}
    assert (coverage["farm"].undated, coverage["farm"].total) == (1, 4)
    assert coverage["mill"].total == 1
    assert coverage.keys() == {"farm", "mill"}


def test_a_store_without_articles_covers_nothing(store: Store) -> None:
    assert store.coverage() == {}
