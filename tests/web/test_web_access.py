"""Who may enter: the token, sessions, guesses, and where the token is kept."""

from __future__ import annotations

import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from articles import article
from fastapi import FastAPI
from fastapi.routing import APIRoute
from lxml import html
from starlette.routing import Mount
from web_site import TOKEN, add_user, bearer, configured, problem_code, serving, take_in

from newsspider import clock
from newsspider.config import Config
from newsspider.errors import ConfigError
from newsspider.items import Role
from newsspider.store import Store, sqlite
from newsspider.store.users import KNOWN_SECONDS
from newsspider.web import create_app, limits
from newsspider.web.access import COOKIE, MAX_FAILURES, MAX_USER_FAILURES, OPEN_FOLDERS, OPEN_PATHS, OPERATOR, Access, Needs
from newsspider.web.limits import Limit
from newsspider.web.signing_in import own_path
from newsspider.web.token import load_token

ROUTES = (
    "/",
    "/article/x",
    "/api/v1/search",
    "/api/v1/articles/x",
    "/api/v1/feed.atom",
    "/api/v1/histogram",
    "/compare",
    "/sources",
    "/api/v1/openapi.json",
    "/readyz",
    "/nothing",
    "/logout",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, httpx.Client]]:
    config = configured(tmp_path_factory.mktemp("access"))
    app = create_app(config)
    with serving(config, app) as client:
        yield app, client


@pytest.fixture
def client(served: tuple[FastAPI, httpx.Client]) -> httpx.Client:
    """A stranger to a site that has not seen a wrong token yet."""
    app, client = served
    access = app.state.access
    access._by_address, access._by_name = (Limit(1 / 60, most) for most in (MAX_FAILURES, MAX_USER_FAILURES))  # none is forgotten meanwhile
    client.cookies.clear()
    return client


def sign_in(client: httpx.Client, **form: Any) -> httpx.Response:
    return client.post("/login", data={"token": TOKEN} | form, headers={"Sec-Fetch-Site": "same-origin"})


@pytest.mark.parametrize("path", ROUTES)
def test_u02_every_route_asks_for_the_token(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    if path.startswith(("/api", "/readyz")):
        assert problem_code(response) == "unauthorized"
    else:
        assert 'name="token"' in response.text


@pytest.mark.parametrize("path", ["/healthz", "/login", "/static/style.css"])
def test_u02_except_these(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer wrong")],
        [("Authorization", f"Basic {TOKEN}")],
        [("Authorization", TOKEN)],
        [("Authorization", "Bearer " + "x" * 30_000)],
        [("Authorization", b"Bearer \xff\xfe")],
        [("Authorization", f"Bearer {TOKEN}"), ("Authorization", f"Bearer {TOKEN}")],
        [("Cookie", f"{COOKIE}={TOKEN}")],
        [("Cookie", f"{COOKIE}=owner.99999999999.0000")],
        [("Cookie", f"{COOKIE}=nobody.99999999999.0000")],
        [("Cookie", f"{COOKIE}=..")],
        [("Cookie", f"{COOKIE}=")],
    ],
)
def test_u02_wrong_tokens_are_401(client: httpx.Client, headers: list[tuple[str, str | bytes]]) -> None:
    assert client.get("/api/v1/search", headers=headers).status_code == 401


def test_u02_a_token_of_a_megabyte_is_refused(client: httpx.Client) -> None:
    with suppress(httpx.TransportError):  # the connection is closed before all of it was sent
        assert client.get("/api/v1/search", headers=bearer("x" * (1 << 20))).status_code in (400, 401, 431)
    assert client.get("/healthz").status_code == 200


