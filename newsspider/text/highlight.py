"""Highlighting: which words of a text a search found, by the same analysis that found them. Gives segments, never markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, takewhile
from typing import NamedTuple

from newsspider.text.analysis import analyse_piece
from newsspider.text.places import places
from newsspider.text.stem import roots
from newsspider.text.wordlists import of_the_lists

_WHITE_SPACE = re.compile(r"\s+")
_NOT_ONE_SPACE = re.compile(r"\s(?:\s+|(?<! ))")  # most white space is one and can stay
LENGTH = 240  # characters of a snippet
MOST = 200_000  # characters of a text that are looked at for one
LEAD = 60  # of them, at most, before the first match


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text, `marked` where it matched. The pieces joined are the text that is shown."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """What to mark: words by stem, by their exact form or by its beginning, and phrases as runs of exact words."""

    stems: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, ...], ...] = ()
    prefixes: tuple[str, ...] = ()  # str.startswith takes a tuple


class _Match(NamedTuple):
    start: int
    end: int
    key: str | tuple[str, ...]  # equal for matches of the same part of the query


def highlight(text: str, marks: Marks) -> tuple[Segment, ...]:
    """The whole text with its matches marked."""
    return _segments(text, 0, len(text), _matches(text, marks))


def snippet(text: str, marks: Marks, length: int = LENGTH) -> tuple[Segment, ...]:
    """About `length` characters of the text, on one line, with as many different matches as a stretch of it has; its beginning where nothing
    matches. An ellipsis stands where text was left out."""
    matches = _matches(text[:MOST], marks, length)
    begin, end = _window(text, _best_start(matches, length), length)
    segments = _segments(text, begin, end, [match for match in matches if begin <= match.start and match.end <= end])
    before = (Segment("… ", False),) if begin else ()
    after = (Segment(" …", False),) if end < len(text) else ()
    return before + tuple(Segment(_NOT_ONE_SPACE.sub(" ", part.text), part.marked) for part in segments) + after


def _matches(text: str, marks: Marks, length: int | None = None) -> list[_Match]:
    """All that matches; with a `length` all up to the end of the first stretch so long that has everything there is to match."""
    if marks == Marks():
        return []
    stems, exacts, prefixes = marks.stems, marks.exact, marks.prefixes
    possible = 0 if length is None or marks.phrases else len(stems) + len(exacts) + len(prefixes)
    found: list[_Match] = []
    text, until = text.replace("\n", " "), len(text)  # as `analyse` does
    for begin, stop in places(text, _roots(marks)):
        if begin > until:
            break
        for number, (start, end, exact, stem) in enumerate(analyse_piece(text[begin:stop])):
            for phrase in marks.phrases:
                if exact == phrase[0]:
                    run = list(islice(_words(text, begin), number, number + len(phrase)))
                    if tuple(word.key for word in run) == phrase:
                        found.append(_Match(run[0].start, run[-1].end, phrase))
            if stem in stems or exact in exacts or (prefixes and exact.startswith(prefixes)):
                found.append(_Match(begin + start, begin + end, stem if stem in stems else exact))
                if possible and length and len(_keys(found, begin + end - (length - LEAD))) == possible:
                    until, possible = begin + length, 0
    return _without_overlaps(found) if marks.phrases else found


@of_the_lists
@lru_cache(maxsize=1 << 10)
def _roots(marks: Marks) -> frozenset[str]:
    """What a word has one of that matches, or begins a match."""
    exact = {*marks.exact, *marks.prefixes, *(phrase[0] for phrase in marks.phrases)}
    return frozenset(exact.union(*map(roots, marks.stems)))


def _words(text: str, offset: int) -> Iterator[_Match]:
    """The words of a text from an offset on, each as a match of its exact form."""
    while offset < len(text):
        stop = text.find(" ", offset)
        stop = len(text) if stop < 0 else stop
        for start, end, exact, _ in analyse_piece(text[offset:stop]):
            yield _Match(offset + start, offset + end, exact)
        offset = stop + 1


def _keys(matches: Sequence[_Match], since: int) -> set[object]:
    return {match.key for match in takewhile(lambda match: match.start >= since, reversed(matches))}


def _without_overlaps(matches: list[_Match]) -> list[_Match]:
    kept: list[_Match] = []
    for match in sorted(matches, key=lambda match: (match.start, -match.end)):
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
    return kept


def _best_start(matches: Sequence[_Match], length: int) -> int:
    """Where the stretch begins that holds most different matches, the first such."""
    best, most = 0, 0
    for at, first in enumerate(matches):
        inside = set()
        for match in islice(matches, at, None):
            if match.end > first.start + length - LEAD:
                break
            inside.add(match.key)
        if len(inside) > most:
            best, most = max(first.start - LEAD, 0), len(inside)
    return best


def _window(text: str, start: int, length: int) -> tuple[int, int]:
    """`start` and the end `length` later, moved to where words begin and end, where that is near."""
    space = _WHITE_SPACE.search(text, start, start + LEAD) if start else None
    begin = space.end() if space else start
    if len(text) - begin <= length:
        return begin, len(text)
    whole = re.match(r"(.*\S)\s", text[begin : begin + length + 1], re.DOTALL)
    return begin, begin + (len(whole[1]) if whole else length)


def _segments(text: str, begin: int, end: int, matches: Sequence[_Match]) -> tuple[Segment, ...]:
    segments = []
    at = begin
    for match in matches:
        segments += [Segment(text[at : match.start], False), Segment(text[match.start : match.end], True)]
        at = match.end
    segments.append(Segment(text[at:end], False))
    return tuple(segment for segment in segments if segment.text)
