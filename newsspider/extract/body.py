"""The story's text: its lines, without what stands between and around them on any news page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from newsspider.extract import wording
from newsspider.extract.outline import Kind, Line
from newsspider.extract.signature import signature_of
from newsspider.text import clean_text, fold

MAX_BODY = 500_000  # characters

_HEAD_LINES = 8  # how far into the text lines of the story's head may reach
_TAGS_LINES = 25  # at the end, within which a list of tags may begin
_TAIL_LINES = 3  # among which a signature may stand
_HEAD_LINE = 250  # characters
_FIRST_PARAGRAPH = 20  # words: where the head is over
_SENTENCE_END = re.compile(r"[.!؟?…:»”\"]\W*$")
_PARTS = re.compile(r"\s*[|·•]\s*|\s+[-–—]\s+")  # of a line of names and dates
_STARRED = re.compile(r"\s*(?:[*•†]|\(\*\))")
_ANCHOR = re.compile(r"\s*[#¶§]\s*$")
_PHOTO_AGENCY = r"getty(?: images)?|afp|reuters|epa|ap|shutterstock|istock|رويترز|ا ف ب|ا\.ف\.ب|غيتي|جيتي|شاترستوك|اسوشيتد برس|الاناضول|مواقع التواصل|انترنت"
_CREDIT = re.compile(
    rf"^\W*(?:صوره? (?:ارشيف|تعبير|توضيح)\w*|ارشيفيه?|تصوير\b|(?:م?صدر )?الصوره?\W*[:(/،,]).{{0,80}}$|^.{{0,80}}[(/|\-–—]\s*(?:{_PHOTO_AGENCY})\W*$"
)


@dataclass(frozen=True, slots=True)
class Body:
    text: str
    signature: str | None
    authors: tuple[str, ...]
    """Names from a byline within the text."""


def read_body(lines: Sequence[Line], title: str, known: Sequence[str], sites: Sequence[str]) -> Body:
    """The text of these lines: paragraphs parted by blank lines, list items and lines after one <br> by line ends.

    `known` are the authors' names and the section, `sites` the names of the site: a line that only repeats one is left out.
    """
    kept = _without_related(lines)
    kept = _until_notice(kept)
    kept, head_signature, authors = _without_head(kept, title, [*known, *sites])
    kept = [line for line in kept[:-_TAIL_LINES] if not _is_furniture(line)] + [
        line for line in kept[-_TAIL_LINES:] if signature_of(line.text) or not _is_furniture(line)
    ]
    kept, signature = _without_tail(kept, known, sites)
    return Body(clean_text(_joined(kept))[:MAX_BODY], signature or head_signature, tuple(authors))


def _without_related(lines: Sequence[Line]) -> list[Line]:
    """The story's own lines: without furniture, and without what leads to other stories: a label and what follows it, and bare links."""
    kept: list[Line] = []
    listed = _link_lists(lines)
    in_list = False
    for position, line in enumerate(lines):
        is_label = len(line.text) < 300 and wording.RELATED.search(fold(line.text[:120])) is not None
        if is_label and (line.linked or len(line.text) < 120):
            in_list = line.link_share < 0.3  # a label alone: its stories follow
        elif line.region is None:
            is_link = line.link_share > 0.8
            in_list = in_list and is_link
            if not (is_link and (in_list or position in listed or _is_other_story(line))):
                kept.append(line)
    return kept


def _link_lists(lines: Sequence[Line]) -> set[int]:
    """The lines that are two or more list items of headlines' links, unless the text before announces them."""
    found: set[int] = set()
    start = 0
    for linked, run in groupby(lines, key=_is_linked_headline):
        length = len(list(run))
        announced = start > 0 and lines[start - 1].text.rstrip().endswith(":")
        if linked and length > 1 and not announced:
            found.update(range(start, start + length))
        start += length
    return found


def _is_linked_headline(line: Line) -> bool:
    return line.kind is Kind.ITEM and line.link_share > 0.8 and len(line.text.split()) >= 4


def _is_other_story(line: Line) -> bool:
    """True for a paragraph or heading that is nothing but a link of a headline's length. A list of links may be the story's own."""
    return line.kind in (Kind.TEXT, Kind.HEADING, Kind.QUOTE) and len(line.text.split()) >= 3


