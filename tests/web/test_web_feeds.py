"""Feeds of saved searches: what they show, to whom, and names that attack (U16)."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import feedparser
import httpx
import pytest
from articles import article
from lxml import etree
from web_hostile import ATTACKS
from web_site import configured, serving, take_in

from newsspider.config import Config
from newsspider.store import Match, SavedSearch, Store
from newsspider.web import create_app


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return configured(tmp_path)


@pytest.fixture
def stranger(config: Config) -> Iterator[httpx.Client]:
    with serving(config) as client:
        yield client


def save(config: Config, name: str = "قمح", query: str = "القمح") -> SavedSearch:
    with Store.open(config.store_url) as store:
        return store.save_search(name, query, owner="owner")


def test_a_feed_shows_what_was_found_first_and_then_what_there_is(config: Config, stranger: httpx.Client) -> None:
    ids = take_in(config, [article(number) for number in range(1, 4)])
    search = save(config)
    with Store.open(config.store_url) as store:
        store.note_matches(search, [Match(ids[1], ids[1], "{}")], 9)
    atom, json_feed = (stranger.get(path) for path in search.feed_paths)
    parsed = feedparser.parse(atom.content)
    assert not parsed.bozo
    assert parsed.feed.title == "قمح"
    assert parsed.entries[0].title == "خبر رقم 2 عن القمح"
    assert len(parsed.entries) == 3
    assert atom.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert [item["title"] for item in json_feed.json()["items"]] == [entry.title for entry in parsed.entries]


@pytest.mark.parametrize("change", [("key=", "key=x"), ("?key=", "?k="), (".atom", ".rss"), ("/feeds/", "/feeds/0")])
def test_only_the_whole_address_opens_a_feed(config: Config, stranger: httpx.Client, change: tuple[str, str]) -> None:
    search = save(config)
    assert stranger.get(search.feed_paths[0]).status_code == 200
    assert stranger.get(search.feed_paths[0].replace(*change)).status_code == 404


def test_the_feed_of_a_removed_search_ends(config: Config, stranger: httpx.Client) -> None:
    search = save(config)
    with Store.open(config.store_url) as store:
        store.remove_search(search.id)
    assert stranger.get(search.feed_paths[0]).status_code == 404


def test_u09_a_feed_is_read_as_often_as_one_may_search_and_strangers_take_no_turn(tmp_path: Path) -> None:
    config = configured(tmp_path, searches_per_minute=1)
    search, app = save(config), create_app(config)
    with serving(config, app) as client:
        real, app.state.turns = app.state.turns, None  # whoever asks for a turn fails
        assert client.get(f"{search.feed_paths[0]}x").status_code == 404
        app.state.turns = real
        assert [client.get(path).status_code for path in search.feed_paths] == [200, 429]


def test_o08_the_key_is_in_no_log(config: Config, stranger: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    search = save(config)
    with caplog.at_level(logging.INFO, "newsspider"):
        stranger.get(search.feed_paths[0])
        deadline = time.monotonic() + 60
        while search.id not in caplog.text:  # the line is written once the answer is on its way
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert search.feed_key not in caplog.text


@pytest.mark.parametrize("attack", ATTACKS)
def test_u16_a_hostile_name_stays_text(config: Config, stranger: httpx.Client, attack: str) -> None:
    search = save(config, name=attack)
    answer = stranger.get(search.feed_paths[0])
    assert etree.fromstring(answer.content).findtext("{http://www.w3.org/2005/Atom}title")
    assert stranger.get(search.feed_paths[1]).json()["items"] == []
