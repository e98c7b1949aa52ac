"""The address guard on Twisted's reactor: every name that a download connects to is resolved here (TWISTED_DNS_RESOLVER).

Scrapy's default download handler connects through HostnameEndpoint, which asks the reactor's name resolver for each new connection, for IP literals
too, and takes address and port from its answer. `CrawlerProcess.start` puts this class there; `CrawlerRunner` does not, hence `is_installed`.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Literal, Self

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import TimeoutError as TwistedTimeout
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from twisted.internet.threads import deferToThreadPool
from zope.interface import implementer  # type: ignore[import-untyped]

from newsspider.errors import AddressBlocked
from newsspider.net import Guard, host_key

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        raise NotImplementedError


@implementer(IHostnameResolver)
class GuardedResolver:
    """Answers with the addresses that may be reached, and remembers why there is none for a host.

    Reactor and receiver are Any: mypy does not read zope's interfaces.
    """

    def __init__(self, reactor: Any, guard: Guard, timeout: float) -> None:
        self._reactor = reactor
        self._guard = guard
        self._timeout = timeout
        self._refusals: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        config = crawler.settings["NEWSSPIDER_CONFIG"]
        return cls(reactor, Guard.from_config(config.net), config.crawl.dns_timeout)

    def install_on_reactor(self) -> None:
        self._reactor.installNameResolver(self)

    def refusal(self, host: str) -> str | None:
        """Why the guard refused `host` when it was last resolved; None when it did not."""
        return self._refusals.get(host_key(host))

    def resolveHostName(  # noqa: N802 - the name is Twisted's
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[Any]] | None = None,  # noqa: N803
        transportSemantics: Literal["TCP", "UDP"] = "TCP",  # noqa: N803
    ) -> _Resolution:
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)

        def answer(targets: list[tuple[str, int]]) -> None:
            self._refusals.pop(host_key(hostName), None)
            for address, port in targets:
                kind = IPv6Address if ip_address(address.partition("%")[0]).version == 6 else IPv4Address
                if addressTypes is None or kind in addressTypes:
                    resolutionReceiver.addressResolved(kind(transportSemantics, address, port))

        def no_answer(failure: Failure) -> None:
            # The receiver learns only that there is no address; AddressGuard asks for the reason.
            self._refusals.pop(host_key(hostName), None)
            if failure.trap(AddressBlocked, OSError, TwistedTimeout) is AddressBlocked:  # type: ignore[no-untyped-call]
                self._refusals[host_key(hostName)] = str(failure.value)

        def complete(result: Any) -> Any:
            resolutionReceiver.resolutionComplete()
            return result

        found = deferToThreadPool(self._reactor, self._reactor.getThreadPool(), self._guard.resolve, hostName, portNumber)
        found.addTimeout(self._timeout, self._reactor).addCallbacks(answer, no_answer).addBoth(complete)
        return resolution


def installed_resolver() -> GuardedResolver | None:
    """The guard on the running reactor, None when another resolver is there."""
    from twisted.internet import reactor

    resolver = reactor.nameResolver
    return resolver if isinstance(resolver, GuardedResolver) else None


def is_installed() -> bool:
    """True when every download of this process goes through the guard."""
    return installed_resolver() is not None
