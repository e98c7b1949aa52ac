"""Guarded fetching outside Scrapy: source checks, single pages, webhooks.

Every connection, after each redirect too, goes to an address the guard has judged; Host, SNI and the certificate stay those of the name. The
environment's proxies are never used.
"""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from newsspider.errors import AddressBlocked, FetchError
from newsspider.net.guard import AddressPolicy, Guard
from newsspider.net.hosts import HostMap

MAX_REDIRECTS = 10
STEP = 65_536  # bytes that one step of decompression may yield


@dataclass(slots=True, frozen=True)
class Fetched:
    """A page as it came: the address after redirects, header names in lower case, the body decompressed."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def fetch(
    url: str,
    policy: AddressPolicy,
    hosts: HostMap,
    *,
    max_bytes: int = 10 << 20,
    timeout: float = 30.0,
    user_agent: str = "newsspider",
    verify: bool | ssl.SSLContext = True,
) -> Fetched:
    """Fetch an http or https address, following up to 10 redirects; whatever its HTTP status, the answer is returned.

    `timeout` is for all of it, in seconds; `max_bytes` is for the body after decompression. Raises AddressBlocked when the guard refuses an address
    on the way, FetchError for everything else; both name the URL.
    """
    with _guarded(url, Guard(policy, hosts), timeout, user_agent, verify) as client:
        return _follow(client, client.build_request("GET", url), max_bytes)


def post(
    url: str,
    guard: Guard,
    body: bytes,
    headers: Mapping[str, str],
    *,
    timeout: float = 15.0,
    user_agent: str = "newsspider",
    verify: bool | ssl.SSLContext = True,
) -> int:
    """Post to an http or https address and say with which HTTP status it answered; redirects are not followed, the answer's body is not read.

    Raises as `fetch` does.
    """
    with _guarded(url, guard, timeout, user_agent, verify) as client:
        request = client.build_request("POST", url, content=body, headers=headers)
        with contextlib.closing(client.send(request, stream=True)) as response:
            return response.status_code


@contextlib.contextmanager
def _guarded(url: str, guard: Guard, timeout: float, user_agent: str, verify: bool | ssl.SSLContext) -> Iterator[httpx.Client]:
    """A client whose errors are ours and name the URL."""
    transport = _GuardedTransport(guard, time.monotonic() + timeout, verify)
    headers = {"User-Agent": user_agent, "Accept-Encoding": "gzip"}
    try:
        with httpx.Client(transport=transport, headers=headers, timeout=timeout, trust_env=False) as client:
            yield client
    except AddressBlocked as e:
        raise AddressBlocked(f"{url}: {e}") from e
    except (FetchError, OSError, ValueError, zlib.error, httpx.HTTPError, httpx.InvalidURL, *_CORE_ERRORS) as e:
        raise FetchError(f"{url}: could not be fetched: {e or type(e).__name__}") from e


# httpcore's errors have no common base.
_CORE_ERRORS = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, httpcore.UnsupportedProtocol)


def _follow(client: httpx.Client, request: httpx.Request, max_bytes: int) -> Fetched:
    """Not httpx's own following, which reads and decompresses the whole body of every redirect."""
    for _ in range(MAX_REDIRECTS + 1):
        with contextlib.closing(client.send(request, stream=True)) as response:
            if response.next_request is None:
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Fetched(str(response.url), response.status_code, headers, _body(response, max_bytes))
            request = response.next_request
    raise FetchError(f"more than {MAX_REDIRECTS} redirects")


def _body(response: httpx.Response, max_bytes: int) -> bytes:
    pieces: Iterable[bytes] = response.iter_raw()
    for encoding in response.headers.get("Content-Encoding", "identity").lower().split(","):
        if encoding.strip() in ("gzip", "x-gzip"):
            pieces = _gunzipped(pieces)
        elif encoding.strip() != "identity":
            raise FetchError(f"the body has the encoding {encoding.strip()!r}, which was not asked for")
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > max_bytes:
            raise FetchError(f"the body is longer than {max_bytes} bytes")
    return bytes(body)


def _gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """In small steps, so that a few kilobytes cannot grow to gigabytes before anyone counts them."""
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
    for piece in pieces:
        yield decoder.decompress(piece, STEP)
        while decoder.unconsumed_tail and not decoder.eof:
            yield decoder.decompress(decoder.unconsumed_tail, STEP)
    while not decoder.eof:
        rest = decoder.decompress(b"", STEP)
        if not rest:
            raise FetchError("the gzip body is cut off")
        yield rest


class _GuardedTransport(httpx.BaseTransport):
    """Hands requests to httpcore, whose connections are made by _GuardedBackend."""

    def __init__(self, guard: Guard, deadline: float, verify: bool | ssl.SSLContext) -> None:
        context = verify if isinstance(verify, ssl.SSLContext) else httpx.create_ssl_context(verify=verify, trust_env=False)
        self._pool = httpcore.ConnectionPool(ssl_context=context, network_backend=_GuardedBackend(guard, deadline))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        response = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Stream(response), extensions=response.extensions)

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class _GuardedBackend(httpcore.SyncBackend):
    """Connects to the first judged address that answers, never to a name."""

    def __init__(self, guard: Guard, deadline: float) -> None:
        self._guard = guard
        self._deadline = deadline

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Any = None
    ) -> _Timed:
        targets = self._resolved(host, port)
        for address, at_port in targets[:-1]:
            try:
                return self._connect(address, at_port, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue  # the next address may answer; the last one's error is told
        return self._connect(*targets[-1], local_address, socket_options)

    def _resolved(self, host: str, port: int) -> list[tuple[str, int]]:
        """In a thread that is left behind when the time is over: the system's resolver has a time of its own, and cannot be stopped."""
        found: Future[list[tuple[str, int]]] = Future()

        def look_up() -> None:
            try:
                found.set_result(self._guard.resolve(host, port))
            except Exception as e:  # noqa: BLE001 - raised by whoever waits
                found.set_exception(e)

        threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
        if not wait([found], _left(self._deadline)).done:
            raise FetchError(f"{host} was not resolved in time")
        return found.result()

    def _connect(self, address: str, port: int, local_address: str | None, socket_options: Any) -> _Timed:
        stream = super().connect_tcp(address, port, _left(self._deadline), local_address, socket_options)
        return _Timed(stream, self._deadline)


class _Timed(httpcore.NetworkStream):
    """A connection whose every step has only the time that is left: a server that drips bytes cannot hold it open."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline))

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> _Timed:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        self._stream.close()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchError("no complete answer in time")
    return left
