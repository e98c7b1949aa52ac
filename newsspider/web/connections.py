"""Connections that say nothing, or say it a byte at a time, are cut: there are only so many, and uvicorn waits for a request's head without end."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

LOOKS = 4  # at a connection while it may wait


class Impatient(H11Protocol):
    """Cuts a connection on which no request is under way for `patience` seconds."""

    patience = 20.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._since = self.loop.time()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        self._next_look.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._since = self.loop.time()
        elif self.loop.time() - self._since > self.patience:
            self.transport.close()
        self._next_look = self.loop.call_later(self.patience / LOOKS, self._look)
