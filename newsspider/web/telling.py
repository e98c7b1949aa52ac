"""How the operators' pages say times, sizes, and the events of an address's history."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from newsspider.monitoring import Event
from newsspider.text.printable import readable
from newsspider.wording.languages import Language
from newsspider.wording.notices import coded

UNITS = (("days", 86_400), ("hours", 3600), ("minutes", 60))
CODES = frozenset({"article", "error", "index", "run", "source", "url"})  # facts of an event that are no language's words


def duration(language: Language, seconds: float) -> str:
    """Said in the largest unit that it is at least two of; at least a minute."""
    for unit, size in UNITS:
        if seconds >= 2 * size:
            return language.count(round(seconds / size), unit)
    return language.count(round(max(seconds, 60) / 60), "minutes")


def size(language: Language, count: int) -> str:
    """Of so many bytes, in megabytes or gigabytes (10⁹ bytes)."""
    unit, bytes_ = ("gigabytes", 10**9) if count >= 10**9 else ("megabytes", 10**6)
    return str(language.words["operations"]["sizes"][unit]).format(n=language.number(round(count / bytes_, 1)))


def decided(language: Language, reason: str) -> str:
    """Why an article has the date that it has, or none."""
    return str(language.words["decisions"].get("only" if reason.startswith("only_") else reason, reason))


def told(language: Language, event: Event) -> Markup:
    """What an event of an address's history says, each fact in a direction of its own."""
    facts = {
        name: Markup('<bdi dir="{}">{}</bdi>').format("ltr" if name in CODES else "auto", _fact(language, event, name, value))
        for name, value in event.facts.items()
    }
    return Markup(language.words["operations"]["history"][event.kind]).format(**facts)  # noqa: S704 - a text of ours; the facts are escaped


def _fact(language: Language, event: Event, name: str, value: object) -> str | Markup:
    if name == "outcome":
        return str(language.words["operations"]["outcomes"][value])
    if name == "reason":
        return coded(language, str(value)) if event.kind == "visited" else decided(language, str(value))
    if name == "published":
        moment = datetime.fromisoformat(str(value))
        return language.published(moment, moment.date(), event.facts["precision"])
    return language.number(value) if isinstance(value, int) else readable(str(value))
