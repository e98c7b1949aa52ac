"""A loopback web server that misbehaves on demand: it sends raw bytes, as many, as slowly and as wrongly as a route says."""

from __future__ import annotations

import contextlib
import gzip
import socket
import socketserver
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import brotli
from scrapy.utils._compression import zstd

MIB = 1 << 20


@dataclass(frozen=True)
class Hit:
    host: str  # as the Host header names it
    path: str
    headers: dict[str, str]
    at: float  # of the monotonic clock


Route = bytes | Callable[[socket.socket, Hit], None]


@dataclass
class HostileSite:
    """Routes by "host/path" or "/path"; `hits` has every request in order. Anything else is 404."""

    address: str = "127.0.0.2"
    routes: dict[str, Route] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    port: int = 0

    def paths(self, host: str) -> list[str]:
        return [hit.path for hit in self.hits if hit.host == host]

    def gaps(self, host: str) -> list[float]:
        """Seconds between the requests to a host."""
        times = [hit.at for hit in self.hits if hit.host == host]
        return [later - earlier for earlier, later in pairwise(times)]

    def answer(self, connection: socket.socket, hit: Hit) -> None:
        self.hits.append(hit)
        found = self.routes.get(hit.host + hit.path, self.routes.get(hit.path))
        route = reply(b"nothing here", status="404 Not Found") if found is None else found
        if isinstance(route, bytes):
            connection.sendall(route)
        else:
            route(connection, hit)


@contextlib.contextmanager
def serving(site: HostileSite) -> Iterator[HostileSite]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):  # the client went away, which is what it should do
                connection = site.tls.wrap_socket(self.request, server_side=True) if site.tls else self.request
                site.answer(connection, _received(connection))
                connection.close()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True
        request_queue_size = 64

    with Server((site.address, site.port), Handler) as server:
        site.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield site
        server.shutdown()
        thread.join()


def _received(connection: socket.socket) -> Hit:
    text = b""
    while b"\r\n\r\n" not in text and (part := connection.recv(65536)):
        text += part
    first, *lines = text.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    host = headers.get("host", "").rsplit(":", 1)[0]
    return Hit(host, first.split(" ")[1] if " " in first else "", headers, time.monotonic())


def reply(body: bytes = b"<p>hello</p>", *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """A whole answer; `length` is the Content-Length that it claims."""
    claimed = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {claimed}", "Content-Type: text/html", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(to: str, *headers: str) -> bytes:
    return reply(b"", f"Location: {to}", *headers, status="302 Found")


def in_turn(*answers: bytes) -> Route:
    """One answer after the other; the last one again and again."""
    left = list(answers)

    def route(connection: socket.socket, hit: Hit) -> None:
        connection.sendall(left.pop(0) if len(left) > 1 else left[0])

    return route


def late(answer: bytes, seconds: float) -> Route:
    """The answer, after a while."""

    def route(connection: socket.socket, hit: Hit) -> None:
        time.sleep(seconds)
        connection.sendall(answer)

    return route


def stall(connection: socket.socket, hit: Hit) -> None:
    """Says nothing until the client leaves."""
    connection.recv(1)


def drip(connection: socket.socket, hit: Hit) -> None:
    """One byte of the body every 0.2 seconds, without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.2)


def drip_headers(connection: socket.socket, hit: Hit) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.2)


def endless(connection: socket.socket, hit: Hit) -> None:
    """Chunks without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + bytes(65536) + b"\r\n")


def chunks_cut(connection: socket.socket, hit: Hit) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n100\r\nhalf")


def bomb(encoding: str, mebibytes: int = 1024) -> bytes:
    """A reply of a few kilobytes to a megabyte that grows to `mebibytes`."""
    block = bytes(16 * MIB)
    times = mebibytes // 16
    if encoding == "gzip":
        body = gzip.compress(block, 9) * times  # members may follow each other
    elif encoding == "gzip, gzip":
        body = gzip.compress(gzip.compress(block, 9) * times, 9)
    elif encoding == "zstd":
        body = zstd.compress(block) * times
    elif encoding == "br":
        packer = brotli.Compressor(quality=1, lgwin=24)
        body = b"".join([*(packer.process(block) for _ in range(times)), packer.finish()])
    else:
        packed = zlib.compressobj(9, zlib.DEFLATED, -15)
        part = packed.compress(block) + packed.flush(zlib.Z_FULL_FLUSH)
        body = part * times + packed.flush()
    return reply(body, f"Content-Encoding: {encoding}")
