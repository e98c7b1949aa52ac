"""The whole web application on loopback, over a real store and a real index."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from newsspider import indexing, intake
from newsspider.config import Config, SourcesConfig, WebConfig
from newsspider.engines import open_engine
from newsspider.items import Article, Role
from newsspider.store import Owner, Store
from newsspider.web import create_app
from newsspider.web.connections import Impatient

TOKEN = "a token for tests"
SOURCE = """\
name = "farm"
title = "مجلة الحقل"
homepage = "https://farm.example/"
timezone = "Asia/Damascus"
feeds = ["https://farm.example/feed"]
"""


def configured(folder: Path, **web: Any) -> Config:
    """A configuration with one source, farm, and a known token."""
    (folder / "sources").mkdir(exist_ok=True)
    (folder / "sources" / "farm.toml").write_text(SOURCE, encoding="utf-8")
    sources = SourcesConfig(folder=folder / "sources", builtin=False)
    return Config(data_folder=folder / "data", sources=sources, web=WebConfig(**{"token": TOKEN, "searches_per_minute": 1_000_000} | web))


def take_in(config: Config, articles: Sequence[Article]) -> list[str]:
    """Store and index the articles; their ids."""
    with Store.open(config.store_url) as store:
        ids = [intake.take_in(store, article).article_id for article in articles]
        engine = open_engine(config)
        assert indexing.sync(store, engine, Owner.current(), config.index).pending == 0
        engine.close()
    return ids


def add_user(config: Config, name: str, role: Role = Role.READER) -> str:
    """A new user's token."""
    with Store.open(config.store_url) as store:
        return store.add_user(name, role)


@contextmanager
def serving(config: Config, app: FastAPI | None = None) -> Iterator[httpx.Client]:
    """A client, not signed in, of the application served by uvicorn on a free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    options: dict[str, Any] = {"log_config": None, "server_header": False, "ws": "none", "http": Impatient}
    options["timeout_keep_alive"] = 60  # the client ends a connection, after 5 seconds: a server's end may cross its next request
    server = uvicorn.Server(uvicorn.Config(app or create_app(config), **options))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=60) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(60)
        listening.close()


def bearer(token: str = TOKEN) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def problem_code(response: httpx.Response) -> str:
    """The code of an error, whose shape is checked."""
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert body.keys() == {"error"}
    assert {"code", "message", "request_id"} <= body["error"].keys() <= {"code", "message", "request_id", "at", "suggestion"}
    assert body["error"]["request_id"] == response.headers["x-request-id"]
    assert body["error"]["message"]
    return str(body["error"]["code"])
