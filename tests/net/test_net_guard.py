"""Which addresses may be reached: H07 and H08 below any URL."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsspider.config import NetConfig
from newsspider.errors import AddressBlocked, ConfigError
from newsspider.net import AddressPolicy, Guard, HostMap, host_key

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "172.15.0.1",
    "172.32.0.1",
    "100.63.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "64:ff9b::808:808",
    "::ffff:8.8.8.8",
]
REFUSED = {
    "127.0.0.1": "loopback address",
    "127.255.255.254": "loopback address",
    "0.0.0.0": "unspecified address",
    "0.1.2.3": "not a public address",
    "10.0.0.1": "not a public address",
    "172.16.0.1": "not a public address",
    "172.31.255.255": "not a public address",
    "192.168.1.1": "not a public address",
    "169.254.169.254": "link-local address",
    "100.64.0.1": "not a public address",
    "192.0.2.1": "not a public address",
    "198.18.0.1": "not a public address",
    "224.0.0.1": "multicast address",
    "240.0.0.1": "not a public address",
    "255.255.255.255": "not a public address",
    "::": "unspecified address",
    "::1": "loopback address",
    "::7f00:1": "not a public address",
    "::ffff:127.0.0.1": "loopback address",
    "::ffff:10.0.0.1": "not a public address",
    "::ffff:0:127.0.0.1": "not a public address",
    "64:ff9b::7f00:1": "loopback address",
    "64:ff9b::a9fe:a9fe": "link-local address",
    "64:ff9b:1::7f00:1": "not a public address",
    "2002:7f00:1::": "loopback address",
    "2002:a00:1::1": "not a public address",
    "2001:0:7f00:1::": "not a public address",
    "2001:db8::1": "not a public address",
    "fc00::1": "not a public address",
    "fd12::1": "not a public address",
    "fe80::1": "link-local address",
    "fe80::1%eth0": "link-local address",
    "fec0::1": "not a public address",
    "ff02::1": "multicast address",
    "4000::1": "not a public address",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_reached(address: str) -> None:
    assert AddressPolicy().refuses(address) is None


@pytest.mark.parametrize(("address", "reason"), REFUSED.items())
def test_h07_others_may_not(address: str, reason: str) -> None:
    assert AddressPolicy().refuses(address) == reason


@pytest.mark.parametrize("address", ["127.0.0.2", "::ffff:127.0.0.2", "64:ff9b::7f00:2", "fd00::7"])
def test_allowed_networks(address: str) -> None:
    policy = AddressPolicy(["127.0.0.2", "fd00::1/8"])
    assert policy.refuses(address) is None
    assert policy.refuses("127.0.0.1") == "loopback address"
    assert policy.refuses("::ffff:127.0.0.1") == "loopback address"


@given(st.ip_addresses())
def test_nothing_but_global_addresses_passes(address: IPv4Address | IPv6Address) -> None:
    if AddressPolicy().refuses(str(address)) is None:
        carried = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
        assert (carried or address).is_global
        assert not address.is_multicast
        assert not address.is_loopback


@given(st.ip_addresses(v=4))
def test_an_address_within_ipv6_is_judged_as_itself(address: IPv4Address) -> None:
    policy = AddressPolicy()
    reason = policy.refuses(str(address))
    assert policy.refuses(f"::ffff:{address}") == reason
    assert policy.refuses(str(IPv6Address(int(ip_address("64:ff9b::")) + int(address)))) == reason


@pytest.mark.parametrize("text", ["127.0.0.0/40", "loopback", ""])
def test_a_wrong_network_is_named(text: str) -> None:
    with pytest.raises(ConfigError, match=f'net.allow_networks: "{text}"'):
        AddressPolicy([text])


def test_the_host_map() -> None:
    hosts = HostMap(
        {
            "A.example": "127.0.0.2",
            "b.example": "127.0.0.3:8080",
            "b.example:443": "127.0.0.3:8443",
            "six.example": "[::1]:81",
            "مثال.test": "::1",
        }
    )
    assert hosts.lookup("a.EXAMPLE.", 80) == ("127.0.0.2", 80)
    assert hosts.lookup("b.example", 80) == ("127.0.0.3", 8080)
    assert hosts.lookup("b.example", 443) == ("127.0.0.3", 8443)
    assert hosts.lookup("six.example", 443) == ("::1", 81)
    assert hosts.lookup("xn--mgbh0fb.test", 443) == ("::1", 443)
    assert hosts.lookup("www.a.example", 80) is None


@pytest.mark.parametrize("text", ["", "localhost", "127.0.0.1:99999", "127.0.0.1:x", "1.2.3", "::1:8080:99999", "[::1"])
def test_a_wrong_entry_of_the_host_map_is_named(text: str) -> None:
    with pytest.raises(ConfigError, match=r'net.hosts: a.example = "'):
        HostMap({"a.example": text})


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("localhost:8000", True),
        ("127.0.0.1", True),
        ("127.0.0.9:8000", True),
        ("[::1]:8000", True),
        ("::1", True),
        ("demo.example", True),
        ("demo.example:8000", True),
        ("far.example", False),
        ("other.example:80", False),
        ("10.0.0.1", False),
        ("127.0.0.1.example", False),
    ],
)
def test_is_loopback(host: str, loopback: bool) -> None:
    assert HostMap({"demo.example": "127.0.0.1:9000", "far.example": "10.0.0.1"}).is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("host", "key"),
    [("WWW.Example.ORG.", "www.example.org"), ("مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv"), ("[::1]", "::1"), ("a b", "a b")],
)
def test_host_key(host: str, key: str) -> None:
    assert host_key(host) == key


@given(st.text())
def test_host_key_of_anything(host: str) -> None:
    assert host_key(host_key(host)) == host_key(host)


GUARD = Guard.from_config(NetConfig(allow_networks=["127.0.0.2/32"], hosts={"mapped.example": "127.0.0.2:81", "bad.example": "127.0.0.1"}))


def answering(*addresses: str) -> object:
    family = {4: socket.AF_INET, 6: socket.AF_INET6}
    return lambda host, port, **_: [
        (family[ip_address(address).version], socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses
    ]


def test_the_host_map_comes_before_dns() -> None:
    assert GUARD.resolve("mapped.example", 80) == [("127.0.0.2", 81)]
    with pytest.raises(AddressBlocked, match=r"bad.example must not be reached: 127.0.0.1 \(loopback address\)"):
        GUARD.resolve("bad.example", 80)


def test_h08_private_answers_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answering("10.0.0.1", "8.8.8.8", "::1", "2606:4700::1111"))
    assert GUARD.resolve("both.example", 443) == [("8.8.8.8", 443), ("2606:4700::1111", 443)]
    monkeypatch.setattr(socket, "getaddrinfo", answering("10.0.0.1", "::1"))
    with pytest.raises(AddressBlocked, match=r"10.0.0.1 \(not a public address\), ::1 \(loopback address\)"):
        GUARD.resolve("both.example", 443)


@pytest.mark.parametrize(
    "host", ["0x7f000001", "2130706433", "127.1", "0177.0.0.1", "::ffff:127.0.0.1", "①②⑦.0.0.1", "localhost", "::1", "0"]
)
def test_h07_odd_spellings(host: str) -> None:
    with pytest.raises(AddressBlocked):
        GUARD.resolve(host, 80)


@pytest.mark.parametrize("host", ["nx.invalid", "a" * 64 + ".example", "a..b", "nul\0.example", ""])
def test_names_that_do_not_exist(host: str) -> None:
    with pytest.raises((OSError, AddressBlocked)):
        GUARD.resolve(host, 80)