def test_u02_ten_wrong_tokens_and_the_address_waits(client: httpx.Client) -> None:
    sign_in(client)
    for number in range(MAX_FAILURES):
        if number % 2:
            response = httpx.get(client.base_url.join("/api/v1/search"), headers=bearer(f"guess {number}"), timeout=60)
        else:
            response = sign_in(client, token=["a", "b"])
        assert response.status_code == 401
    with httpx.Client(base_url=client.base_url, timeout=60) as stranger:
        refused = stranger.get("/api/v1/search", headers=bearer())
        assert refused.status_code == 429
        assert problem_code(refused) == "too_many_failures"
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert sign_in(stranger).status_code == 429
    assert client.get("/").status_code == 200  # who is signed in goes on


def test_u02_five_wrong_tokens_of_one_user_and_signing_in_as_that_user_waits(client: httpx.Client) -> None:
    for number in range(MAX_USER_FAILURES):
        assert sign_in(client, token=f"amal.guess{number}").status_code == 401
    assert sign_in(client, token="amal.again").status_code == 429
    assert sign_in(client, token="sara.other").status_code == 401


def test_a_limit_lets_a_burst_through_and_then_as_many_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(limits.time, "monotonic", lambda: now)
    limit = Limit(per_second=0.5, burst=3)
    assert [limit.take("a") for _ in range(4)] == [0, 0, 0, 2]
    assert limit.take("b") == 0
    now += 2
    assert [limit.take("a"), limit.take("a")] == [0, 2]
    now += 1000
    assert [limit.take("a") for _ in range(4)] == [0, 0, 0, 2]


def test_signing_in_and_out(client: httpx.Client) -> None:
    response = sign_in(client, next="/?q=%D9%82%D9%85%D8%AD&lang=en")
    assert (response.status_code, response.headers["location"]) == (303, "/?q=%D9%82%D9%85%D8%AD&lang=en")
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie
    assert TOKEN not in cookie
    page = client.get("/")
    assert page.status_code == 200
    assert 'action="/logout"' in page.text
    client.post("/logout", headers={"Sec-Fetch-Site": "same-origin"})
    assert client.get("/").status_code == 401


def test_the_wanted_page_is_kept_through_signing_in(client: httpx.Client) -> None:
    assert 'value="/article/abc?q=%22%3E&amp;lang=en"' in client.get("/article/abc?q=%22%3E&lang=en").text


def test_what_the_address_says_of_the_readers_preferences_is_kept_through_signing_in(client: httpx.Client) -> None:
    shown = client.get("/sources?lang=en&theme=dark")
    for status in (401, 401, 303):
        page = html.document_fromstring(shown.text)
        assert (page.get("lang"), page.get("data-theme")) == ("en", "dark")
        (form,) = page.cssselect(".sign-in form")
        fields = {"token": TOKEN if status == 303 else "wrong", "next": form.cssselect("[name=next]")[0].get("value")}
        shown = client.post(form.get("action"), data=fields, headers={"Sec-Fetch-Site": "same-origin"})
        assert shown.status_code == status
    assert shown.headers["location"] == "/sources?lang=en&theme=dark"
    (leaving,) = html.document_fromstring(client.get("/?lang=en").text).cssselect("form[action^='/logout']")
    left = client.post(leaving.get("action"), headers={"Sec-Fetch-Site": "same-origin"})
    assert left.headers["location"] == "/login?lang=en"
    assert 'name="next" value="/?lang=en"' in client.get("/login?lang=en").text


def test_cookie_is_secure_behind_tls(tmp_path: Path) -> None:
    config = configured(tmp_path)
    with serving(config, create_app(config, behind_tls_proxy=True)) as client:
        assert "Secure" in sign_in(client).headers["set-cookie"]


