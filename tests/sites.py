"""A loopback web server from a dictionary, and a newsspider installation beside it: what end-to-end tests crawl with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote


@dataclass
class Site:
    """Pages by path, or by host and path ("host/path") where several hosts are served; `hits` counts requests, each of which takes
    `seconds`, and is answered while the site is `open`."""

    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    hits: Counter[str] = field(default_factory=Counter)
    port: int = 0
    seconds: float = 0.0
    open: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.open.set()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def add(self, path: str, body: bytes | str, content_type: str = "text/html; charset=utf-8", status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()} | {"Content-Type": content_type}
        self.pages[unquote(path)] = (status, named, body.encode() if isinstance(body, str) else body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):  # else the crawler was killed: that is what some tests do
            super().handle_error(request, client_address)


@contextmanager
def serve(site: Site) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host = self.headers.get("Host", "").split(":")[0]
            path = unquote(self.path)  # a crawler may spell it either way
            found = site.pages.get(path) or site.pages.get(host + path)
            site.hits[path] += 1
            time.sleep(site.seconds)
            site.open.wait()
            status, headers, body = found or (404, {"Content-Type": "text/plain"}, b"not found")
            if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, b""
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Quiet."""

    server = _Server(("127.0.0.1", 0), Handler)
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.open.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Installation:
    """A folder with newsspider.toml and sources, and the command run in it as a user would."""

    def __init__(self, folder: Path, config: str = "") -> None:
        self.folder = folder
        (folder / "sources").mkdir(parents=True, exist_ok=True)
        self.file = folder / "newsspider.toml"
        self.file.write_text(
            'data_folder = "data"\n[sources]\nfolder = "sources"\nbuiltin = false\n'
            '[crawl]\ndelay = 0\nautothrottle = false\ncontact = "test@example.org"\n' + config,
            encoding="utf-8",
        )

    def source(self, name: str, **fields: Any) -> None:
        values = {"name": name, "title": name, "country": "SY", "timezone": "Asia/Damascus", "language": "ar"} | fields
        self.file.with_name("sources").joinpath(f"{name}.toml").write_text(
            "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items()), encoding="utf-8"
        )

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"NEWSSPIDER_CONFIG": str(self.file)}

    def start(self, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "newsspider", *arguments],
            env=self.environment | dict(environment or {}),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, *arguments: str, code: int | None = 0, stdin: str | None = None, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "newsspider", *arguments],
            env=self.environment | dict(environment or {}),
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        if code is not None:
            assert done.returncode == code, f"{arguments}: exit code {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json").stdout)

    def articles(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run("export", "-").stdout.splitlines()]
