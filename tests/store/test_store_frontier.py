"""Which addresses a run has to visit, and that each ends once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from store_samples import NOON, SITE, article, link, said, seed

from newsspider import clock
from newsspider.errors import RunActive, StoreError
from newsspider.items import EvidenceKind, EvidenceRole, Link, Outcome
from newsspider.store import Announced, FrontierRow, LedgerConflict, Owner, Run, Store, rest

ME = Owner.current()


def next_run(store: Store, run: Run) -> Run:
    store.end_run(run.id, "finished")
    return store.begin_run(run.source, ME)


def visit_all(store: Store, run: Run, outcome: Outcome = Outcome.UNCHANGED) -> list[str]:
    """Claim and end everything; the paths in the order of the visits."""
    paths = []
    while rows := store.claim(run.id, ME, 3):
        for row in rows:
            store.finish(run.id, row.key, outcome, "test")
            paths.append(row.url.removeprefix(SITE))
    return paths


def test_new_addresses_are_due_discovery_first_in_the_order_of_their_announcement(store: Store, run: Run) -> None:
    articles = [link(f"n/{number}") for number in range(8)]
    assert store.announce(run.id, "levant", articles, depth=1) == Announced(8, 0)
    assert store.announce(run.id, "levant", [seed("feed.xml"), seed("sitemap.xml", "sitemap")], force=True) == Announced(2, 0)
    assert visit_all(store, run) == ["feed.xml", "sitemap.xml", *(f"n/{number}" for number in range(8))]
    summary = store.run(run.id)
    assert (summary.discovered, summary.open, summary.outcomes, summary.discovery) == (8, 0, {Outcome.UNCHANGED: 8}, {Outcome.UNCHANGED: 2})


def test_a_claimed_row_carries_what_was_announced(store: Store, run: Run) -> None:
    told = Link(
        SITE + "a", "عنوان", "محليات", ("سمر",), (said("Wed, 22 Jan 2025"), said("2025-01-23", EvidenceKind.SITEMAP, EvidenceRole.MODIFIED))
    )
    store.announce(run.id, "levant", [told], depth=2, found_on=SITE + "feed.xml")
    (row,) = store.claim(run.id, ME, 5)
    assert row == FrontierRow(row.key, told.url, "levant", "article", None, 2, told, 1, None, None, row.found_on)
    assert store.claim(run.id, ME, 5) == [], "it is leased"
    store.announce(run.id, "levant", [seed("list", "listing")])
    (page,) = store.claim(run.id, ME, 5)
    assert (page.kind, page.discovery_kind, page.link) == ("discovery", "listing", seed("list", "listing"))


def test_repeated_addresses_count_as_known_and_what_is_said_of_them_adds_up(store: Store, run: Run) -> None:
    first = link("a", said("one"))
    announced = store.announce(
        run.id, "levant", [first, link("a?utm_source=x", said("two", EvidenceKind.SITEMAP), title="عنوان"), link("b")]
    )
    assert announced == Announced(2, 1)
    assert store.announce(run.id, "levant", [link("a", said("three"), section="محليات")]) == Announced(0, 1)
    row = store.claim(run.id, ME, 1)[0]
    assert (row.link.title, row.link.section, [e.raw for e in row.link.evidence]) == ("عنوان", "محليات", ["one", "two", "three"])
    assert store.run(run.id).known == 2


def test_what_is_no_address_is_told_and_the_rest_announced(store: Store, run: Run) -> None:
    links = [Link("javascript:alert(1)"), link("a"), Link("http://")]
    assert store.announce(run.id, "levant", links) == Announced(1, 0, ("javascript:alert(1)", "http://"))


def test_known_articles_are_not_visited_again(store: Store, run: Run) -> None:
    store.announce(run.id, "levant", [link("a", said("one"))])
    visit_all(store, run)
    assert store.announce(run.id, "levant", [link("a", said("other"))]) == Announced(0, 1), "not twice in one run"
    second = next_run(store, run)
    assert store.announce(second.id, "levant", [link("a", said("one"))]) == Announced(0, 1)
    assert store.announce(second.id, "levant", [link("a")], force=True) == Announced(1, 0)


def test_discovery_pages_are_visited_once_in_every_run(store: Store, run: Run) -> None:
    for _ in range(3):
        assert store.announce(run.id, "levant", [seed("feed.xml")], force=True) == Announced(1, 0)
        assert visit_all(store, run) == ["feed.xml"]
        assert store.announce(run.id, "levant", [seed("feed.xml")], force=True) == Announced(0, 1)
        assert visit_all(store, run) == []
        run = next_run(store, run)


def test_another_date_in_a_feed_or_sitemap_makes_an_article_due_once(store: Store, run: Run) -> None:
    store.announce(run.id, "levant", [link("a", said("Wed"), said("x", EvidenceKind.URL))])
    visit_all(store, run)
    run = next_run(store, run)
    assert store.announce(run.id, "levant", [link("a", said("y", EvidenceKind.URL))]).new == 0, "only feeds and sitemaps tell"
    assert store.announce(run.id, "levant", [link("a", said("Thu"))]).new == 1
    (row,) = store.claim(run.id, ME, 1)
    assert [e.raw for e in row.link.evidence] == ["Wed", "x", "Thu"]
    store.finish(run.id, row.key, Outcome.UNCHANGED, "same_text")
    run = next_run(store, run)
    assert store.announce(run.id, "levant", [link("a", said("Wed"))]).new == 0, "told before: two feeds that differ do not take turns"
    assert store.announce(run.id, "levant", [link("a", said("Thu"))]).new == 0


def test_a_date_told_after_the_visit_is_seen_by_the_next_run(store: Store, run: Run) -> None:
    store.announce(run.id, "levant", [link("a", said("Wed"))])
    visit_all(store, run)
    assert store.announce(run.id, "levant", [link("a", said("Thu"))]).new == 0
    run = next_run(store, run)
    assert store.announce(run.id, "levant", [link("a", said("Thu"))]).new == 1


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.SKIPPED])
def test_failed_and_skipped_articles_are_due_again_in_the_next_run(store: Store, run: Run, outcome: Outcome) -> None:
    store.announce(run.id, "levant", [link("a")])
    visit_all(store, run, outcome)
    run = next_run(store, run)
    assert store.announce(run.id, "levant", [link("a")]).new == 1
    (row,) = store.claim(run.id, ME, 1)
    assert row.attempts == 2


def test_a_later_try_waits_for_its_time_and_then_needs_no_announcement(store: Store, run: Run) -> None:
    with clock.fixed(NOON):
        run = next_run(store, run)
        store.announce(run.id, "levant", [link("a")])
        (row,) = store.claim(run.id, ME, 1)
        store.finish(run.id, row.key, Outcome.FAILED, "retry_after", next_try=NOON + timedelta(hours=24))
    with clock.fixed(NOON + timedelta(hours=23)):
        run = next_run(store, run)
        assert store.announce(run.id, "levant", [link("a")]).new == 0
        assert store.waiting(run.id) == 0
    with clock.fixed(NOON + timedelta(hours=24)):
        run = next_run(store, run)
        assert store.waiting(run.id) == 1
        assert visit_all(store, run) == ["a"]


def test_validators_come_back_at_the_next_visit(store: Store, run: Run) -> None:
    store.announce(run.id, "levant", [seed("feed.xml")])
    (row,) = store.claim(run.id, ME, 1)
    store.finish_discovery(run.id, row.key, Outcome.NEW, "read", [], depth=1, validators=('"v1"', "Wed, 22 Jan 2025 10:00:00 GMT"))
    run = next_run(store, run)
    store.announce(run.id, "levant", [seed("feed.xml")])
    (row,) = store.claim(run.id, ME, 1)
    assert (row.etag, row.last_modified) == ('"v1"', "Wed, 22 Jan 2025 10:00:00 GMT")


def test_a_discovery_page_ends_with_its_links_in_one_transaction(store: Store, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    store.announce(run.id, "levant", [seed("list", "listing")])
    (row,) = store.claim(run.id, ME, 1)
    announced = store.finish_discovery(
        run.id, row.key, Outcome.NEW, "read", [link("a"), link("b")], following=[seed("list?page=2", "listing")], depth=1
    )
    assert announced == Announced(3, 0)
    (page,) = store.claim(run.id, ME, 1)
    assert (page.url, page.depth) == (SITE + "list?page=2", 1)
    announced = store.finish_discovery(
        run.id, page.key, Outcome.NEW, "read", [link("a")], following=[seed("list?page=3", "listing")], depth=2
    )
    assert announced == Announced(0, 1), "nothing new on it, so what follows is not announced"

    store.announce(run.id, "levant", [seed("feed.xml")])
    (feed,) = store.claim(run.id, ME, 1)

    def broken(*_: object) -> dict[str, object]:
        raise ZeroDivisionError

    monkeypatch.setattr("newsspider.store.announce._new_row", broken)
    with pytest.raises(ZeroDivisionError):
        store.finish_discovery(run.id, feed.key, Outcome.NEW, "read", [link("c")], depth=1)
    assert store.waiting(run.id) == 3, "the page has not ended, since its links could not be stored"


def test_each_address_ends_once(store: Store, run: Run) -> None:
    store.announce(run.id, "levant", [link("a")])
    (row,) = store.claim(run.id, ME, 1)
    store.finish(run.id, row.key, Outcome.FAILED, "timeout")
    store.finish(run.id, row.key, Outcome.FAILED, "again")
    with pytest.raises(LedgerConflict, match="ended as failed"):
        store.finish(run.id, row.key, Outcome.REJECTED, "too_short")
    with pytest.raises(StoreError, match="never given"):
        store.finish(run.id, "0" * 32, Outcome.FAILED, "timeout")
    assert [(row.outcome, row.reason) for row in store.ledger(run.id)] == [(Outcome.FAILED, "timeout")]


def test_released_rows_are_due_again_as_if_never_claimed(store: Store, run: Run) -> None:
    store.announce(run.id, "levant", [link("a"), link("b")])
    rows = store.claim(run.id, ME, 2)
    store.finish(run.id, rows[1].key, Outcome.FAILED, "timeout")
    store.release(run.id, [row.key for row in rows])
    assert store.claim(run.id, ME, 2) == [rows[0]]


def test_a_lease_that_nobody_ends_runs_out(store: Store, run: Run) -> None:
    with clock.fixed(NOON):
        run = next_run(store, run)
        store.announce(run.id, "levant", [link("a")])
        store.claim(run.id, ME, 1)
    with clock.fixed(NOON + timedelta(hours=23)):
        assert store.claim(run.id, ME, 1) == []
    with clock.fixed(NOON + timedelta(hours=25)):
        assert [row.attempts for row in store.claim(run.id, ME, 1)] == [2]


def test_addresses_of_two_sources_do_not_mix(store: Store, run: Run) -> None:
    other = store.begin_run("gulf", ME)
    store.announce(run.id, "levant", [link("shared")])
    assert store.announce(other.id, "gulf", [link("shared"), link("own")]) == Announced(1, 1), "the first run visits it"
    assert visit_all(store, other) == ["own"]
    store.end_run(run.id, "stopped")
    assert store.announce(other.id, "gulf", [link("shared")]) == Announced(1, 0), "its run ended without it"
    assert visit_all(store, other) == ["shared"]


def test_two_sources_with_the_same_pages_visit_them_once_each(store: Store, run: Run) -> None:
    other = store.begin_run("maghrib", ME)
    pages = [seed("feed.xml"), link("a")]
    for of_run in (run, other):
        assert store.announce(of_run.id, of_run.source, pages, force=True).new == 2
        visit_all(store, of_run, Outcome.FAILED)
    assert store.announce(run.id, "levant", pages, force=True) == Announced(0, 2), "though the other's run has them now"
    assert visit_all(store, run) == []


def test_only_the_owner_of_a_run_can_claim(store: Store, run: Run) -> None:
    with pytest.raises(RunActive, match="taken over"):
        store.claim(run.id, Owner("elsewhere", 1, ""), 1)
    store.end_run(run.id, "finished")
    with pytest.raises(RunActive):
        store.claim(run.id, ME, 1)


def test_an_imported_article_that_is_announced_later_is_visited_once(store: Store, run: Run) -> None:
    store.record(article("a"))
    store.announce(run.id, "levant", [link("a")])
    (row,) = store.claim(run.id, ME, 1)
    assert store.record(article("a", frontier_key=row.key), run_id=run.id).outcome is Outcome.UNCHANGED
    assert store.run(run.id).outcomes == {Outcome.UNCHANGED: 1}


def test_a_listing_goes_on_past_what_a_feed_told_first(store: Store) -> None:
    run = store.begin_run("levant", ME)
    store.announce(run.id, "levant", [seed("list", "listing")], force=True)
    store.announce(run.id, "levant", [link("a", said("one"))])
    row = next(row for row in store.claim(run.id, ME, 5) if row.kind == "discovery")
    told = store.finish_discovery(run.id, row.key, Outcome.NEW, "read", [link("a")], following=[seed("list?page=2", "listing")], depth=1)
    assert told.new == 1, "the next page"
    (page,) = (row for row in store.claim(run.id, ME, 5) if row.kind == "discovery")
    store.finish_discovery(run.id, page.key, Outcome.NEW, "read", [link("b")], following=[seed("list?page=3", "listing")], depth=2)
    (page,) = (row for row in store.claim(run.id, ME, 5) if row.kind == "discovery")
    repeated = store.finish_discovery(
        run.id, page.key, Outcome.NEW, "read", [link("b")], following=[seed("list?page=4", "listing")], depth=3
    )
    assert repeated.new == 0, "a page with nothing new ends the listing"


def test_sqlite_is_asked_for_any_number_of_addresses_by_a_few_statements(file_store: Store) -> None:
    """Its driver keeps the last 256 of each connection, with all that stands in them: those of 500 written-out keys took 27 MiB."""
    asked: set[str] = set()
    event.listen(file_store._database.engine, "before_cursor_execute", lambda *given: asked.add(given[2]))
    run = file_store.begin_run("levant", ME)
    for count in range(1, 34):
        before = count * 100
        told = file_store.announce(run.id, "levant", [link(f"n/{number}") for number in range(before, before + count)])
        assert told == Announced(count, 0)
        assert file_store.announce(run.id, "levant", [link(f"n/{before + count - 1}")]) == Announced(0, 1)
    assert 1 <= len([statement for statement in asked if "url_key IN" in statement]) <= 7  # powers of two up to 64


def test_what_was_announced_of_a_page_before_its_end_counts_for_it(store: Store) -> None:
    same = ('"1"', None)
    visit_feed(store, same, "a")
    run = store.begin_run("levant", ME)
    store.announce(run.id, "levant", [seed("feed")], force=True)
    (row,) = store.claim(run.id, ME, 9)
    before = store.announce(run.id, "levant", [link("b")], owner=ME)
    told = store.finish_discovery(
        run.id, row.key, Outcome.NEW, "read", [link("a")], following=[seed("feed?page=2")], depth=1, validators=same, before=before
    )
    assert told.new == 1, "the next page"
    assert store.distrusted("levant") == [row.url]


def visit_feed(store: Store, validators: tuple[str | None, str | None], *paths: str) -> str | None:
    """Read the feed in a run of its own; the ETag it is then known by."""
    run = store.begin_run("levant", ME)
    store.announce(run.id, "levant", [seed("feed")], force=True)
    (row,) = [row for row in store.claim(run.id, ME, 9) if row.kind == "discovery"]
    store.finish_discovery(run.id, row.key, Outcome.NEW, "read", [link(path) for path in paths], depth=1, validators=validators)
    for article_row in store.claim(run.id, ME, 9):
        store.finish(run.id, article_row.key, Outcome.NOT_ARTICLE, "too_short")
    store.end_run(run.id, "finished")
    return row.etag


def test_c14_a_feed_that_keeps_its_validators_though_it_changed_is_not_believed_again(store: Store) -> None:
    same = ('"1"', "Wed, 22 Jan 2025 10:00:00 GMT")
    assert visit_feed(store, same, "a") is None
    assert visit_feed(store, same, "a") == '"1"'
    assert store.distrusted("levant") == []
    assert visit_feed(store, ('"2"', same[1]), "a", "b") == '"1"'
    assert store.distrusted("levant") == [], "it told that it had changed"
    assert visit_feed(store, ('"2"', same[1]), "a", "b", "c") == '"2"'
    assert store.distrusted("levant") == [SITE + "feed"]
    assert visit_feed(store, ('"3"', same[1]), "a") is None
    assert visit_feed(store, ('"3"', same[1]), "a") is None


def test_a_discovery_page_that_fails_for_long_rests_for_as_long(store: Store) -> None:
    now = NOON
    for attempt in range(1, 38):
        with clock.fixed(now):
            assert [page.attempts for page in store.resting("levant")] == []
            run = store.begin_run("levant", ME)
            store.announce(run.id, "levant", [seed("feed")], force=True)
            (row,) = store.claim(run.id, ME, 9)
            assert row.attempts == attempt
            pause = rest(row.attempts)
            store.finish(run.id, row.key, Outcome.FAILED, "http_404", next_try=now + pause if pause else None)
            store.end_run(run.id, "finished")
            if pause:
                assert [(page.url, page.attempts) for page in store.resting("levant")] == [(SITE + "feed", attempt)]
        now += (pause or timedelta(hours=1)) + timedelta(seconds=1)
    assert [rest(attempts) for attempts in (29, 30, 31, 35, 99)] == [
        None,
        *(timedelta(hours=hours) for hours in (1, 2, 32)),
        timedelta(days=7),
    ]


def test_a_sitemap_that_has_not_changed_since_it_was_read_is_not_read_again_that_day(store: Store) -> None:
    def visited(now: datetime, changed_at: datetime | None) -> int:
        with clock.fixed(now):
            run = store.begin_run("levant", ME)
            announced = store.announce(run.id, "levant", [replace(seed("map-1.xml", "sitemap"), changed_at=changed_at)])
            for row in store.claim(run.id, ME, 9):
                store.finish_discovery(run.id, row.key, Outcome.NEW, "read", [], depth=1, validators=(None, None))
            store.end_run(run.id, "finished")
            return announced.new

    hour = timedelta(hours=1)
    assert visited(NOON, NOON - hour) == 1
    assert visited(NOON + hour, NOON - hour) == 0
    assert visited(NOON + 2 * hour, NOON + hour) == 1
    assert visited(NOON + 3 * hour, None) == 1
    assert visited(NOON + 28 * hour, NOON - hour) == 1, "not believed for longer than a day"
    assert visited(NOON + 27 * hour, NOON - hour) == 1, "nor by a clock that was set back"


def test_o03_a_page_read_in_the_future_was_not_read(store: Store, run: Run) -> None:
    store.announce(run.id, "levant", [link("a")])
    (row,) = store.claim(run.id, ME, 1)
    with clock.fixed(NOON):
        read = {days: replace(row, read_at=NOON + timedelta(days=days)).was_read_within(7) for days in (-8, -6, 0, 1)}
        assert read == {-8: False, -6: True, 0: True, 1: False}
        assert not row.was_read_within(7)
