"""The address guard: only public addresses, and those that `[net] allow_networks` names, may be reached.

It judges resolved addresses, never the text of a URL: an address has too many spellings (0x7f000001, 2130706433, 127.1, [::ffff:127.0.0.1]),
and a name may resolve to anything. Whoever connects must connect to the address that was judged, not to the name again.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self

from newsspider.config import NetConfig
from newsspider.errors import AddressBlocked, ConfigError
from newsspider.net.hosts import HostMap, host_key

GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291: all of IPv6 that is handed out for the public network
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052


class AddressPolicy:
    """Which IP addresses may be reached."""

    def __init__(self, allow_networks: Iterable[str] = ()) -> None:
        """Raises ConfigError naming the entry of `allow_networks` that is not a network."""
        self._allowed = [_network(text) for text in allow_networks]

    def refuses(self, address: str) -> str | None:
        """Why `address`, an IP literal, must not be reached ("loopback address"); None when it may. An IPv4 address that is carried within IPv6
        (mapped, NAT64, 6to4) is judged itself."""
        ip = ip_address(address.partition("%")[0])
        ip = _carried(ip) or ip
        return None if any(ip in network for network in self._allowed) else _not_public(ip)


@dataclass(slots=True, frozen=True)
class Guard:
    """Resolves names to addresses that may be reached."""

    policy: AddressPolicy
    hosts: HostMap

    @classmethod
    def from_config(cls, config: NetConfig) -> Self:
        return cls(AddressPolicy(config.allow_networks), HostMap(config.hosts))

    def resolve(self, host: str, port: int) -> list[tuple[str, int]]:
        """The addresses and ports to connect to for `host`:`port`; those that must not be reached are left out.

        Asks the host map, then the system's resolver, and waits for it. Raises AddressBlocked when none may be reached, OSError when there is none.
        """
        mapped = self.hosts.lookup(host, port)
        found = [mapped] if mapped else _look_up(host, port)
        refused = {address: reason for address, _ in found if (reason := self.policy.refuses(address))}
        if len(refused) == len({address for address, _ in found}):
            reasons = ", ".join(f"{address} ({reason})" for address, reason in refused.items())
            raise AddressBlocked(f"{host} must not be reached: {reasons}; [net] allow_networks can allow it")
        return [target for target in found if target[0] not in refused]


def _look_up(host: str, port: int) -> list[tuple[str, int]]:
    try:
        answers = socket.getaddrinfo(host_key(host), port, type=socket.SOCK_STREAM)
    except ValueError as e:  # a label too long, a NUL
        raise OSError(f"{host!r} is not a host name: {e}") from e
    return [(str(where[0]), port) for *_, where in answers]


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError as e:
        raise ConfigError(f'net.allow_networks: "{text}" must be a network such as 127.0.0.0/8 or fd00::/8') from e


def _carried(ip: IPv4Address | IPv6Address) -> IPv4Address | None:
    if isinstance(ip, IPv4Address):
        return None
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else ip.ipv4_mapped or ip.sixtofour


def _not_public(ip: IPv4Address | IPv6Address) -> str | None:
    if ip.is_unspecified:
        return "unspecified address"
    if ip.is_loopback:
        return "loopback address"
    if ip.is_link_local:
        return "link-local address"
    if ip.is_multicast:
        return "multicast address"
    if not ip.is_global or (isinstance(ip, IPv6Address) and ip not in GLOBAL_UNICAST):
        return "not a public address"
    return None
