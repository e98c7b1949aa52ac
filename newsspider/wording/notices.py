"""How notices are said, with the notes of runs and the reasons that they speak of.

A word of the code that no language has a text for (of a spider of one's own, or of a newer store) is shown as it is.
"""

from __future__ import annotations

import re

from markupsafe import Markup

from newsspider.store import Note, Notice
from newsspider.text.printable import readable
from newsspider.wording.languages import Language

_STATUS = re.compile(r"http_(\d+)")


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
        more = noted(language, Note(detail, notice.facts))
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


def noted(language: Language, note: Note) -> Markup:
    """What the note of a run says: what its pages lack, why it ended, or what went wrong, with the program's own words for it."""
    words, (text, facts) = language.words["operations"], note
    if "pages" in facts:
        pages = language.count(facts["pages"], "pages")
        return Markup.escape(words["missing"]["lacking"].format(pages=pages, field=words["fields"][facts["missing"]]))
    if "share" in facts:
        shares = {name: language.percent(facts[name]) for name in ("share", "before")}
        return Markup.escape(words["missing"]["fallen"].format(field=words["shares"][facts["missing"]], **shares))
    if text in words["endings"]:
        return Markup.escape(words["endings"][text])
    own_words = Markup('<bdi dir="ltr" lang="en" class="soft">{}</bdi>').format(readable(text)) if text else Markup()
    problem = words["problems"].get(facts.get("problem"))
    return Markup("{} {}").format(problem, own_words) if problem else own_words


def coded(language: Language, reason: str) -> Markup:
    """A reason: what it means, and its word."""
    code = Markup('<bdi dir="ltr"><code>{}</code></bdi>').format(readable(reason))
    text = meaning(language, reason)
    return Markup("{} ({})").format(text, code) if text else code
