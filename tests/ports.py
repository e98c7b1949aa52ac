"""Ports for servers that cannot choose one themselves."""

from __future__ import annotations

import random
import socket

BELOW_THE_SYSTEMS = range(20_000, 32_000)  # from 32,768 on, Linux gives ports to whoever asks for any


def free_port() -> int:
    """One that nobody else is given until the server listens on it, which may take half a minute."""
    while True:
        port = random.choice(BELOW_THE_SYSTEMS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
