"""Notices: what is found of sources, when it ends, and whom it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from articles import article
from receivers import hook, mailbox

from newsspider import alerts, clock, intake
from newsspider.config import AlertsConfig, Config, MailConfig, NetConfig
from newsspider.engines import open_engine
from newsspider.items import Link, Outcome
from newsspider.monitoring import rounds
from newsspider.monitoring.rounds import Rounds, one_round
from newsspider.monitoring.watch import EVERY, tell, watch
from newsspider.sources import Source
from newsspider.store import Condition, Note, NoticeKind, Owner, SourceState, Store
from newsspider.wording.languages import LANGUAGES

NOW = datetime(2026, 5, 10, 9, tzinfo=UTC)
ME = Owner.current()
SECRET = "whsec_" + "a" * 43 + "="
FARM = Source.model_validate(
    {
        "name": "farm",
        "title": "الحقل",
        "homepage": "https://farm.example/",
        "timezone": "Asia/Damascus",
        "feeds": ["https://farm.example/feed"],
    }
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'newsspider.db'}") as opened:
        yield opened


def kinds(store: Store, now: datetime = NOW) -> list[NoticeKind]:
    """What holds after a look at the source."""
    with clock.fixed(now):
        watch(store, [FARM])
    return [notice.kind for notice in store.notices(ended=False)]


def stored_daily(store: Store, days: range, count: int) -> None:
    for day in days:
        with clock.fixed(NOW - timedelta(days=day, hours=1)):
            for number in range(count):
                intake.take_in(store, replace(article(1000 * day + number), evidence=[]))


def test_a_source_that_falls_silent_and_comes_back(store: Store) -> None:
    stored_daily(store, range(1, 21), 8)
    assert kinds(store, NOW - timedelta(days=1)) == []
    assert kinds(store) == [NoticeKind.SILENT]
    (notice,) = store.notices()
    assert notice.facts == {"stored": 0, "usual": 8}
    stored_daily(store, range(1), 8)
    assert kinds(store) == []


def test_a_source_that_pours(store: Store) -> None:
    stored_daily(store, range(1, 21), 8)
    stored_daily(store, range(1), 30)
    assert kinds(store) == [NoticeKind.LOUD]


def test_what_comes_from_an_archive_does_not_count(store: Store) -> None:
    stored_daily(store, range(21), 8)
    with clock.fixed(NOW - timedelta(hours=2)):
        for number in range(60):
            intake.take_in(store, article(90_000 + number))  # published on 30 April
    assert kinds(store) == []


def run_of(
    store: Store, endings: list[tuple[Outcome, str]], *, read: bool = True, state: str = "finished", note: Note | None = None
) -> None:
    run = store.begin_run("farm", ME)
    store.announce(run.id, "farm", [Link("https://farm.example/feed", discovery=True, kind="feed")], force=True)
    (page,) = store.claim(run.id, ME, 1)
    store.finish(run.id, page.key, Outcome.NEW if read else Outcome.FAILED, "read" if read else "timeout")
    store.announce(run.id, "farm", [Link(f"https://farm.example/{run.id}/{n}") for n in range(len(endings))])
    for row, (outcome, reason) in zip(store.claim(run.id, ME, 100), endings, strict=True):
        store.finish(run.id, row.key, outcome, reason)
    store.end_run(run.id, state, note or Note())


def test_c10_one_text_under_many_addresses(store: Store) -> None:
    run = store.begin_run("farm", ME)
    store.announce(run.id, "farm", [Link(f"https://farm.example/missing/{n}") for n in range(5)])
    body = "الصفحة التي تبحث عنها غير موجودة على هذا الموقع. " * 5
    for number, row in enumerate(store.claim(run.id, ME, 10)):
        intake.take_in(store, replace(article(number, body), title="عفوا", url=row.url, frontier_key=row.key), run_id=run.id)
        if number == 3:
            assert kinds(store) == []
    store.end_run(run.id, "finished")
    assert kinds(store, clock.now()) == [NoticeKind.SOFT_404]
    (notice,) = store.notices()
    assert notice.facts["addresses"] == 5
    run_of(store, []), run_of(store, []), run_of(store, [])
    assert kinds(store, clock.now()) == []


def test_c10_pages_that_say_that_there_is_no_page(store: Store) -> None:
    run_of(store, [(Outcome.NOT_ARTICLE, "soft_404")] * 4)
    assert kinds(store, clock.now()) == []
    run_of(store, [(Outcome.NOT_ARTICLE, "soft_404")] * 4)
    assert kinds(store, clock.now()) == [NoticeKind.SOFT_404]


def test_a_degraded_run_is_told_until_one_is_not(store: Store) -> None:
    run_of(store, [], state="degraded", note=Note("no date on 20 pages in a row", {"missing": "date", "pages": 20}))
    assert kinds(store, clock.now()) == [NoticeKind.DEGRADED]
    assert store.notices()[0].facts == {"detail": "no date on 20 pages in a row", "missing": "date", "pages": 20}
    run_of(store, [])
    assert kinds(store, clock.now()) == []


def test_runs_that_read_nothing(store: Store) -> None:
    for count in range(1, 4):
        run_of(store, [], read=False)
        assert kinds(store, clock.now()) == ([NoticeKind.FAILING] if count == 3 else [])
    assert store.notices()[0].facts == {"runs": 3, "detail": "timeout"}
    run_of(store, [])
    assert kinds(store, clock.now()) == []


@pytest.mark.parametrize(("state", "left"), [(SourceState.PAUSED, 1), (SourceState.DISABLED, 0), (SourceState.RETIRED, 0)])
def test_sources_that_are_not_crawled(store: Store, state: SourceState, left: int) -> None:
    run_of(store, [], state="degraded", note=Note("x"))
    kinds(store, clock.now())
    store.set_source_state("farm", state, "sara")
    assert len(kinds(store, clock.now())) == left


def test_notices_go_to_the_webhook_and_by_mail_once(store: Store) -> None:
    store.set_notices(NoticeKind.SILENT, "farm", [Condition("volume", "0 articles, usually 8", {"stored": 0, "usual": 8.0})])
    with hook() as receiver, mailbox() as (port, mails):
        config = Config(
            net=NetConfig(allow_networks=["127.0.0.0/8"]),
            alerts=AlertsConfig(webhook_url=receiver.url, webhook_secret=SECRET),  # type: ignore[arg-type]
            mail=MailConfig(host="127.0.0.1", port=port, security="none", to=["desk@example.org"]),
        )
        assert (tell(store, config), tell(store, config)) == (1, 0)
        assert alerts.delivery.Delivery(store, config).run().delivered == 2
        (body,) = receiver.verified(SECRET)
    assert (body["type"], body["data"]["kind"], body["data"]["facts"]) == ("notice.opened", "silent", {"stored": 0, "usual": 8.0})
    (mail,) = mails
    assert mail["Subject"] == "newsspider: farm: صمت"
    assert body["data"]["text"] == "خُزّن 0 في آخر يوم، والمعتاد 8."
    assert mail.get_content().splitlines() == [body["data"]["text"], "", "newsspider status farm"]


def test_the_end_of_a_notice_goes_where_its_beginning_went_once(store: Store) -> None:
    store.set_notices(NoticeKind.SILENT, "farm", [Condition("volume", "0 articles, usually 8", {"stored": 0, "usual": 8.0})])
    config = Config(
        language="en",
        alerts=AlertsConfig(webhook_url="https://hooks.example/a", webhook_secret=SECRET),  # type: ignore[arg-type]
        mail=MailConfig(host="127.0.0.1", to=["desk@example.org"]),
    )
    assert tell(store, config) == 1
    begun = {message.id for message in store.messages("pending")}
    store.set_notices(NoticeKind.SILENT, "farm", [])
    assert (tell(store, config), tell(store, config)) == (1, 0)
    ended = {message.receiver.channel: json.loads(message.body) for message in store.messages("pending") if message.id not in begun}
    (notice,) = store.notices()
    assert notice.ended_at
    assert (ended["webhook"]["type"], ended["webhook"]["timestamp"]) == ("notice.ended", notice.ended_at.isoformat())
    assert ended["webhook"]["data"]["id"] == notice.id
    assert ended["mail"]["subject"] == "newsspider: farm: Silent, over"
    assert ended["mail"]["text"].startswith(f"Over since {LANGUAGES['en'].moment(notice.ended_at)}. {ended['webhook']['data']['text']}\n")


def test_what_was_before_a_channel_was_configured_is_not_told(store: Store) -> None:
    store.set_notices(NoticeKind.SILENT, "farm", [Condition("volume", "x", {})])
    assert tell(store, Config()) == 1
    assert store.messages("pending") == []


def test_one_process_watches_and_not_all_the_time(store: Store, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    config = Config(data_folder=tmp_path, sources={"folder": tmp_path / "own", "builtin": False})  # type: ignore[arg-type]
    engine = open_engine(config)
    assert one_round(store, engine, config, ME).problems == []
    assert not store.take_turn("watch", EVERY)
    with clock.fixed(clock.now() + 2 * EVERY):
        assert store.take_turn("watch", EVERY)
    assert store.take_turn("watch", EVERY)  # the clock was set back
    engine.close()


def test_beside_the_scheduler_rounds_are_made_until_it_ends(store: Store, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    with hook() as receiver:
        config = Config(
            data_folder=tmp_path,
            sources={"folder": tmp_path / "own", "builtin": False},  # type: ignore[arg-type]
            net=NetConfig(allow_networks=["127.0.0.0/8"]),
            alerts=AlertsConfig(webhook_url=receiver.url, webhook_secret=SECRET, every=0.05),  # type: ignore[arg-type]
        )
        with Rounds(config):
            store.set_notices(NoticeKind.SILENT, "farm", [Condition("volume", "x", {"stored": 0, "usual": 8.0})])
            assert receiver.arrived.wait(60)
    assert json.loads(receiver.requests[0][1])["data"]["source"] == "farm"
    assert "rounds" not in [thread.name for thread in threading.enumerate()]


def test_an_error_that_nobody_foresaw_ends_one_round_and_not_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried, again = [], threading.Event()

    def fails_once(*given: object) -> alerts.Round:
        tried.append(given)
        if len(tried) == 1:
            raise RuntimeError("nobody foresaw this")
        again.set()
        return alerts.Round()

    monkeypatch.setattr(rounds, "one_round", fails_once)
    with Rounds(Config(data_folder=tmp_path, alerts=AlertsConfig(every=0.01))):
        assert again.wait(240)
    assert "nobody foresaw this" in caplog.text
