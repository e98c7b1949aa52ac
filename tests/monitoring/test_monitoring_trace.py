"""The history of one address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from articles import article

from newsspider import indexing, intake
from newsspider.config import Config
from newsspider.engines import open_engine
from newsspider.items import Delivered, Delivery, Link, Outcome
from newsspider.monitoring import trace
from newsspider.store import Match, Owner, Store

ME = Owner.current()
URL = article(1).url


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data_folder=tmp_path)


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    with Store.open(config.store_url) as opened:
        yield opened


def visit(store: Store, **changes: object) -> str:
    run = store.begin_run("farm", ME)
    store.announce(run.id, "farm", [Link(URL)], force=True, found_on="https://farm.example/feed")
    (row,) = store.claim(run.id, ME, 9)
    recorded = intake.take_in(store, replace(article(1), frontier_key=row.key, **changes), run_id=run.id)  # type: ignore[arg-type]
    store.end_run(run.id, "finished")
    return recorded.article_id


def test_visits_versions_deliveries_and_alerts_stand_in_order(store: Store, config: Config) -> None:
    engine = open_engine(config)
    article_id = visit(store)
    visit(store, body="نص آخر تماما عن الشعير.")
    indexing.sync(store, engine, ME, config.index)
    search = store.save_search("شعير", "الشعير", owner="owner")
    store.note_matches(search, [Match(article_id, article_id, "{}")], 9)
    engine.close()
    found = trace(store, URL.replace("https://", "http://www.") + "?utm_source=x")  # in any of its forms
    assert [event.what for event in found.events if event.what != "found"] in (
        ["stored", "visited", "stored", "revised", "visited", "indexed", "alerted"],
        ["stored", "visited", "revised", "stored", "visited", "indexed", "alerted"],
    )
    assert [event.at for event in found.events] == sorted(event.at for event in found.events)
    assert "new, first_seen" in next(event.detail for event in found.events if event.what == "visited")
    assert found.article
    assert (found.article_id, found.article.revision, found.known) == (article_id, 2, True)
    assert found.waiting
    assert (found.waiting.state, found.waiting.found_on) == ("done", "https://farm.example/feed")
    assert [state.delivered for state in found.indexes] == [True]


def test_a_refusal_and_a_pending_change(store: Store) -> None:
    article_id = visit(store)
    store.set_checkpoint("index-1", 1)
    store.bury("index-1", Delivered(1, article_id, Delivery.DEAD, "mapper", "bad"))
    (refused,) = (event for event in trace(store, URL).events if event.what == "refused")
    assert refused.detail == "by index-1: mapper: bad"
    visit(store, body="نص آخر تماما عن الشعير.")
    (state,) = trace(store, URL).indexes
    assert not state.delivered


def test_a_failed_address_and_an_unknown_one(store: Store) -> None:
    run = store.begin_run("farm", ME)
    store.announce(run.id, "farm", [Link(URL)])
    (row,) = store.claim(run.id, ME, 9)
    store.finish(run.id, row.key, Outcome.FAILED, "http_404")
    (event,) = trace(store, URL).events
    assert (event.what, event.detail) == ("visited", f"failed, http_404 (run {run.id})")
    assert not trace(store, "https://farm.example/other").known
    with pytest.raises(ValueError, match="address"):
        trace(store, "farm")


def test_deleted_and_forgotten(store: Store) -> None:
    article_id = visit(store)
    store.delete(article_id)
    found = trace(store, URL)
    assert (found.article, found.article_id) == (None, article_id)
    store.forget(URL)
    assert trace(store, URL).forgotten
