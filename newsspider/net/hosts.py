"""Host names: their one spelling, and the static host map (`[net] hosts`) that is looked up before DNS."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address

import idna

from newsspider.errors import ConfigError

HIGHEST_PORT = 65535


def host_key(host: str) -> str:
    """`host` in lower case and ASCII (IDNA 2008), without the dot at its end; as it is where it is no valid name."""
    host = _bare(host).rstrip(".").lower()
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError:
        return host


class HostMap:
    """name → address, or address and port. A name may carry a port of its own ("a.example:443"), which then wins over the bare name."""

    def __init__(self, hosts: Mapping[str, str]) -> None:
        """Raises ConfigError naming the entry that is not an IP address with an optional port."""
        self._targets = {host_key(name): _target(name, text) for name, text in hosts.items()}

    def lookup(self, host: str, port: int) -> tuple[str, int] | None:
        """The address and port that stand for `host`:`port`; None when the map does not know the host."""
        key = host_key(host)
        target = self._targets.get(f"{key}:{port}") or self._targets.get(key)
        return (target[0], target[1] or port) if target else None

    def is_loopback(self, host: str) -> bool:
        """True when `host` (a port may follow) is this machine by the map or by its own spelling, without asking DNS."""
        name, port = _split_port(host)
        target = self.lookup(name, port or 0)
        try:
            return ip_address(target[0] if target else host_key(name)).is_loopback
        except ValueError:
            return host_key(name) == "localhost"


def _target(name: str, text: str) -> tuple[str, int | None]:
    address, port = _split_port(text)
    try:
        return str(ip_address(address)), port
    except ValueError as e:
        raise ConfigError(f'net.hosts: {name} = "{text}" must be an IP address, or "address:port" ("[address]:port" for IPv6)') from e


def _split_port(text: str) -> tuple[str, int | None]:
    head, _, tail = text.rpartition(":")
    if tail.isascii() and tail.isdigit() and len(tail) <= 5 and int(tail) <= HIGHEST_PORT and (head.endswith("]") or ":" not in head):
        return _bare(head), int(tail)
    return _bare(text), None


def _bare(host: str) -> str:
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host
