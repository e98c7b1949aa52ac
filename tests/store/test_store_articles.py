"""What becomes of an article that was found."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from store_samples import NOON, SITE, article, link, on_day, said

from newsspider import clock
from newsspider.errors import StoreError
from newsspider.items import ArchiveRef, Outcome, Precision, Publication, Rejection
from newsspider.store import LedgerConflict, Owner, Run, Store


def test_new_article_is_stored_with_every_field(store: Store) -> None:
    publication = Publication(
        datetime(2025, 1, 22, 0, 30, tzinfo=UTC), Precision.SECOND, date(2025, 1, 22), datetime(2025, 1, 23, tzinfo=UTC),
        confidence=0.9, winner=said("2025-01-22T03:30+03:00"), reason="agreed", rejected=(Rejection(said("اليوم"), "chrome", "2025-01-25"),),
    )  # fmt: skip
    found = article(
        publication=publication, country="SY", language="ar", summary="ملخص", authors=["سمر", "علي"], section="محليات", tags=["قمح"],
        image_url=SITE + "a.jpg", canonical_url=SITE + "a", signature="سانا", evidence=[said("x"), said("y")], archive=ArchiveRef("1.warc.gz", 77),
    )  # fmt: skip
    with clock.fixed(NOON):
        recorded = store.record(found)
    assert (recorded.outcome, recorded.reason, recorded.change_no) == (Outcome.NEW, "first_seen", 1)
    stored = store.article(recorded.article_id)
    assert stored is not None
    for field in (
        "url",
        "source",
        "title",
        "body",
        "country",
        "language",
        "summary",
        "authors",
        "section",
        "tags",
        "image_url",
        "signature",
    ):
        assert getattr(stored, field) == getattr(found, field)
    assert (stored.publication, stored.evidence, stored.archive) == (publication, found.evidence, found.archive)
    assert stored.publication.published_at is not None
    assert stored.publication.published_at.isoformat() == "2025-01-22T03:30:00+03:00", "in the source's zone"
    assert (stored.revision, stored.change_no, stored.family_id, stored.first_seen_at) == (1, 1, stored.id, NOON)


def test_same_text_at_the_same_address_is_unchanged(store: Store) -> None:
    first = store.record(article())
    again = store.record(article())
    assert (again.outcome, again.article_id, again.change_no) == (Outcome.UNCHANGED, first.article_id, None)
    assert store.last_change() == 1


def test_s10_changed_text_is_an_update_and_the_old_version_is_kept_whole(store: Store) -> None:
    first = store.record(article(text="القديم", tags=["أول"], publication=on_day(3)))
    again = store.record(article(text="الجديد"))
    assert (again.outcome, again.reason, again.article_id, again.change_no) == (Outcome.UPDATED, "text_changed", first.article_id, 2)
    present = store.article(first.article_id)
    (old,) = store.revisions(first.article_id)
    assert present is not None
    assert (present.body, present.revision, present.change_no) == ("الجديد", 2, 2)
    assert present.publication == on_day(3), "a date is not lost because a later visit did not see it"
    assert (old.article.body, old.article.revision, old.article.tags, old.article.publication) == ("القديم", 1, ["أول"], on_day(3))


def test_same_text_of_the_same_source_elsewhere_is_a_duplicate(store: Store) -> None:
    first = store.record(article("a"))
    again = store.record(article("b"))
    assert (again.outcome, again.article_id, again.change_no) == (Outcome.DUPLICATE, first.article_id, None)
    assert [address.url for address in store.addresses(first.article_id)] == [SITE + "a", SITE + "b"]
    assert store.record(article("b", "نص آخر")).article_id == first.article_id, "its address belongs to the article from then on"


def test_s09_all_forms_of_an_address_lead_to_one_article(store: Store) -> None:
    forms = ["2025/خبر?utm_source=feed", "2025/%D8%AE%D8%A8%D8%B1", "2025/%d8%ae%d8%a8%d8%b1/amp"]
    outcomes = [store.record(article(form)).outcome for form in forms]
    canonical = store.record(article("app/77", also=("2025/خبر",), canonical_url=SITE + "2025/خبر"))
    assert outcomes == [Outcome.NEW, Outcome.UNCHANGED, Outcome.UNCHANGED]
    assert canonical.outcome is Outcome.UNCHANGED
    assert store.count() == 1
    assert {address.url for address in store.addresses(canonical.article_id)} == {SITE + forms[0], SITE + "app/77"}


def test_canonical_and_asked_for_addresses_are_kept_as_they_were(store: Store, run: Run) -> None:
    store.announce(run.id, "levant", [link("short/1")])
    (row,) = store.claim(run.id, Owner.current(), 1)
    found = article("long/1", also=("canonical/1", "short/1"), canonical_url=SITE + "canonical/1", frontier_key=row.key)
    recorded = store.record(found, run_id=run.id)
    assert {address.url for address in store.addresses(recorded.article_id)} == {SITE + "long/1", SITE + "canonical/1", SITE + "short/1"}
    for path in ("long/1", "canonical/1", "short/1"):
        assert store.article(SITE + path) == store.article(recorded.article_id)


def test_same_text_of_another_source_joins_the_family_of_the_first(store: Store) -> None:
    first = store.record(article("a"))
    second = store.record(article("b", source="gulf"))
    third = store.record(article("c", source="maghreb"))
    assert (second.outcome, second.reason) == (Outcome.NEW, "reprint")
    families = [stored.family_id for r in (first, second, third) if (stored := store.article(r.article_id))]
    assert families == [first.article_id] * 3


@pytest.mark.parametrize(
    ("old", "new", "outcome", "day"),
    [
        (None, on_day(3, 0.1), Outcome.UPDATED, 3),
        (on_day(4, 0.5), on_day(3, 0.6), Outcome.UPDATED, 3),
        (on_day(4, 0.5), on_day(3, 0.5), Outcome.UNCHANGED, 4),
        (on_day(4, 0.5), on_day(3, 0.4), Outcome.UNCHANGED, 4),
        (on_day(4, 0.5), None, Outcome.UNCHANGED, 4),
        (on_day(4, 0.5), on_day(4, 0.9), Outcome.UNCHANGED, 4),
        (None, None, Outcome.UNCHANGED, None),
    ],
)
def test_a_date_alone_changes_only_for_a_surer_one(
    store: Store, old: Publication | None, new: Publication | None, outcome: Outcome, day: int | None
) -> None:
    first = store.record(article(publication=old))
    again = store.record(article(publication=new))
    stored = store.article(first.article_id)
    assert again.outcome is outcome
    assert stored is not None
    assert stored.publication.published_day == (day and date(2025, 1, day))
    assert [revision.article.publication for revision in store.revisions(first.article_id)] == (
        [old or Publication()] if outcome is Outcome.UPDATED else []
    )


def test_other_authors_make_a_version_and_the_same_or_none_do_not(store: Store) -> None:
    first = store.record(article(authors=["سمر علي", "أحمد"]))
    for authors in (["احمد", "سمر  علي"], []):
        assert store.record(article(authors=authors)).outcome is Outcome.UNCHANGED
    again = store.record(article(authors=["سمر علي"]))
    assert (again.outcome, again.reason) == (Outcome.UPDATED, "authors_changed")
    (old,) = store.revisions(first.article_id)
    assert old.article.authors == ["سمر علي", "أحمد"]


def test_an_edit_that_names_no_authors_keeps_those_that_are_known(store: Store) -> None:
    store.record(article(authors=["سمر علي"], publication=on_day(20)))
    edited = store.record(article(text="نص آخر تماما", publication=on_day(20)))
    dated = store.record(article(text="نص آخر تماما", publication=on_day(22, confidence=0.9)))
    assert [one.reason for one in (edited, dated)] == ["text_changed", "date_improved"]
    assert store.record(article(text="نص آخر تماما", authors=["سمر علي"])).outcome is Outcome.UNCHANGED
    found = store.article(edited.article_id)
    assert found
    assert [*(old.article.authors for old in store.revisions(found.id)), found.authors] == [["سمر علي"]] * 3
    assert store.record(article(text="نص آخر تماما", authors=["هدى"])).reason == "authors_changed"


def test_identity_is_given_once(store: Store) -> None:
    first = store.record(article("old"))
    better = store.record(article("new", also=("old",), canonical_url=SITE + "new"))
    assert better.article_id == first.article_id
    assert store.article(SITE + "new") == store.article(first.article_id)


def test_two_known_addresses_stay_with_their_articles(store: Store) -> None:
    one, two = store.record(article("1", "واحد")), store.record(article("2", "اثنان"))
    merged = store.record(article("2", "ثلاثة", also=("1",)))
    assert merged.article_id == two.article_id, "the first of the keys decides"
    kept = store.article(SITE + "1")
    assert kept is not None
    assert kept.id == one.article_id


def test_i15_a_deleted_article_stays_deleted(store: Store) -> None:
    first = store.record(article())
    store.record(article(text="ثان"))
    assert store.delete(first.article_id) == 3
    again = store.record(article(text="ثالث"))
    assert (again.outcome, again.reason, again.change_no) == (Outcome.REJECTED, "deleted", None)
    assert store.article(first.article_id) is None
    assert store.revisions(first.article_id) == []
    assert [(change.change_no, change.article) for change in store.changes(0, 10)] == [(3, None)]
    with pytest.raises(StoreError, match=first.article_id):
        store.delete(first.article_id)
    assert store.check() == []


def test_what_no_database_keeps_does_not_break_the_store(store: Store) -> None:
    hostile = article(text="نص\0 \ud800", title="ع\udfff", tags=["\0"], evidence=[said("\ud83d")])
    stored = store.article(store.record(hostile).article_id)
    assert stored is not None
    assert (stored.body, stored.title) == ("نص ?", "ع?")
    assert stored.evidence[0].raw == "?"


def test_unusable_articles_are_refused_by_name(store: Store) -> None:
    with pytest.raises(ValueError, match="no keys"):
        store.record(article(keys=None))
    with pytest.raises(ValueError, match="Asia/Atlantis"):
        store.record(article(timezone="Asia/Atlantis"))
    with pytest.raises(ValueError, match="without a zone"):
        store.record(article(fetched_at=datetime(2025, 1, 1)))  # noqa: DTZ001 - what is refused
    assert (store.count(), store.last_change()) == (0, 0)
    assert store.check() == []


def test_articles_are_streamed_by_source_and_day(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsspider.store.articles.PAGE", 3)
    for number in range(20):
        store.record(
            article(
                f"{number}",
                f"نص {number}",
                source="gulf" if number % 2 else "levant",
                publication=on_day(number + 1) if number < 18 else None,
            )
        )
    everything = [stored.id for stored in store.articles()]
    assert len(everything) == len(set(everything)) == 20
    assert sum(1 for _ in store.articles("gulf")) == 10
    days = [stored.publication.published_day for stored in store.articles(day_from=date(2025, 1, 5), day_to=date(2025, 1, 12))]
    assert days == [date(2025, 1, day) for day in range(5, 13)]
    assert sum(1 for _ in store.articles("gulf", day_to=date(2025, 1, 4))) == 2


def test_articles_are_streamed_by_id_in_the_order_asked_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsspider.store.articles.PAGE", 2)
    for number in range(5):
        store.record(article(f"{number}", f"نص {number}"))
    ids = sorted((one.id for one in store.articles()), reverse=True)
    assert [one.id for one in store.articles_by_id(iter([ids[3], "0" * 32, *ids]))] == [ids[3], *ids]
    assert list(store.articles_by_id([])) == []


def test_a_reader_in_the_middle_of_a_stream_blocks_no_writer(store: Store) -> None:
    for number in range(300):
        store.record(article(f"{number}", f"نص {number}"))
    stream = store.articles()
    next(stream)
    store.record(article("later", "لاحق"))
    assert 299 <= sum(1 for _ in stream) <= 300


def test_record_ends_the_visit_in_the_same_transaction(store: Store, run: Run) -> None:
    store.announce(run.id, "levant", [link("a"), link("b")])
    one, two = store.claim(run.id, Owner.current(), 2)
    recorded = store.record(article("a", frontier_key=one.key), run_id=run.id, validators=('"etag"', None))
    assert store.run(run.id).outcomes == {Outcome.NEW: 1}
    (row,) = store.ledger(run.id, Outcome.NEW)
    assert (row.url, row.reason, row.article_id) == (SITE + "a", "first_seen", recorded.article_id)
    assert store.record(article("a", frontier_key=one.key), run_id=run.id).outcome is Outcome.UNCHANGED, "a repeated visit changes nothing"
    assert store.run(run.id).outcomes == {Outcome.NEW: 1}
    with pytest.raises(LedgerConflict, match="ended as new"):
        store.record(article("a", "نص آخر", frontier_key=one.key), run_id=run.id)
    assert store.last_change() == 1, "nothing of the refused visit is stored"
    with pytest.raises(StoreError, match="never given"):
        store.record(article("c", "آخر", frontier_key="0" * 32), run_id=run.id)
    assert store.count() == 1
    store.finish(run.id, two.key, Outcome.NOT_ARTICLE, "section_page")
    assert store.waiting(run.id) == 0
