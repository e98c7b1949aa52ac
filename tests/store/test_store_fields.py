"""C18: a run in which titles, texts or dates suddenly go missing is told from one in which they do not."""

from __future__ import annotations

import pytest
from store_samples import article, link, on_day

from newsspider.items import Outcome
from newsspider.store import Field, FieldCoverage, Note, Owner, Store
from newsspider.store.fields import degradation

ME = Owner.current()
WHOLE = Field.TITLE | Field.BODY | Field.DATE | Field.AUTHORS
FULL = FieldCoverage(read=100, pages=100, titles=100, bodies=100, dates=100, authors=100)


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        ([Field.TITLE] * 20, "no text on 20 pages in a row"),
        ([WHOLE] * 50 + [Field(0)] * 25 + [WHOLE] * 50, "no text on 25 pages in a row"),
        ([Field.TITLE | Field.BODY] * 20, "no date on 20 pages in a row"),
        ([Field.TITLE | Field.BODY, Field.TITLE] * 20, "no date on 20 pages in a row"),
    ],
)
def test_c18_a_field_that_is_missing_twenty_times_in_a_row(seen: list[Field], says: str) -> None:
    assert says in (degradation(seen, FieldCoverage(), []) or Note("")).text


@pytest.mark.parametrize("seen", [[], [Field.TITLE] * 19, [Field.TITLE] * 19 + [WHOLE] + [Field.TITLE] * 19, [WHOLE & ~Field.AUTHORS] * 50])
def test_fewer_are_no_alarm(seen: list[Field]) -> None:
    assert degradation(seen, FieldCoverage(), []) is None


@pytest.mark.parametrize(
    ("run", "says"),
    [
        (FieldCoverage(100, 100, 100, 40, 40, 40), "articles: 40%, and 100% in earlier runs"),
        (FieldCoverage(100, 40, 40, 40, 40, 40), "articles: 40%, and 100% in earlier runs"),
        (FieldCoverage(100, 100, 30, 100, 100, 100), "titles: 30%"),
        (FieldCoverage(100, 100, 100, 100, 49, 100), "dates: 49%"),
        (FieldCoverage(100, 100, 100, 100, 100, 0), "authors: 0%"),
        (FieldCoverage(100, 100, 100, 60, 60, 60), None),
        (FieldCoverage(19, 19, 19, 0, 0, 0), None),
    ],
)
def test_c18_a_field_that_is_rarer_than_in_earlier_runs(run: FieldCoverage, says: str | None) -> None:
    found = degradation([], run, [FULL, FULL, FieldCoverage(5, 5, 5, 0, 0, 0), FULL])
    assert (found is None) if says is None else says in (found or Note("")).text


def test_what_is_missing_is_told_as_facts_too() -> None:
    lacking = degradation([Field.TITLE] * 21, FieldCoverage(), [])
    assert lacking == ("no text on 21 pages in a row: has the site changed its layout?", {"missing": "text", "pages": 21})
    fallen = degradation([], FieldCoverage(100, 100, 100, 100, 10, 0), [FULL, FULL])
    facts = {"missing": "dates", "share": 0.1, "before": 1.0}
    assert fallen == ("dates: 10%, and 100% in earlier runs: has the site changed its layout?", facts)


def test_what_was_always_rare_is_not_missed() -> None:
    assert degradation([], FieldCoverage(100, 100, 100, 100, 0, 0), [FieldCoverage(100, 100, 100, 100, 10, 10)]) is None


def test_the_ledger_counts_what_pages_had(store: Store) -> None:
    run = store.begin_run("levant", ME)
    store.announce(run.id, "levant", [link(str(number)) for number in range(6)])
    rows = store.claim(run.id, ME, 10)
    for number, row in enumerate(rows[:3]):
        made = article(str(number), f"نص {number}", frontier_key=row.key, publication=on_day(20) if number else None)
        made.authors = ["سمر"] if number == 2 else []
        store.record(made, run_id=run.id)
    store.finish(run.id, rows[3].key, Outcome.NOT_ARTICLE, "too_short", fields=Field.TITLE)
    store.finish(run.id, rows[4].key, Outcome.NOT_ARTICLE, "listing")
    store.finish(run.id, rows[5].key, Outcome.UNCHANGED, "not_modified")
    coverage = store.run(run.id).coverage
    assert coverage == FieldCoverage(read=5, pages=4, titles=4, bodies=3, dates=2, authors=1)
    assert coverage.shares() == {"articles": 3 / 5, "titles": 1, "bodies": 3 / 4, "dates": 2 / 3, "authors": 1 / 3}
    assert store.degradation(run.id) is None


def test_c18_a_run_is_compared_with_those_of_its_source_before_it(store: Store) -> None:
    for names in ("abc", "def", "ghi"):
        run = store.begin_run("levant", ME)
        store.announce(run.id, "levant", [link(f"{names}{number}") for number in range(24)])
        for number, row in enumerate(store.claim(run.id, ME, 100)):
            dated = names != "ghi" or number % 4 == 0
            made = article(f"{names}{number}", names + str(number), frontier_key=row.key, publication=on_day(20) if dated else None)
            store.record(made, run_id=run.id)
        found = store.degradation(run.id)
        store.end_run(run.id, "degraded" if found else "finished", found or Note("finished"))
    said = Note(
        "dates: 25%, and 100% in earlier runs: has the site changed its layout?", {"missing": "dates", "share": 0.25, "before": 1.0}
    )
    assert [(run.state, run.note) for run in store.runs("levant")] == [("degraded", said), *[("finished", Note("finished"))] * 2]
