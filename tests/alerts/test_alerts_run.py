"""Saved searches evaluated behind the checkpoint: nothing is missed, a family is told once, and whatever is killed, the next round goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from articles import FETCHED, article
from es_server import own_names
from receivers import Hook, hook

from newsspider import alerts, clock, indexing, intake
from newsspider.alerts import evaluation
from newsspider.alerts.delivery import PAUSES
from newsspider.config import Config, EngineConfig, NetConfig
from newsspider.engines import Engine, open_engine
from newsspider.errors import EngineUnavailable
from newsspider.items import Article, Change, Delivered, Delivery
from newsspider.net import Guard
from newsspider.search import Query, parse_query
from newsspider.store import Owner, SavedSearch, Store

OWNER = Owner.current()
STEP = 7
ENGINES = ["embedded", pytest.param("elasticsearch", marks=pytest.mark.xdist_group("elasticsearch"))]


class House:
    """A store, an engine and a webhook's receiver."""

    def __init__(self, config: Config, store: Store, engine: Engine, receiver: Hook) -> None:
        self.config, self.store, self.engine, self.receiver = config, store, engine, receiver

    def save(self, text: str = "القمح", **filters: Any) -> SavedSearch:
        guard = Guard.from_config(self.config.net)
        return alerts.save_search(self.store, guard, text, text, Query(**filters), owner="owner", webhook_url=self.receiver.url)

    def take_in(self, *articles: Article) -> list[str]:
        return [intake.take_in(self.store, one).article_id for one in articles]

    def index(self) -> None:
        assert indexing.sync(self.store, self.engine, OWNER, self.config.index).pending == 0

    def run(self) -> alerts.Round:
        return alerts.run(self.store, self.engine, self.config, OWNER)

    def told(self) -> list[str]:
        """The ids of the articles in the messages that arrived."""
        return [json.loads(body)["data"]["article"]["id"] for _, body in self.receiver.requests]


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "STEP", STEP)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    yield from opened(Config(data_folder=tmp_path, net=NetConfig(allow_networks=["127.0.0.0/8"])))


@pytest.fixture(params=ENGINES)
def any_house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    net = NetConfig(allow_networks=["127.0.0.0/8"])
    if request.param == "embedded":
        yield from opened(Config(data_folder=tmp_path, net=net))
        return
    server = request.getfixturevalue("elasticsearch")
    with own_names(server) as prefix:
        yield from opened(Config(data_folder=tmp_path, net=net, engine=EngineConfig(url=server.url, index=prefix, timeout=120)))


def opened(config: Config) -> Iterator[House]:
    engine = open_engine(config)
    with Store.open(config.store_url) as store, hook() as receiver:
        yield House(config, store, engine, receiver)
    engine.close()


def test_a_search_for_today_moves_with_time(any_house: House) -> None:
    house = any_house
    search = house.save("القمح تاريخ:اليوم")
    for number, later in ((1, -1), (2, 0)):  # both of the day before FETCHED
        with clock.fixed(FETCHED + timedelta(later)):
            house.take_in(article(number))
            house.index()
            assert house.run().alerts == -later
    assert [alert.article.title for alert in house.store.alerts(search.id)] == [article(1).title]


def test_what_is_new_and_matches_is_told_once(any_house: House) -> None:
    house = any_house
    house.take_in(article(1))
    house.index()
    search = house.save()
    only_levant = house.save(sources=("levant",))
    wheat, _, elsewhere = house.take_in(article(2), article(3, "نص عن الشعير وحده."), article(4, source="levant"))
    assert house.run().alerts == 0  # not searchable yet
    house.index()
    done = house.run()
    assert (done.alerts, done.messages.delivered, done.problems) == (4, 4, [])  # the title of the third has the word, too
    assert house.told().count(elsewhere) == 2
    assert house.told().count(wheat) == 1
    assert house.run() == alerts.Round()
    assert len(house.store.alerts(search.id)) == 3
    assert [alert.article.id for alert in house.store.alerts(only_levant.id)] == [elsewhere]


def test_few_new_articles_do_not_make_a_search_lenient(house: House) -> None:
    house.save("القمح الزيتون")
    house.save("كلمة من عشر كلمات القمح موسم الجزيرة")
    house.take_in(article(1))
    house.index()
    assert house.engine.search(parse_query("القمح الزيتون")).total == 1  # a search by hand is lenient
    assert house.run().alerts == 0


def test_a_reprint_is_the_same_story(house: House) -> None:
    house.save()
    first, reprint = house.take_in(article(1, "خبر طويل عن القمح. " * 30), article(1, "خبر طويل عن القمح. " * 30, source="levant"))
    assert first != reprint
    house.index()
    assert house.run().alerts == 1
    house.take_in(article(1, "خبر طويل عن القمح. " * 30, source="gulf"))
    house.index()
    assert house.run().alerts == 0
    assert house.told() in ([first], [reprint])


