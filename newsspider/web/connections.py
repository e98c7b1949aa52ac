"""Connections that say nothing, or say it a byte at a time, are cut: there are only so many, and uvicorn waits for a request's head without
end. Nor does its parser limit how long the head is."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LOOKS = 4  # at a connection while it may wait
MAX_HEAD = 64 << 10  # bytes of request line and headers that have no end yet
CONTINUE = b"HTTP/1.1 100 "  # an answer before the answer
ENCODE = "Arabic letters in an address must be percent-encoded, as by curl -G --data-urlencode 'q=...'."
_PROBLEM = b'{"error":{"code":"too_large","message":"the address and the headers may have 64 KiB at most","request_id":""}}'
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
    % (len(_PROBLEM), _PROBLEM)
)


class Together:
    """A transport that keeps the head of an answer until the first of its body is there: uvicorn writes each by itself, and a client that a
    head wakes has nothing to do with it yet."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        head, self._head = self._head, b""
        if not head and data.startswith(b"HTTP/") and not data.startswith(CONTINUE):
            self._head = data
        else:
            self._transport.write(head + data)

    def flush(self) -> None:
        """Write what is kept: there is no body."""
        if self._head:
            self.write(b"")

    def close(self) -> None:
        self.flush()
        self._transport.close()


class Impatient(HttpToolsProtocol):
    """Cuts a connection on which no request is under way for `patience` seconds, or one whose head has no end."""

    patience = 20.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(Together(transport))  # type: ignore[arg-type]  # what it lacks is the transport's
        self._head = 0  # bytes since the last head or piece of a body: also what frames a chunked body, and the trailers after it
        self._since = self.loop.time()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        self._next_look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._head += len(data)
        super().data_received(data)
        if self._head > MAX_HEAD and not self.transport.is_closing():
            self._refuse_head()

    def send_400_response(self, msg: str) -> None:
        """Also for an address that is longer than its parser can count."""
        if self._head <= MAX_HEAD:
            super().send_400_response(f"{msg} {ENCODE}")
        else:
            self._refuse_head()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._head = 0

    def on_body(self, body: bytes) -> None:
        self._head = max(0, self._head - len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._head = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self.transport.flush()  # type: ignore[attr-defined]
        super().on_response_complete()

    def _refuse_head(self) -> None:
        if not self._is_busy():
            self.transport.write(TOO_LARGE)
        self.transport.close()

    def _is_busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _look(self) -> None:
        if self._is_busy():
            self._since = self.loop.time()
        elif self.loop.time() - self._since > self.patience:
            self.transport.close()
        self._next_look = self.loop.call_later(self.patience / LOOKS, self._look)
