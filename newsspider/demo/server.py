"""Serves the demo sites on loopback, one origin each: threaded, conditional requests answered, quiet."""

from __future__ import annotations

import hashlib
import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from newsspider import clock
from newsspider.demo.content import EDITIONS
from newsspider.demo.render import Answer, View
from newsspider.demo.sites import SITES, Site
from newsspider.wholefile import write_whole

HOST = "127.0.0.1"
IDLE_SECONDS = 60  # after which a kept-alive connection is closed
STOP_SECONDS = 0.1  # at most, until a server sees that it shall stop

logger = logging.getLogger(__name__)


class DemoServer:
    """The running sites. `origins` maps a site's name to its address; setting `edition` publishes the other edition at once."""

    def __init__(self, edition: int) -> None:
        self.origins: dict[str, str] = {}
        self.edition = edition

    @property
    def edition(self) -> int:
        return self._edition

    @edition.setter
    def edition(self, edition: int) -> None:
        if edition not in EDITIONS:
            raise ValueError(f"there is no edition {edition} of the demo; there are {EDITIONS}")
        self._edition = edition

    def view(self, site: Site) -> View:
        return View(site, self.edition, self.origins[site.name], clock.now())

    def write_sources(self, folder: Path) -> list[Path]:
        """Write one source file a site, with the addresses it is served at, into `folder`, which is made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        files = [folder / f"{site.name}.toml" for site in SITES.values()]
        for file, site in zip(files, SITES.values(), strict=True):
            write_whole(file, self.view(site).source_file())
        return files


@contextmanager
def serve(edition: int = 1, first_port: int = 0) -> Iterator[DemoServer]:
    """The demo sites, served on loopback until the block ends: on free ports, or on `first_port` and the two after it.

    Raises OSError when a port is taken.
    """
    demo = DemoServer(edition)
    with ExitStack() as stack:
        for number, site in enumerate(SITES.values()):
            server = stack.enter_context(_SiteServer((HOST, first_port and first_port + number), demo, site))
            demo.origins[site.name] = f"http://{HOST}:{server.server_port}"
            thread = Thread(target=server.serve_forever, args=(STOP_SECONDS,), name=f"demo-{site.name}", daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
        yield demo


class _SiteServer(ThreadingHTTPServer):
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], demo: DemoServer, site: Site) -> None:
        super().__init__(address, _Handler)
        self.demo = demo
        self.site = site

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor that hangs up is no fault of the site."""
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            logger.error("%s: a request from %s failed", self.site.name, client_address, exc_info=error)


class _Handler(BaseHTTPRequestHandler):
    server: _SiteServer
    protocol_version = "HTTP/1.1"
    server_version = "newsspider-demo"
    sys_version = ""
    timeout = IDLE_SECONDS
    wbufsize = -1  # head and body in one packet: two would wait for each other (Nagle's algorithm against delayed acknowledgement)

    def do_GET(self) -> None:
        answer = self.server.demo.view(self.server.site).answer(self.path)
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        unchanged = answer.status == HTTPStatus.OK and self._has_already(etag, answer.last_modified)
        self.send_response(HTTPStatus.NOT_MODIFIED if unchanged else answer.status)
        if answer.status == HTTPStatus.OK:
            self.send_header("ETag", etag)
        if answer.last_modified:
            self.send_header("Last-Modified", _http_date(answer.last_modified))
        if unchanged:
            self.end_headers()
        else:
            self._send(answer)

    do_HEAD = do_GET  # noqa: N815 - the name http.server looks for

    def _send(self, answer: Answer) -> None:
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body) + answer.missing))
        if answer.missing:
            self.send_header("Connection", "close")  # sets close_connection too
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _has_already(self, etag: str, last_modified: datetime | None) -> bool:
        """True when the visitor's copy is the present one. If-None-Match goes before If-Modified-Since (RFC 9110, section 13.2.2)."""
        if tags := self.headers["If-None-Match"]:
            return tags.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
        since = self.headers["If-Modified-Since"]
        if not since or not last_modified:
            return False
        try:
            moment = parsedate_to_datetime(since)
        except ValueError:
            return False
        return last_modified.replace(microsecond=0) <= (moment if moment.tzinfo else moment.replace(tzinfo=UTC))

    def date_time_string(self, timestamp: float | None = None) -> str:
        return _http_date(clock.now() if timestamp is None else datetime.fromtimestamp(timestamp, UTC))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        logger.debug("%s: " + format, self.server.site.name, *args)


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