def test_an_edit_that_makes_an_article_match_is_told(house: House) -> None:
    house.save("الزيتون")
    (edited,) = house.take_in(article(1))
    house.index()
    assert house.run().alerts == 0
    house.take_in(article(1, "نص جديد عن الزيتون في إدلب."))
    house.index()
    assert house.run().alerts == 1
    assert house.told() == [edited]


def test_more_than_a_step_of_articles_is_told_whole(house: House) -> None:
    house.save()
    ids = house.take_in(*(article(number) for number in range(2 * STEP + 3)))
    house.index()
    assert house.run().alerts == len(ids)
    assert sorted(house.told()) == sorted(ids)


def test_a_rebuilt_index_tells_nothing_again_and_misses_nothing(house: House) -> None:
    house.save()
    house.take_in(article(1))
    house.index()
    house.run()
    (new,) = house.take_in(article(2))
    indexing.rebuild(house.store, house.engine, OWNER, house.config.index)
    assert house.run().alerts == 1
    assert house.told()[-1] == new


def test_an_article_that_the_engine_refused_is_told_once_it_is_taken(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.save()
    (refused,) = house.take_in(article(1))
    apply = type(house.engine).apply

    def refusing(self: Engine, changes: Sequence[Change]) -> list[Delivered]:
        return [Delivered(change.change_no, change.article_id, Delivery.DEAD, "mapper", "bad") for change in changes]

    monkeypatch.setattr(type(house.engine), "apply", refusing)
    house.index()
    assert house.run().alerts == 0
    monkeypatch.setattr(type(house.engine), "apply", apply)
    house.store.renew([refused])
    house.index()
    assert house.run().alerts == 1


def test_a_search_that_cannot_be_read_is_named_and_stops_no_other(house: House) -> None:
    house.store.save_search("broken", '"القمح', owner="owner")
    house.save()
    house.take_in(article(1))
    house.index()
    done = house.run()
    assert done.alerts == 1
    assert len(done.problems) == 1
    assert "'broken' of owner" in done.problems[0]
    assert "not closed" in done.problems[0]


def test_while_the_engine_is_away_messages_go_out_and_nothing_is_passed_over(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    search = house.save()
    house.receiver.statuses = [500, 204]
    house.take_in(article(1))
    house.index()
    house.run()
    house.take_in(article(2))
    house.index()

    def away(self: Engine, query: Query) -> None:
        raise EngineUnavailable("nobody answers")

    with monkeypatch.context() as broken, clock.fixed(clock.now() + PAUSES[0]):
        broken.setattr(type(house.engine), "search", away)
        done = house.run()
        assert (done.alerts, done.messages.delivered, done.problems) == (0, 1, ["nobody answers"])
    assert house.run().alerts == 1
    assert len(house.store.alerts(search.id)) == 2


def test_one_process_at_a_time(house: House) -> None:
    house.save()
    house.take_in(article(1))
    house.index()
    assert house.store.take_lease("alerts", Owner("elsewhere", 1, ""), 60)
    assert house.run().problems == ["another process is at the alerts"]
    assert house.told() == []
    house.store.drop_lease("alerts", Owner("elsewhere", 1, ""))
    assert house.run().alerts == 1


KILLED = """
import os, sys
from sqlalchemy import Engine, event
from newsspider import alerts
from newsspider.alerts import evaluation
from newsspider.config import Config, NetConfig
from newsspider.engines import open_engine
from newsspider.store import Owner, Store
config = Config(data_folder=sys.argv[1], net=NetConfig(allow_networks=["127.0.0.0/8"]))
evaluation.STEP = 7
store, engine, left = Store.open(config.store_url), open_engine(config), int(sys.argv[2])

@event.listens_for(Engine, "commit")
def kill(connection):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), 9)

alerts.run(store, engine, config, Owner.current())
"""


@pytest.mark.parametrize("commit", [2, 3, 5, 8, 13])
def test_killed_at_any_commit_every_article_is_told_under_one_id(house: House, tmp_path: Path, commit: int) -> None:
    search = house.save()
    ids = house.take_in(*(article(number) for number in range(STEP + 5)))
    house.index()
    child = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), str(commit)], check=False)
    assert child.returncode == -signal.SIGKILL
    house.run()
    assert set(house.told()) == set(ids)
    assert len(set(house.receiver.ids)) == len(ids)
    assert len(house.receiver.requests) <= len(ids) + 8  # again only what was under way
    assert house.store.messages("pending") == []
    assert len(house.store.alerts(search.id, 1000)) == len(ids)
