"""What one discovery page leads to: the wanted links, each once, and why the others were left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from newsspider.items import DateEvidence, EvidenceKind, EvidenceRole, Link
from newsspider.sources import Source, accepts, reachable
from newsspider.urls import canonical_url, join, url_key

MAX_LINKS = 50_000  # the sitemap protocol's own limit for one file
MAX_RAW_DATE = 200  # characters; no date is longer


class Unreadable(Exception):
    """A discovery page that cannot be read, or not to its end; the message tells a person what is wrong with it."""


@dataclass(slots=True)
class Collected:
    """Links of one page under construction. Raises Unreadable when there are more than MAX_LINKS."""

    source: Source
    base: str
    links: dict[str, Link] = field(default_factory=dict)
    ignored: Counter[str] = field(default_factory=Counter)

    def article(self, href: str, link: Link) -> None:
        """Keep `link`, with `href` as its address, when the source wants it."""
        self._keep(href, link, accepts)

    def discovery(self, href: str, kind: str, evidence: tuple[DateEvidence, ...] = (), changed_at: datetime | None = None) -> None:
        self._keep(href, Link("", evidence=evidence, discovery=True, kind=kind, changed_at=changed_at), reachable)

    def _keep(self, href: str, link: Link, refuses: Callable[[Source, str], str | None]) -> None:
        if len(self.links) + self.ignored.total() >= MAX_LINKS:
            raise Unreadable(f"holds more than {MAX_LINKS:,} addresses; the others were left out")
        address = join(self.base, href)
        reason = refuses(self.source, address) if address else "not_web"
        if address is None or reason:
            self.ignored[reason or "not_web"] += 1
            return
        known = self.links.setdefault(url_key(address), replace(link, url=canonical_url(address)))
        if known.title is None and link.title:
            self.links[url_key(address)] = replace(known, title=link.title)


def evidence(kind: EvidenceKind, raw: str | None, place: str, role: EvidenceRole) -> tuple[DateEvidence, ...]:
    """The date as it stood, as evidence; none when there is no text."""
    raw = tidy(raw)
    return (DateEvidence(kind, raw[:MAX_RAW_DATE], place, role),) if raw else ()


def tidy(text: object) -> str:
    """Text in one line; empty for what is not text."""
    return " ".join(text.split()) if isinstance(text, str) else ""