def test_sessions_end(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        access = Access("one", lambda: store)
        owner = access.user_of("one", "here")
        assert owner
        cookie = access.new_session(owner)
        assert access.session(cookie) == owner
        assert Access("another", lambda: store).session(cookie) is None
        name, end, signature = cookie.split(".")
        assert access.session(f"{name}.{int(end) + 1}.{signature}") is None
        assert access.session(f"{name}.{end}.\ud800") is None
        token = store.add_user("amal", Role.READER)
        amal = access.user_of(token, "here")
        assert amal
        of_amal = access.new_session(amal)
        assert access.session(of_amal) == amal
        assert access.session(of_amal.replace("amal", "owner")) is None
        store.remove_user("amal")
        time.sleep(KNOWN_SECONDS)
        assert access.session(of_amal) is None
        assert access.user_of(token, "here") is None
        token = store.add_user("amal", Role.OPERATOR)
        assert access.session(of_amal) is None
        store.remove_user("amal")
        again = access.user_of(store.add_user("amal", Role.READER), "here")
        assert again
        assert again.role is Role.READER  # a new token is read at once, whoever had the name before
        assert access.session(access.new_session(again)) == again
        with clock.fixed(clock.now() + timedelta(days=8)):
            assert access.session(cookie) is None


def routes(app: FastAPI) -> list[APIRoute]:
    """Every route of the application."""
    found: list[APIRoute] = []
    waiting = list(app.routes)
    while waiting:
        one = waiting.pop()
        if isinstance(one, APIRoute):
            found.append(one)
        elif not isinstance(one, Mount):
            waiting += one.original_router.routes  # type: ignore[attr-defined]
    return found


def roles(route: APIRoute) -> list[Role | None]:
    return [needs.call.role for needs in route.dependant.dependencies if isinstance(needs.call, Needs)]


def test_u03_every_route_says_which_role_it_needs(served: tuple[FastAPI, httpx.Client]) -> None:
    app, _ = served
    assert len(routes(app)) >= 20
    for route in routes(app):
        assert len(roles(route)) == 1, route.path
        is_open = route.path in OPEN_PATHS or route.path.startswith(OPEN_FOLDERS)
        assert (roles(route) == [None]) == is_open, route.path
    assert [route.path for route in app.routes if isinstance(route, Mount)] == ["/static"]


def test_u03_readers_are_refused_what_operators_may(tmp_path: Path) -> None:
    config = configured(tmp_path)
    app = create_app(config)
    app.get("/api/v1/for-operators", dependencies=[OPERATOR])(lambda: "done")
    tokens = {role: add_user(config, role.value, role) for role in Role}
    with serving(config, app) as client:
        refused = client.get("/api/v1/for-operators", headers=bearer(tokens[Role.READER]))
        assert (refused.status_code, problem_code(refused)) == (403, "forbidden")
        for token in (tokens[Role.OPERATOR], TOKEN):
            assert client.get("/api/v1/for-operators", headers=bearer(token)).json() == "done"
        for token in tokens.values():
            assert client.get("/api/v1/search", headers=bearer(token)).status_code == 200


@pytest.mark.parametrize("journal_mode", ["WAL", "TRUNCATE"])  # a reader never waits, or waits for who writes
def test_u19_users_sign_in_as_themselves_and_a_removed_one_is_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, journal_mode: str
) -> None:
    monkeypatch.setattr(sqlite, "journal_mode", lambda: journal_mode)
    config = configured(tmp_path)
    token = add_user(config, "amal")
    with serving(config) as client:
        assert sign_in(client, token=token).status_code == 303
        assert client.get("/").status_code == 200
        assert client.get("/api/v1/search", headers=bearer(token)).status_code == 200
        with Store.open(config.store_url) as store:
            assert store.is_at_hand == (journal_mode == "WAL")
            store.remove_user("amal")
            time.sleep(KNOWN_SECONDS)
        assert client.get("/").status_code == 401
        assert client.get("/api/v1/search", headers=bearer(token)).status_code == 401


