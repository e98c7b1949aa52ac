"""Highlighting: which words of a text a search found, by the same analysis that found them. Gives segments, never markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, count, islice, takewhile
from operator import not_
from typing import NamedTuple

from newsspider.text.analysis import analyse_piece, piece_keys

_WHITE_SPACE = re.compile(r"\s+")
LENGTH = 240  # characters of a snippet
MOST = 200_000  # characters of a text that are looked at for one
LEAD = 60  # of them, at most, before the first match


class Segment(NamedTuple):
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
    return before + tuple(Segment(_WHITE_SPACE.sub(" ", part.text), part.marked) for part in segments) + after


def _matches(text: str, marks: Marks, length: int | None = None) -> list[_Match]:
    """All that matches; with a `length` all up to the end of the first stretch so long that has everything there is to match."""
    if marks == Marks():
        return []
    stems, exacts, prefixes = marks.stems, marks.exact, marks.prefixes
    possible = 0 if length is None or marks.phrases else len(stems) + len(exacts) + len(prefixes)
    found: list[_Match] = []
    pieces = text.replace("\n", " ").split(" ")  # as `analyse` does
    offset, before, until = 0, 0, len(text)
    for at in _touched(pieces, marks):
        offset += sum(map(len, pieces[before:at])) + at - before
        before = at
        if offset > until:
            break
        for number, (start, end, exact, stem) in enumerate(analyse_piece(pieces[at])):
            for phrase in marks.phrases:
                if exact == phrase[0]:
                    run = list(islice(_words(pieces, at, offset), number, number + len(phrase)))
                    if tuple(word.key for word in run) == phrase:
                        found.append(_Match(run[0].start, run[-1].end, phrase))
            if stem in stems or exact in exacts or (prefixes and exact.startswith(prefixes)):
                found.append(_Match(offset + start, offset + end, stem if stem in stems else exact))
                if possible and length and len(_keys(found, offset + end - (length - LEAD))) == possible:
                    until, possible = offset + length, 0
    return _without_overlaps(found) if marks.phrases else found


def _touched(pieces: Sequence[str], marks: Marks) -> Iterable[int]:
    """The places of the pieces in which a word is that may match, or begin a match."""
    keys = map(piece_keys, pieces)
    absent, prefixes = (marks.stems | marks.exact | {phrase[0] for phrase in marks.phrases}).isdisjoint, marks.prefixes
    if prefixes:
        return [at for at, those in enumerate(keys) if not absent(those) or any(key.startswith(prefixes) for key in those)]
    return compress(count(), map(not_, map(absent, keys)))  # without a step of Python's own for each of the many that are not


def _words(pieces: Sequence[str], at: int, offset: int) -> Iterator[_Match]:
    """The words of the pieces from one on, which begins at `offset`, each as a match of its exact form."""
    for place in range(at, len(pieces)):
        for start, end, exact, _ in analyse_piece(pieces[place]):
            yield _Match(offset + start, offset + end, exact)
        offset += len(pieces[place]) + 1


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