def _without_head(lines: list[Line], title: str, known: Sequence[str]) -> tuple[list[Line], str | None, list[str]]:
    """Without what repeats the story's head: title, date, section, and who wrote it. A signature and the names of bylines are returned."""
    kept: list[Line] = []
    authors: list[str] = []
    signature = None
    for position, line in enumerate(lines):
        if position >= _HEAD_LINES or len(line.text) > _HEAD_LINE or len(line.text.split()) >= _FIRST_PARAGRAPH:
            return kept + lines[position:], signature, authors
        if found := signature_of(line.text):
            signature = signature or found
        elif _repeats_head(line.text, title, known):
            authors += [part for part in _PARTS.split(line.text) if _is_byline(part)]
        else:
            kept.append(line)
    return kept, signature, authors


def _repeats_head(text: str, title: str, known: Sequence[str]) -> bool:
    """True for a line made up of title, names, dates and bylines only."""
    names = [title, *known]
    if any(wording.same(text, name) for name in names):
        return True
    parts = [part for part in _PARTS.split(text) if part]
    return all(wording.is_date_part(part) or _is_byline(part) or any(wording.same(part, name) for name in names) for part in parts)


def _is_byline(text: str) -> bool:
    return len(text.split()) <= 8 and wording.BYLINE.match(fold(text)) is not None and not _SENTENCE_END.search(text)


def _is_furniture(line: Line) -> bool:
    text = line.text
    if len(text) > 300 or line.kind is Kind.PRE:
        return False
    folded = fold(text)
    if len(text) < 80 and wording.FURNITURE.search(folded):
        return True
    if wording.INVITATION.search(folded):
        return True
    return len(text) < 120 and _CREDIT.search(folded) is not None


def _until_notice(lines: list[Line]) -> list[Line]:
    """Up to the readers' comments, or to where the site begins to speak of itself, if that is in the last part of the text."""
    total = sum(len(line.text) for line in lines)
    before = 0
    in_text = False
    for position, line in enumerate(lines):
        if in_text and len(line.text) < 40 and wording.COMMENTS.search(fold(line.text)):
            return lines[:position]
        if before * 2 > total and wording.NOTICE.search(fold(line.text[:600])):
            return lines[:position]
        before += len(line.text)
        in_text = in_text or line.is_prose
    return lines


def _without_tail(lines: list[Line], known: Sequence[str], sites: Sequence[str]) -> tuple[list[Line], str | None]:
    """Without tags, repeated names and signature behind the last paragraph; the signature is returned."""
    end = len(lines)
    for position in range(max(1, end - _TAGS_LINES), end):
        if len(lines[position].text) < 200 and wording.TAGS.search(fold(lines[position].text)):
            end = position
            break
    signature = None
    while end > 1:
        text = lines[end - 1].text
        found = signature_of(text) or next((text for site in sites if wording.same(text, site)), None)
        if found:
            signature = signature or found
        elif not (
            any(wording.same(text, one) for one in known)
            or wording.is_bare_date(text)
            or _announces_nothing(text)
            or _is_authors_note(text)
        ):
            break
        end -= 1
    return lines[:end], signature


def _announces_nothing(text: str) -> bool:
    """True for a label behind which what it announced was left out: "Sources:"."""
    return text.endswith(":") and len(text.split()) <= 4


def _is_authors_note(text: str) -> bool:
    """True for what stands below a column of its author: "* a writer from Jordan"."""
    return len(text.split()) <= 12 and (_STARRED.match(text) is not None) and wording.OCCUPATION.search(fold(text)) is not None


def _joined(lines: Sequence[Line]) -> str:
    parts: list[str] = []
    item = None
    for line in lines:
        text = _ANCHOR.sub("", line.text) if line.kind is Kind.HEADING else line.text
        if line.kind is Kind.ITEM and line.element is not item and line.element.tag == "li":
            text = f"- {text}"
        after_item = item is not None and line.kind is Kind.ITEM
        parts.append(("\n" if line.soft or after_item else "\n\n") + text)
        item = line.element if line.kind is Kind.ITEM else None
    return "".join(parts).strip()
