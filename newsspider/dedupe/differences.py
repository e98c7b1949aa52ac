"""What differs between two texts, word by word, pure.

A patience diff (Bram Cohen): words that stand exactly once in both texts are matched in the longest order they share, and what lies between two
matches is compared in the same way. So the work grows little faster than the text, and words that only happen to recur match nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from newsspider.dedupe.fingerprint import essence

_PIECE = re.compile(r"\n\s*|[^\S\n]+|\w+(?:[^\W\s]|[\u064b-\u065f\u0670])*|[^\w\s]")
_CLOSELY = 250_000  # pairs of words up to which a stretch without unique words is compared pair by pair


class Kind(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


class Stretch(NamedTuple):
    """A piece of text that both versions have, or one of them."""

    kind: Kind
    text: str


def differences(old: str, new: str) -> list[Stretch]:
    """The stretches of which the two texts are made, in order, what was removed before what was added in its place.

    The SAME and REMOVED ones together are `old`, the SAME and ADDED ones `new`, but for the white space within SAME ones, which is that of `new`.
    """
    left, right = _pieces(old), _pieces(new)
    stretches: list[Stretch] = []
    at, to = 0, 0
    for a, b, size in _telling(_blocks([word for word, _ in left], [word for word, _ in right]), len(left), len(right)):
        for kind, pieces in ((Kind.REMOVED, left[at:a]), (Kind.ADDED, right[to:b]), (Kind.SAME, right[b : b + size])):
            if pieces:
                stretches.append(Stretch(kind, "".join(word + space for word, space in pieces)))
        at, to = a + size, b + size
    return stretches


def percent_changed(old: str, new: str) -> float:
    """How many per cent of the words of both texts together are only in one of them: 0 for texts that differ in trifles, 100 for unlike ones."""
    left, right = essence(old), essence(new)
    same = sum(size for _, _, size in _blocks(left, right))
    return 100 * (1 - 2 * same / (len(left) + len(right))) if left or right else 0.0


def _pieces(text: str) -> list[tuple[str, str]]:
    """Words and marks, each with the white space after it; the first may be nothing but white space."""
    pieces: list[tuple[str, str]] = []
    for piece in _PIECE.findall(text):
        if piece.isspace() and pieces:
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + piece)
        else:
            pieces.append((piece, ""))
    return pieces


def _telling(blocks: list[tuple[int, int, int]], left: int, right: int) -> Iterator[tuple[int, int, int]]:
    """Without single words between two replacements, which chop up what reads better as one; with an empty block at the end."""
    at, to = 0, 0
    for (a, b, size), (next_a, next_b, _) in pairwise([*blocks, (left, right, 0)]):
        replaced = a > at and b > to and next_a > a + size and next_b > b + size
        if size > 1 or not replaced:
            yield a, b, size
            at, to = a + size, b + size
    yield left, right, 0


def _blocks(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int, int]]:
    """(start in left, start in right, length) of the stretches that are equal, in order, none touching the one before in both."""
    joined: list[tuple[int, int, int]] = []
    for start, other, size in _matched(left, right):
        a, b, before = joined[-1] if joined else (0, 0, 0)
        if joined and (a + before, b + before) == (start, other):
            joined[-1] = (a, b, before + size)
        else:
            joined.append((start, other, size))
    return joined


def _matched(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    waiting = [(0, len(left), 0, len(right))]  # the last one is next; no recursion, as a text may be long
    while waiting:
        a, a_end, b, b_end = waiting.pop()
        start = a
        while a < a_end and b < b_end and left[a] == right[b]:
            a, b = a + 1, b + 1
        if a > start:
            yield start, b - (a - start), a - start
        if a == a_end or b == b_end:
            continue
        anchors = _anchors(left, right, a, a_end, b, b_end)
        if anchors:
            gaps = zip([(a, b), *((x + 1, y + 1) for x, y in anchors)], [*anchors, (a_end, b_end)], strict=True)
            parts: list[tuple[int, int, int, int]] = []
            for (from_a, from_b), (to_a, to_b) in gaps:
                parts.append((from_a, to_a, from_b, to_b))
                parts.append((to_a, min(to_a + 1, a_end), to_b, min(to_b + 1, b_end)))
            waiting += reversed(parts)
        elif (a_end - a) * (b_end - b) <= _CLOSELY:
            for x, y, size in SequenceMatcher(None, left[a:a_end], right[b:b_end], autojunk=False).get_matching_blocks():
                if size:
                    yield a + x, b + y, size


def _anchors(left: Sequence[str], right: Sequence[str], a: int, a_end: int, b: int, b_end: int) -> list[tuple[int, int]]:
    """The words that are unique on both sides, in the longest order that both have (by patience sorting)."""
    here, there = Counter(left[a:a_end]), Counter(right[b:b_end])
    place = {right[y]: y for y in range(b, b_end) if there[right[y]] == 1}
    pairs = [(x, place[left[x]]) for x in range(a, a_end) if here[left[x]] == 1 and left[x] in place]
    tops: list[int] = []  # of each pile, the place in `right`
    piles: list[int] = []  # of each pile, the index of its top in `pairs`
    before: list[int] = []  # of each pair, the pair below it in the order, or -1
    for number, (_, y) in enumerate(pairs):
        pile = bisect_left(tops, y)
        before.append(piles[pile - 1] if pile else -1)
        tops[pile : pile + 1], piles[pile : pile + 1] = [y], [number]
    chain: list[tuple[int, int]] = []
    number = piles[-1] if piles else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]