def test_u09_who_searches_too_much_waits_and_others_do_not(tmp_path: Path) -> None:
    config = configured(tmp_path, searches_per_minute=1)
    token = add_user(config, "amal")
    with serving(config) as client:
        answers = [client.get("/api/v1/search", headers=bearer(token)) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]
        assert problem_code(answers[-1]) == "too_many_requests"
        assert 0 < int(answers[-1].headers["retry-after"]) <= 60
        assert client.get("/api/v1/search", headers=bearer()).status_code == 200
        assert client.get("/healthz").status_code == 200


def test_u09_whatever_searches_waits_for_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = configured(tmp_path)
    (known,) = take_in(config, [article(1)])
    app = create_app(config)
    with Store.open(config.store_url) as store:
        search = store.save_search("قمح", "القمح", owner="owner")
    held: list[int] = []
    api = "/api/v1"
    searching = [f"{api}/search", f"{api}/facets", f"{api}/histogram", f"{api}/suggest?q=الق", f"{api}/feed.atom", f"{api}/feed.json"]
    searching += [f"{api}/articles/{known}/similar", f"{api}/articles/{known}/why?q=القمح"]
    searching += ["/?q=القمح", "/compare?q=القمح", f"/article/{known}?q=القمح", "/sources/farm", *search.feed_paths]
    with serving(config, app) as client:
        client.headers.update(bearer())
        view = app.state.resources.engine._view
        monkeypatch.setattr(app.state.resources.engine, "_view", lambda: held.append(app.state.turns.taken) or view())
        for path in searching:
            held.clear()
            assert client.get(path).status_code == 200
            assert {*held} == {1}, path
        assert app.state.turns.taken == 0


@pytest.mark.parametrize(
    ("headers", "with_cookie", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True, 303),
        ({"Sec-Fetch-Site": "none"}, True, 303),
        ({"Sec-Fetch-Site": "same-site"}, True, 403),
        ({"Sec-Fetch-Site": "cross-site"}, True, 403),
        ({"Sec-Fetch-Site": "cross-site"}, False, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "SELF"}, True, 403),
        ({"Origin": "SELF"}, True, 303),
        ({"Origin": "https://evil.test"}, True, 403),
        ({"Origin": "null"}, True, 403),
        ({"Origin": "http://127.0.0.1"}, True, 403),
        ({}, True, 403),
        ({}, False, 303),
    ],
)
def test_u04_changes_only_from_our_own_pages(client: httpx.Client, headers: dict[str, str], with_cookie: bool, status: int) -> None:
    if with_cookie:
        sign_in(client)
    origin = str(client.base_url).rstrip("/")
    sent = {name: value.replace("SELF", origin) for name, value in headers.items()}
    assert client.post("/login", data={"token": TOKEN}, headers=sent).status_code == status


@pytest.mark.parametrize(
    "target", ["//evil.test", "/\\evil.test", "https://evil.test", "javascript:alert(1)", "", "evil", "/\nx", "/\tx", "/\u202e", "\\/evil"]
)
def test_u14_signing_in_never_leads_elsewhere(target: str) -> None:
    assert own_path(target) == "/"


def test_token_is_made_once_and_is_private(tmp_path: Path) -> None:
    config = Config(data_folder=tmp_path / "data")
    made = load_token(config)
    assert made.file == tmp_path / "data" / "web-token"
    assert made.fresh
    assert len(made.value) >= 43
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.file.parent.stat().st_mode) == 0o700
    assert load_token(config) == (made.value, made.file, False)
    assert [file.name for file in made.file.parent.iterdir()] == ["web-token"]


def test_a_token_that_others_can_read_or_that_is_empty_is_refused(tmp_path: Path) -> None:
    config = Config(data_folder=tmp_path)
    file = load_token(config).file
    assert file
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        load_token(config)
    file.chmod(0o600)
    file.write_text("\n")
    with pytest.raises(ConfigError, match="empty"):
        load_token(config)


def test_a_configured_token_is_kept_nowhere(tmp_path: Path) -> None:
    config = configured(tmp_path)
    assert load_token(config) == (TOKEN, None, False)
    assert not (tmp_path / "data").exists()
