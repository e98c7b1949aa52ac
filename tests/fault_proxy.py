"""A proxy before a real Elasticsearch that does to bulks what networks and overloaded servers do; other requests pass as they are.

A fault is a coroutine of the request and of `forward`, which hands a body on to the server and gives its answer. What it returns is answered;
None resets the connection.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Asked:
    """One bulk: its lines, and how often each of its documents was sent so far, this time included."""

    body: bytes
    attempts: dict[str, int]

    @property
    def operations(self) -> list[tuple[str, bytes]]:
        """The id and the lines of each document, in order."""
        lines, found = iter(self.body.splitlines(keepends=True)), []
        for line in lines:
            action, about = next(iter(json.loads(line).items()))
            found.append((about["_id"], line if action == "delete" else line + next(lines)))
        return found


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    body: bytes


Forward = Callable[[bytes], Awaitable[Answer]]
Fault = Callable[[Asked, Forward], Awaitable[Answer | None]]


async def none(asked: Asked, forward: Forward) -> Answer | None:
    return await forward(asked.body)


async def reset(asked: Asked, forward: Forward) -> Answer | None:
    return None


async def black_hole(asked: Asked, forward: Forward) -> Answer | None:
    return await asyncio.get_running_loop().create_future()


async def drop_reply(asked: Asked, forward: Forward) -> Answer | None:
    """The request arrives and is carried out; its answer does not."""
    await forward(asked.body)
    return None


def delay(seconds: float) -> Fault:
    async def fault(asked: Asked, forward: Forward) -> Answer | None:
        await asyncio.sleep(seconds)
        return await forward(asked.body)

    return fault


def answering(status: int, kind: str, body: bytes) -> Fault:
    """The request never reaches the server."""

    async def fault(asked: Asked, forward: Forward) -> Answer | None:
        return Answer(status, kind, body)

    return fault


def changing(change: Callable[[Answer], Answer]) -> Fault:
    """The request is carried out; its answer is changed on the way."""

    async def fault(asked: Asked, forward: Forward) -> Answer | None:
        return change(await forward(asked.body))

    return fault


def refuses(share: float, seed: int, article_id: str, attempt: int) -> bool:
    digest = hashlib.sha256(f"{seed}/{article_id}/{attempt}".encode()).digest()
    return int.from_bytes(digest[:4], "big") < share * (1 << 32)


def busy(share: float, seed: int) -> Fault:
    """As an overloaded server: so many of the documents are not taken, each item says so (429). Which, depends on seed, id and attempt only."""

    async def fault(asked: Asked, forward: Forward) -> Answer | None:
        operations = asked.operations
        refused = {one for one, _ in operations if refuses(share, seed, one, asked.attempts[one])}
        taken = b"".join(lines for one, lines in operations if one not in refused)
        items = iter(json.loads((await forward(taken)).body)["items"] if taken else [])
        rejection = {"type": "es_rejected_execution_exception", "reason": "rejected execution of primary operation"}
        answered = [{"index": {"_id": one, "status": 429, "error": rejection}} if one in refused else next(items) for one, _ in operations]
        return Answer(200, "application/json", json.dumps({"errors": True, "items": answered}).encode())

    return fault


def spoiling(wanted: Callable[[str], bool]) -> Fault:
    """The documents with these ids get a field that no mapping has."""

    async def fault(asked: Asked, forward: Forward) -> Answer | None:
        spoilt = [lines.replace(b'\n{"', b'\n{"unheard_of":1,"', 1) if wanted(one) else lines for one, lines in asked.operations]
        return await forward(b"".join(spoilt))

    return fault


class FaultProxy:
    """Runs in a thread of its own, on a port of loopback that it keeps; `fault` may be set at any time, `attempts` counts what was sent."""

    def __init__(self, upstream: str, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(upstream)
        self._upstream = (str(parts.hostname), parts.port or 80)
        self._context = context
        self.fault: Fault = none
        self.attempts: Counter[str] = Counter()
        self.bulks = 0
        self._serving: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._port = 0
        self.up()

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self._port}"

    def up(self) -> None:
        self._server = self._run(asyncio.start_server(self._serve, "127.0.0.1", self._port, ssl=self._context, reuse_address=True))
        self._port = self._server.sockets[0].getsockname()[1]

    def down(self) -> None:
        """Nobody listens any more, until `up`."""
        self._run(self._hang_up())

    def close(self) -> None:
        self.down()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    async def _hang_up(self) -> None:
        for listening in self._server.sockets:
            self._loop.remove_reader(listening.fileno())
        await asyncio.sleep(0.01)  # whom it has just let in is served: closing before that would forget to close them (CPython's gh-109564)
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await asyncio.sleep(0)  # what is closed is gone a turn later

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._serving.add(task)  # the loop alone would lose one that waits for ever
        try:
            while request := await _message(reader):
                answer = await self._answer(*request)
                if answer is None:
                    with suppress(OSError):  # SO_LINGER of nothing: closing sends a reset
                        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                head = f"HTTP/1.1 {answer.status} x\r\nContent-Type: {answer.kind}\r\nX-Elastic-Product: Elasticsearch\r\n"
                writer.write(f"{head}Content-Length: {len(answer.body)}\r\n\r\n".encode() + answer.body)
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError, ssl.SSLError):
            pass  # the client went, or the proxy is closed
        finally:
            self._serving.discard(task)
            writer.close()

    async def _answer(self, head: bytes, body: bytes) -> Answer | None:
        ids = re.findall(rb'^\{"(?:index|delete)":.*?"_id":\s*"([^"]+)"', body, re.MULTILINE)
        documents = [one.decode() for one in ids if not one.startswith(b"newsspider-")]

        async def forward(body: bytes) -> Answer:
            return await self._forward(head, body)

        if b"_bulk" not in head.split(b"\r\n", 1)[0] or not documents:
            return await forward(body)
        self.bulks += 1
        self.attempts.update(documents)
        return await self.fault(Asked(body, {one: self.attempts[one] for one in documents}), forward)

    async def _forward(self, head: bytes, body: bytes) -> Answer:
        reader, writer = await asyncio.open_connection(*self._upstream)
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-length:", b"connection:"))]
        try:
            writer.write(b"\r\n".join([*lines, b"Connection: close", b"Content-Length: %d" % len(body), b"", b""]) + body)
            message = await _message(reader)
        finally:
            writer.close()
        if message is None:
            raise ConnectionResetError("the server closed the connection")
        first, *headers = message[0].decode("latin-1").split("\r\n")
        kinds = [line.partition(":")[2].strip() for line in headers if line.lower().startswith("content-type:")]
        return Answer(int(first.split()[1]), kinds[0] if kinds else "application/json", message[1])


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes] | None:
    """The head and the body of a request or an answer; None where the connection ends."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).removesuffix(b"\r\n\r\n")
        length = re.search(rb"^content-length:\s*(\d+)", head, re.IGNORECASE | re.MULTILINE)
        if re.search(rb"^transfer-encoding:\s*chunked", head, re.IGNORECASE | re.MULTILINE):
            return head, await _chunks(reader)
        return head, await reader.readexactly(int(length[1])) if length else b""
    except asyncio.IncompleteReadError:
        return None


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


@contextmanager
def proxy_to(upstream: str, context: ssl.SSLContext | None = None) -> Iterator[FaultProxy]:
    proxy = FaultProxy(upstream, context)
    try:
        yield proxy
    finally:
        proxy.close()
