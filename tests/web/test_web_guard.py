"""The outer door: hosts, bodies, headers, and what an error tells."""

from __future__ import annotations

import contextlib
import http.client
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from web_site import bearer, configured, problem_code, serving

from newsspider.config import Config
from newsspider.web import create_app, guard
from newsspider.web.connections import MAX_HEAD, Impatient, Together
from newsspider.web.guard import HEADERS, MAX_BODY
from newsspider.web.views import ProblemView


def raw(site: httpx.Client, method: str, target: str, headers: dict[str, str]) -> tuple[int, str]:
    """A request whose target is sent as it stands here."""
    connection = http.client.HTTPConnection(site.base_url.host, site.base_url.port or 80, timeout=20)
    connection.putrequest(method, target, skip_host="Host" in headers)
    for name, value in (bearer() | headers).items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    try:
        return response.status, response.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "name", ["evil.test", "evil.test:8000", "127.0.0.1.evil.test", "127.0.0.1@evil.test", "", "[::1", "::1", "2130706433"]
)
def test_u05_other_hosts_are_refused(site: httpx.Client, name: str) -> None:
    for path in ("/healthz", "/static/style.css", "/api/v1/search", "/"):
        status, body = raw(site, "GET", path, {"Host": name})
        assert status == 400
        assert "evil.test" not in body


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost:1", "LOCALHOST", "[::1]:8000", "[::1]"])
def test_u05_our_hosts_are_served(site: httpx.Client, name: str) -> None:
    assert raw(site, "GET", "/healthz", {"Host": name})[0] == 200


def test_u05_a_public_host_is_served_when_it_is_named(tmp_path: Path) -> None:
    config = configured(tmp_path)
    with serving(config, create_app(config, hosts=["News.example"])) as client:
        assert client.get("/healthz", headers={"Host": "news.example"}).status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "/static/../../etc/passwd",
        "/static/..%2f..%2f..%2fetc/passwd",
        "/static/%2e%2e/%2e%2e/app.py",
        "/static//etc/passwd",
        "/static/..\\..\\app.py",
        "/static/%00",
        "/static/",
        "//evil.test",
        "//evil.test/",
        "/\\evil.test",
        "/article/",
        "/api/v1/search/",
        "/article/%2e%2e%2f",
        "/%3Cscript%3Ealert(1)%3C/script%3E",
    ],
)
def test_u14_odd_paths_are_404_and_not_echoed(site: httpx.Client, target: str) -> None:
    status, body = raw(site, "GET", target, {})
    assert status == 404
    for part in ("passwd", "evil.test", "script", "app.py"):
        assert part not in body


def test_bodies_are_limited_whether_their_length_is_told_or_not(site: httpx.Client) -> None:
    own = {"Sec-Fetch-Site": "same-origin"}
    for body in (b"x" * (MAX_BODY + 1), iter([b"x" * 1000] * 100)):
        response = site.post("/login", content=body, headers=own)
        assert response.status_code == 413
    assert site.post("/api/v1/search", content=b"x" * 100_000, headers=own).status_code == 413
    searched = site.post("/api/v1/searches", content=iter([b"[" * 1000] * 100), headers=bearer() | {"Content-Type": "application/json"})
    assert (searched.status_code, problem_code(searched)) == (413, "too_large")
    assert problem_code(site.post("/api/v1/search", content=b"x", headers=own)) == "method_not_allowed"
    status, _ = raw(site, "POST", "/login", {"Content-Length": "9" * 25})
    assert status in (400, 413)


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """A site whose search fails in a way that nobody foresaw."""
    config = configured(tmp_path)
    app = create_app(config)

    def fail(query: object) -> None:
        raise RuntimeError(f"SELECT secret FROM {tmp_path} WHERE key = 'https://user:password@es.internal:9200'")

    with serving(config, app) as client:
        client.headers.update(bearer())
        monkeypatch.setattr(app.state.resources.engine, "search", fail)
        yield client


