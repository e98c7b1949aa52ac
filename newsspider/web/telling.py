"""How the operators' pages say what programs noted: times, sizes, notices, the notes of runs, reasons, and the events of an address's history.

A word of the code that no language has a text for (of a spider of one's own, or of a newer store) is shown as it is.
"""

from __future__ import annotations

import re
from datetime import datetime

from markupsafe import Markup

from newsspider.monitoring import Event
from newsspider.store import Notice, read_degradation
from newsspider.web.languages import Language
from newsspider.web.rendering import readable

UNITS = (("days", 86_400), ("hours", 3600), ("minutes", 60))
CODES = frozenset({"article", "error", "index", "run", "source", "url"})  # facts of an event that are no language's words
_STATUS = re.compile(r"http_(\d+)")


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


def meaning(language: Language, reason: str) -> str:
    """What a reason of docs/outcomes.md means; nothing where it is none of them."""
    word, _, _ = reason.partition(": ")  # the name of an exception may follow
    status = _STATUS.fullmatch(word)
    text = language.words["reasons"].get("http_NNN" if status else word, "")
    return str(text).format(status=language.in_digits(status[1]) if status else "")


def said(language: Language, notice: Notice) -> Markup:
    """What a notice says, with its numbers in the reader's digits, and where."""
    facts = {name: language.number(value) if isinstance(value, int | float) else value for name, value in notice.facts.items()}
    if "addresses" in facts:
        facts["addresses"] = language.count(notice.facts["addresses"], "addresses")
    text = Markup.escape(str(language.words["operations"]["said"][notice.kind]).format(**facts))
    detail = str(notice.facts.get("detail") or (notice.subject if "://" in notice.subject else ""))
    reasons = detail.split(", ")
    if all(meaning(language, reason) for reason in reasons):
        more = Markup.escape(f"{language.words['comma']} ").join(coded(language, reason) for reason in reasons)
    else:
        more = noted(language, detail)
    return Markup("{} {}").format(text, more) if detail else text


def announced(language: Language, notice: Notice, source: str, *, ended: bool) -> tuple[str, str]:
    """The title and the text of a notice's beginning, or of its end, for readers of feeds; `source` is what the source is called."""
    words = language.words
    title, text = f"{source}{words['colon']} {words['operations']['kinds'][notice.kind]}", said(language, notice).striptags()
    if not ended or not notice.ended_at:
        return title, text
    return (
        f"{title}{words['comma']} {words['operations']['ended']}",
        f"{words['operations']['over']} {language.moment(notice.ended_at)}. {text}",
    )


def noted(language: Language, note: str) -> Markup:
    """What the note of a run says: what its pages lack, why it ended, or what went wrong, which only the program's own words tell."""
    words, facts = language.words["operations"], read_degradation(note)
    if "pages" in facts:
        pages = language.count(int(facts["pages"]), "pages")
        return Markup.escape(words["missing"]["lacking"].format(pages=pages, field=words["fields"][facts["field"]]))
    if facts:
        shares = {name: language.percent(int(facts[name]) / 100) for name in ("share", "before")}
        return Markup.escape(words["missing"]["fallen"].format(field=words["shares"][facts["field"]], **shares))
    if note in words["endings"]:
        return Markup.escape(words["endings"][note])
    return Markup('<bdi dir="ltr" lang="en" class="soft">{}</bdi>').format(readable(note)) if note else Markup()


def coded(language: Language, reason: str) -> Markup:
    """A reason: what it means, and its word."""
    code = Markup('<bdi dir="ltr"><code>{}</code></bdi>').format(readable(reason))
    text = meaning(language, reason)
    return Markup("{} ({})").format(text, code) if text else code


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
