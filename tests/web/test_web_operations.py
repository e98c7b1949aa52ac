"""The operators' pages: what they show, to whom, and what their buttons leave in the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import feedparser
import httpx
import pytest
from articles import article
from lxml import html
from web_hostile import ATTACKS
from web_site import bearer, configured, serving, take_in

from newsspider.config import Config
from newsspider.items import Link, Outcome, Role
from newsspider.monitoring.trace import DETAILS
from newsspider.store import Action, Condition, Field, FieldCoverage, NoticeKind, Owner, SourceState, Store
from newsspider.store.fields import degradation
from newsspider.web.feeds import notices_path
from newsspider.web.operations import BUTTONS
from newsspider.wording.languages import LANGUAGES, Language

OWN = {"Sec-Fetch-Site": "same-origin"}
PAGES = ("/operations", "/operations/farm", "/operations/trace")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    made = configured(tmp_path)
    take_in(made, [article(1), article(2)])
    return made


@pytest.fixture
def operator(config: Config) -> Iterator[httpx.Client]:
    with serving(config) as client:
        client.headers.update(bearer())
        yield client


def failed(config: Config, url: str = "https://farm.example/news/9") -> None:
    with Store.open(config.store_url) as store:
        run = store.begin_run("farm", Owner.current())
        store.announce(run.id, "farm", [Link(url)])
        store.finish(run.id, store.claim(run.id, run.owner, 1)[0].key, Outcome.FAILED, "http_500")
        store.end_run(run.id, "finished")


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_everything_is_shown_in_both_languages(config: Config, operator: httpx.Client, lang: str) -> None:
    failed(config)
    with Store.open(config.store_url) as store:
        store.set_notices(NoticeKind.SILENT, "farm", [Condition("volume", "", {"stored": 0, "usual": 21.5})])
    said = {"ar": ("مجلة الحقل", "خُزّن 0 في آخر يوم، والمعتاد 21.5."), "en": ("Silent", "0 stored in the last day, usually 21.5.")}[lang]
    overview = operator.get("/operations", params={"lang": lang}).text
    assert all(text in overview for text in said)
    detail = operator.get("/operations/farm", params={"lang": lang}).text
    assert "http_500" in detail
    assert 'href="https://farm.example/news/9"' in detail
    history = operator.get("/operations/trace", params={"lang": lang, "url": "http://www.farm.example/news/1"}).text
    assert "خبر رقم 1 عن القمح" in history


def test_histories_and_what_went_missing_are_told_in_arabic(config: Config, operator: httpx.Client) -> None:
    note = degradation([Field.TITLE] * 20, FieldCoverage(), [])
    assert note
    with Store.open(config.store_url) as store:
        store.end_run(store.begin_run("farm", Owner.current()).id, "degraded", note)
        store.set_notices(NoticeKind.DEGRADED, "farm", [Condition("layout", note.text, {"detail": note.text, **note.facts})])
    for page in ("/operations", "/operations/farm"):
        shown = operator.get(page).text
        assert "20 صفحة على التوالي بلا نصّ" in shown
        assert "in a row" not in shown
    failed(config, "https://farm.example/news/1")
    history = html.document_fromstring(operator.get("/operations/trace", params={"url": "https://farm.example/news/1"}).text)
    told = [" ".join(line.text_content().split()) for line in history.cssselect("ol.members li")]
    assert any("فشل: أجاب الموقع بالحالة 500 (http_500)، في الجولة " in line for line in told)
    assert any("النسخة 1، نُشرت " in line for line in told)
    assert not any(word in line for line in told for word in ("version", "under", "article", "published"))


def test_every_event_of_a_history_is_said() -> None:
    for language in LANGUAGES.values():
        assert language.words["operations"]["history"].keys() == DETAILS.keys()


@pytest.mark.parametrize("page", PAGES)
def test_readers_and_strangers_are_kept_out(config: Config, operator: httpx.Client, page: str) -> None:
    with Store.open(config.store_url) as store:
        token = store.add_user("sara", Role.READER)
    assert operator.get(page, headers={"Authorization": f"Bearer {token}"}).status_code == 403
    assert operator.post("/operations/farm", data={"action": "run"}, headers={"Authorization": f"Bearer {token}"}).status_code == 403
    assert operator.get(page, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert "/operations" not in operator.get("/", headers={"Authorization": f"Bearer {token}"}).text
    with Store.open(config.store_url) as store:
        assert store.requests() == []


def test_buttons_leave_rows_that_the_scheduler_finds(config: Config, operator: httpx.Client) -> None:
    def press(action: str, **more: str) -> httpx.Response:
        return operator.post("/operations/farm", data={"action": action, **more}, headers=OWN)

    with Store.open(config.store_url) as store:
        assert press("run", next="/operations/farm?lang=en").headers["location"] == "/operations/farm?lang=en"
        assert press("retry", next="//evil.test/").headers["location"] == "/"
        assert [(asked.action, asked.asked_by) for asked in store.requests()] == [(Action.RUN, "owner"), (Action.RETRY, "owner")]
        for action, state in (("pause", SourceState.PAUSED), ("disable", SourceState.DISABLED)):
            assert press(action).status_code == 303
            assert store.source_state("farm") is state
        assert store.requests() == []
        assert press("run").status_code == 400  # the page shows no such button now
        assert 'value="run"' not in operator.get("/operations/farm").text
        assert press("enable").status_code == 303
        assert store.source_state("farm") is SourceState.ENABLED
    assert press("explode").status_code == 404
    assert operator.post("/operations/nowhere", data={"action": "run"}, headers=OWN).status_code == 404
    assert operator.get("/operations/nowhere").status_code == 404


def test_another_site_cannot_press_a_button(config: Config, operator: httpx.Client) -> None:
    answer = operator.post("/operations/farm", data={"action": "disable"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    with Store.open(config.store_url) as store:
        assert store.source_state("farm") is SourceState.ENABLED


def test_what_is_no_address_and_what_is_unknown_are_told(operator: httpx.Client) -> None:
    assert "This is no web address" in operator.get("/operations/trace", params={"lang": "en", "url": "farm"}).text
    assert "Nothing is known" in operator.get("/operations/trace", params={"lang": "en", "url": "https://farm.example/x"}).text


@pytest.mark.parametrize("attack", ATTACKS)
def test_h11_u13_hostile_texts_stay_text(config: Config, operator: httpx.Client, attack: str) -> None:
    failed(config, f"https://farm.example/{attack}".replace("\n", ""))
    with Store.open(config.store_url) as store:
        store.set_notices(NoticeKind.DEGRADED, "farm", [Condition(attack, attack, {"detail": attack})])
        store.set_source_state("farm", SourceState.PAUSED, "owner", attack)
    for page in ("/operations", "/operations/farm"):
        text = operator.get(page).text
        assert attack not in text
        assert "<script>" not in text.lower()


def test_notices_are_a_feed_with_a_secret_address(config: Config, operator: httpx.Client) -> None:
    with Store.open(config.store_url) as store:
        store.set_notices(NoticeKind.SILENT, "farm", [Condition("volume", "0 articles, usually 21.5", {"stored": 0, "usual": 21.5})])
        store.set_notices(NoticeKind.SOFT_404, "farm", [Condition("x", "7 addresses have one text", {"addresses": 7})])
        store.set_notices(NoticeKind.SOFT_404, "farm", [])
    path = notices_path(config)
    assert path in operator.get("/operations").text
    answer = operator.get(path, headers={"Authorization": ""})
    parsed = feedparser.parse(operator.get(f"{path}&lang=en").content)
    assert not parsed.bozo
    assert [entry.title for entry in parsed.entries] == [
        "مجلة الحقل: Silent",
        "مجلة الحقل: One text under many addresses, over",
        "مجلة الحقل: One text under many addresses",
    ]
    arabic = feedparser.parse(answer.content)
    assert [entry.title for entry in arabic.entries][:2] == ["مجلة الحقل: صمت", "مجلة الحقل: نصّ واحد في عناوين كثيرة، انتهى"]
    assert arabic.entries[2].summary == "7 عناوين لها النصّ نفسه؛ لعلّ الموقع يجيب عن الصفحات المفقودة بصفحة واحدة."
    assert [len({getattr(entry, what) for entry in parsed.entries}) for what in ("id", "summary")] == [3, 3]
    assert operator.get("/feeds/notices.atom?key=wrong", headers={"Authorization": ""}).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.code)
def test_every_word_is_there(language: Language) -> None:
    say = language.words["operations"]
    assert {*NoticeKind} == say["kinds"].keys() == say["said"].keys()
    assert {*SourceState} == say["states"].keys()
    assert {*Action} == say["asked"].keys()
    assert say["buttons"].keys() == BUTTONS.keys()
    assert {*Outcome} == say["outcomes"].keys()
    assert FieldCoverage().shares().keys() == say["shares"].keys()


def test_metrics_are_an_operators(config: Config, operator: httpx.Client) -> None:
    answer = operator.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "\nnewsspider_index_documents 2.0\n" in answer.text
    with Store.open(config.store_url) as store:
        token = store.add_user("sara", Role.READER)
    assert operator.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 403
    refused = operator.get("/metrics", headers={"Authorization": ""})
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "unauthorized")