def test_u17_an_error_tells_nothing_but_its_number(broken: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    for path in ("/api/v1/search", "/", "/?lang=en", "/readyz", "/api/v1/feed.json"):
        response = broken.get(path)
        assert response.status_code == 500
        for secret in ("SELECT", "RuntimeError", "Traceback", "es.internal", "/tmp", "newsspider/"):
            assert secret not in response.text
        number = response.headers["x-request-id"]
        assert number in response.text
        assert number in caplog.text  # with the trace
    assert "es.internal" in caplog.text


def test_u18_every_answer_has_every_header(site: httpx.Client, broken: httpx.Client) -> None:
    answers = [
        site.get(path) for path in ("/", "/?q=%22", "/login", "/nothing", "/api/v1/search", "/api/v1/nothing", "/healthz", "/readyz")
    ]
    answers += [site.get("/static/style.css"), site.post("/login", content=b"x" * 70_000), site.post("/"), site.head("/")]
    answers += [
        site.get("/", headers={"Host": "evil.test"}),
        site.get("/", headers={"Authorization": ""}),
        broken.get("/"),
        broken.get("/readyz"),
    ]
    answers += [site.post("/logout", headers={"Sec-Fetch-Site": "same-origin"}), site.get("/api/v1/feed.atom"), site.options("/")]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, answer.url
        assert "server" not in answer.headers
        assert answer.headers["cache-control"] == ("max-age=604800" if answer.url.path.startswith("/static/") else "no-store")
    assert {answer.status_code for answer in answers} >= {200, 303, 400, 401, 404, 405, 413, 500}


def test_the_log_has_no_query(site: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "newsspider.web"):
        site.get("/api/v1/search", params={"q": "سر", "source": "private"})
        site.get("/healthz")  # on the same connection, so that the first request is over and logged
    assert "GET /api/v1/search 200" in caplog.text
    assert "private" not in caplog.text
    assert "%D8" not in caplog.text


def test_a_source_file_that_is_wrong_stops_the_start(tmp_path: Path) -> None:
    config: Config = configured(tmp_path)
    (tmp_path / "sources" / "farm.toml").write_text("name = 'farm'", encoding="utf-8")
    with pytest.raises(Exception, match=r"farm\.toml"):
        create_app(config)


class Wire:
    """A transport that keeps what is written to it."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.write = self.written.append

    def close(self) -> None:
        self.written.append(b"closed")


HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ([HEAD, b"one", b"two"], [HEAD + b"one", b"two"]),
        ([HEAD, b""], [HEAD]),
        ([HEAD, HEAD], [HEAD + HEAD]),  # a body may look like a head
        ([b"HTTP/1.1 100 Continue\r\n\r\n", HEAD, b"body"], [b"HTTP/1.1 100 Continue\r\n\r\n", HEAD + b"body"]),
    ],
)
def test_an_answer_begins_with_its_head_and_body_together(said: list[bytes], written: list[bytes]) -> None:
    wire = Wire()
    together = Together(wire)  # type: ignore[arg-type]
    for data in said:
        together.write(data)
    assert wire.written == written


@pytest.mark.parametrize("ends", ["flush", "close"])
def test_an_answer_without_a_body_is_sent_at_its_end(ends: str) -> None:
    wire = Wire()
    together = Together(wire)  # type: ignore[arg-type]
    together.write(HEAD)
    assert wire.written == []
    getattr(together, ends)()
    together.flush()
    assert wire.written == [HEAD, b"closed"][: 1 + (ends == "close")]


def test_letters_that_no_address_has_are_told_how_to_be_sent(site: httpx.Client) -> None:
    with socket.create_connection((site.base_url.host, site.base_url.port or 80), timeout=20) as connection:
        connection.sendall(f"GET /api/v1/search?q=زيت HTTP/1.1\r\nHost: {site.base_url.host}\r\n\r\n".encode())
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"percent-encoded" in answer


def test_one_connection_answers_with_and_without_bodies(site: httpx.Client) -> None:
    """Heads alone (HEAD, 304), a continue before a body is sent, and pipelined requests."""
    host = f"Host: {site.base_url.host}\r\n".encode()
    with socket.create_connection((site.base_url.host, site.base_url.port or 80), timeout=20) as connection:
        answers = connection.makefile("rb")

        def answer() -> tuple[int, bytes]:
            status = int(answers.readline().split()[1])
            headers = dict(line.lower().split(b": ", 1) for line in iter(answers.readline, b"\r\n"))
            has_body = status not in (100, 304) and not asked.startswith(b"HEAD")
            return status, answers.read(int(headers.get(b"content-length", 0))) if has_body else b""

        asked = b"HEAD /static/style.css HTTP/1.1\r\n" + host + b"\r\n"
        connection.sendall(asked)
        assert answer() == (200, b"")
        asked = b"GET /healthz HTTP/1.1\r\n" + host + b"\r\n"
        connection.sendall(3 * asked)
        assert [answer() for _ in range(3)] == [(200, b'{"status":"ok"}')] * 3
        asked = b"POST /preferences HTTP/1.1\r\n" + host + b"Expect: 100-continue\r\nContent-Length: 11\r\n"
        connection.sendall(asked + b"Content-Type: application/x-www-form-urlencoded\r\n\r\n")
        assert answer() == (100, b"")
        connection.sendall(b"language=en")
        assert answer()[0] == 303


def test_u10_idle_and_dripping_connections_are_cut_and_others_are_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Impatient, "patience", 0.5)
    with serving(configured(tmp_path)) as client, contextlib.ExitStack() as stack:
        address = (client.base_url.host, client.base_url.port or 80)
        idle = [stack.enter_context(socket.create_connection(address, timeout=30)) for _ in range(200)]
        for connection in idle[:100]:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        assert client.get("/healthz").status_code == 200
        for connection in idle:
            with contextlib.suppress(ConnectionResetError):
                assert connection.recv(100) == b""


@pytest.mark.parametrize(
    "begins",
    [
        b"GET /",
        b"GET / HTTP/1.1\r\nHost: ",
        b"GET / HTTP/1.1\r\n",
        b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: ",
        b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n1;",
    ],
)
@pytest.mark.parametrize("goes_on", [b"x" * 1000, b"x: y\r\nx" * 100])
def test_u10_a_head_without_end_is_not_read_to_the_end(site: httpx.Client, begins: bytes, goes_on: bytes) -> None:
    """Nor what frames a body, or the fields after it."""
    with socket.create_connection((site.base_url.host, site.base_url.port or 80), timeout=20) as connection:
        connection.sendall(begins)
        sent, answer = 0, b""
        with contextlib.suppress(ConnectionError):
            while sent < 100 * MAX_HEAD:
                connection.sendall(goes_on)
                sent += len(goes_on)
        with contextlib.suppress(ConnectionError):
            answer = connection.recv(1000)
        assert sent < 100 * MAX_HEAD
        assert not answer or int(answer[9:12]) in (400, 401, 403, 408, 413, 431)
    assert site.get("/healthz").status_code == 200


def test_u10_a_head_that_is_too_long_is_told_so(site: httpx.Client) -> None:
    with socket.create_connection((site.base_url.host, site.base_url.port or 80), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * MAX_HEAD)
        assert connection.recv(1000).startswith(b"HTTP/1.1 431 ")
        assert connection.recv(1000) == b""


def test_an_address_that_is_too_long_is_told_so_in_the_one_shape_of_errors(site: httpx.Client) -> None:
    with socket.create_connection((site.base_url.host, site.base_url.port or 80), timeout=20) as connection:
        connection.sendall(b"GET /api/v1/search?q=" + b"x" * MAX_HEAD + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        head, _, body = connection.recv(10_000).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431 ")
    assert ProblemView.model_validate_json(body).error.code == "too_large"


def test_a_head_that_comes_in_pieces_and_requests_in_one_are_answered(site: httpx.Client) -> None:
    asked = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * (MAX_HEAD // 2) + b"\r\n\r\n"
    with socket.create_connection((site.base_url.host, site.base_url.port or 80), timeout=20) as connection:
        for _ in range(5):
            connection.sendall(asked[:20_000])
            connection.sendall(asked[20_000:])
            assert connection.recv(5000).startswith(b"HTTP/1.1 200 ")
        connection.sendall(3 * asked + asked.replace(b"X-Long", b"Connection: close\r\nX-Long"))
        answers = b"".join(iter(lambda: connection.recv(5000), b""))
    assert answers.count(b"HTTP/1.1 200 OK") == 4


def test_u10_a_body_that_does_not_come_is_not_waited_for(site: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.3)
    connection = http.client.HTTPConnection(site.base_url.host, site.base_url.port or 80, timeout=20)
    connection.putrequest("POST", "/login")
    for name, value in {"Content-Length": "1000", "Sec-Fetch-Site": "same-origin"}.items():
        connection.putheader(name, value)
    connection.endheaders(b"token=")
    assert connection.getresponse().status == 408
    connection.close()
