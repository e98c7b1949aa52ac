"""Saved searches: each user's own, through the API and the page."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from articles import article
from lxml import html
from web_hostile import ATTACKS
from web_site import add_user, bearer, configured, problem_code, serving, take_in

from newsspider.config import Config
from newsspider.store import Match, Store

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    config = configured(tmp_path)
    take_in(config, [article(number) for number in range(1, 4)])
    return config


@pytest.fixture
def client(config: Config) -> Iterator[httpx.Client]:
    with serving(config) as client:
        client.headers.update(bearer(add_user(config, "amal")))
        yield client


def test_a_search_is_kept_read_followed_and_forgotten(client: httpx.Client) -> None:
    asked = {"name": "قمح", "q": "القمح -الشعير", "source": ["farm"], "from": "2026-01-01"}
    response = client.post("/api/v1/searches", json=asked)
    assert response.status_code == 201
    saved = response.json()
    assert (saved["name"], saved["q"], saved["webhook_secret"]) == ("قمح", "القمح -الشعير", None)
    assert saved["filters"] == {"source": ["farm"], "from": "2026-01-01"}
    assert client.get("/api/v1/searches").json()["searches"] == [{k: v for k, v in saved.items() if k != "webhook_secret"}]
    assert "3 results" in client.get(saved["page"] + "&lang=en").text
    feed = httpx.get(client.base_url.join(saved["json_feed"]))
    assert len(feed.json()["items"]) == 3
    assert client.delete(f"/api/v1/searches/{saved['id']}").status_code == 204
    assert client.get(f"/api/v1/searches/{saved['id']}").status_code == 404
    assert httpx.get(client.base_url.join(saved["json_feed"])).status_code == 404


def test_u19_searches_are_ones_own(client: httpx.Client, config: Config) -> None:
    saved = client.post("/api/v1/searches", json={"name": "a", "q": "القمح"}).json()
    other = bearer(add_user(config, "sara"))
    assert client.get("/api/v1/searches", headers=other).json()["searches"] == []
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/alerts")):
        assert client.request(method, f"/api/v1/searches/{saved['id']}{path}", headers=other).status_code == 404
    for action in ("remove", "rename"):
        assert client.post(f"/saved/{saved['id']}/{action}", data={"name": "b"}, headers=other | OWN).status_code == 404
    assert client.patch(f"/api/v1/searches/{saved['id']}", json={"name": "b"}, headers=other).status_code == 404
    assert client.get(f"/api/v1/searches/{saved['id']}").json()["name"] == "a"
    assert client.get(f"/api/v1/searches/{saved['id']}").status_code == 200


def test_alerts_tell_what_was_found(client: httpx.Client, config: Config) -> None:
    saved = client.post("/api/v1/searches", json={"name": "a", "q": "القمح"}).json()
    with Store.open(config.store_url) as store:
        found = next(store.articles())
        search = store.search(saved["id"])
        assert search
        store.note_matches(search, [Match(found.id, found.family_id, "{}")], 99)
    (alert,) = client.get(f"/api/v1/searches/{saved['id']}/alerts").json()["alerts"]
    assert (alert["article_id"], alert["title"]) == (found.id, found.title)
    assert found.title in client.get("/saved").text


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"q": "القمح"}, 422, "invalid_parameter"),
        ({"name": " ", "q": "القمح"}, 422, "invalid_parameter"),
        ({"name": "a", "q": '"'}, 400, "invalid_query"),
        ({"name": "a", "q": "x", "webhook_url": "http://127.0.0.1:1/"}, 422, "invalid_parameter"),
        ({"name": "a", "q": "x", "webhook_url": "http://169.254.169.254/"}, 422, "invalid_parameter"),
        ({"name": "a", "q": "x", "webhook_url": "file:///etc/passwd"}, 422, "invalid_parameter"),
        ({"name": "a", "q": "x", "from": "tomorrow"}, 422, "invalid_parameter"),
        ({"name": "a", "q": "x", "from": {}}, 422, "invalid_parameter"),
        ({"name": "a", "q": "x", "to": [None]}, 422, "invalid_parameter"),
        ({"name": "a", "q": "x", "filters": {"source": ["farm"]}}, 422, "invalid_parameter"),  # as the answer has them
        ({"name": "a", "q": "x", "sources": ["farm"]}, 422, "invalid_parameter"),
    ],
)
def test_what_cannot_be_kept_is_refused(client: httpx.Client, asked: dict[str, object], status: int, code: str) -> None:
    response = client.post("/api/v1/searches", json=asked)
    assert (response.status_code, problem_code(response)) == (status, code)
    assert client.get("/api/v1/searches").json()["searches"] == []


def test_a_search_gets_another_name_and_its_feeds_follow(client: httpx.Client) -> None:
    saved = client.post("/api/v1/searches", json={"name": "قمح", "q": "القمح"}).json()
    renamed = client.patch(f"/api/v1/searches/{saved['id']}", json={"name": " حبوب "})
    assert renamed.status_code == 200
    assert renamed.json() == {name: value for name, value in saved.items() if name != "webhook_secret"} | {"name": "حبوب"}
    assert httpx.get(client.base_url.join(saved["json_feed"])).json()["title"] == "حبوب"

    form = html.document_fromstring(client.get("/saved?lang=en").text).cssselect(".saved form[action*='/rename']")[0]
    assert form.cssselect("input")[0].get("value") == "حبوب"
    done = client.post(form.get("action"), data={"name": ATTACKS[0]}, headers=OWN)
    assert (done.status_code, done.headers["location"]) == (303, f"/saved?lang=en#{saved['id']}")
    assert html.document_fromstring(client.get("/saved").text).cssselect(".saved h2")[0].text_content() == ATTACKS[0]
    assert client.post(form.get("action"), data={"name": "x"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(form.get("action"), data={"name": " "}, headers=OWN).status_code == 422


@pytest.mark.parametrize("asked", [{}, {"name": ""}, {"name": " "}, {"name": "a" * 101}, {"name": 1}, {"name": "b", "q": "الشعير"}])
def test_what_is_no_name_is_refused(client: httpx.Client, asked: dict[str, object]) -> None:
    saved = client.post("/api/v1/searches", json={"name": "a" * 100, "q": "القمح"}).json()
    response = client.patch(f"/api/v1/searches/{saved['id']}", json=asked)
    assert (response.status_code, problem_code(response)) == (422, "invalid_parameter")
    assert client.get("/api/v1/searches").json()["searches"][0]["name"] == "a" * 100


def test_the_page_saves_what_the_results_show_and_u16_names_are_text(client: httpx.Client) -> None:
    form = html.document_fromstring(client.get("/", params={"q": "القمح", "source": "farm"}).text).cssselect(".save form")[0]
    fields = {one.get("name"): one.get("value") or "" for one in form.cssselect("input")}
    assert (fields["q"], fields["source"]) == ("القمح", "farm")
    saved = client.post("/saved", data=fields | {"name": ATTACKS[0]}, headers=OWN)
    assert saved.status_code == 303
    tree = html.document_fromstring(client.get(saved.headers["location"]).text)
    assert tree.cssselect(".saved h2")[0].text_content() == ATTACKS[0]
    assert not [script for script in tree.cssselect("script") if script.text]
    assert "مجلة الحقل" in tree.cssselect(".saved")[0].text_content()
    asked_again = tree.cssselect(".saved > details:not([open]) form[action$='/remove']")[0]
    assert asked_again.cssselect("p")[0].text_content()
    gone = client.post(asked_again.get("action"), headers=OWN)
    assert gone.status_code == 303
    assert not html.document_fromstring(client.get("/saved").text).cssselect(".saved")


def test_the_webhooks_secret_is_told_once(config: Config) -> None:
    config = config.model_copy(update={"net": config.net.model_copy(update={"allow_networks": [ip_network("127.0.0.0/8")]})})
    with serving(config) as client:
        client.headers.update(bearer(add_user(config, "amal")))
        asked = {"name": "a", "q": "القمح", "webhook_url": "http://127.0.0.1:9/"}
        saved = client.post("/saved", data=asked, headers=OWN)
        assert "httponly" in saved.headers["set-cookie"].lower()
        shown = html.document_fromstring(client.get("/saved").text).cssselect(".told code")
        with Store.open(config.store_url) as store:
            (search,) = store.searches("amal")
        assert [one.text_content() for one in shown] == [search.webhook_secret]
        assert not html.document_fromstring(client.get("/saved").text).cssselect(".told")

        for form in html.document_fromstring(client.get("/saved").text).cssselect("details details form"):
            assert "/secrets/" in form.get("action")
            client.post(form.get("action"), headers=OWN)
        with Store.open(config.store_url) as store:
            (renewed,) = store.searches("amal")
        assert renewed.feed_key != search.feed_key
        assert renewed.webhook_secret != search.webhook_secret
        assert str(renewed.webhook_secret) in client.get("/saved").text

        told = client.post(f"/api/v1/searches/{search.id}/secrets/webhook").json()["webhook_secret"]
        assert told not in (search.webhook_secret, renewed.webhook_secret)
        assert client.post(f"/api/v1/searches/{search.id}/secrets/feeds").json()["webhook_secret"] is None
        other = bearer(add_user(config, "sara"))
        assert client.post(f"/api/v1/searches/{search.id}/secrets/feeds", headers=other).status_code == 404


def test_u04_nothing_is_saved_for_another_site(client: httpx.Client) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}):
        assert client.post("/saved", data={"name": "a", "q": "b"}, headers=headers).status_code == 403
