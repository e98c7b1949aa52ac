"""Texts that are nearly the same: a sketch to find candidates by, and the comparison that decides. bench/dedupe.py measures both.

A sketch is a sample of the text's shingles, those with the smallest hashes ("min-s", Broder: On the resemblance and containment of documents,
1997): two texts with the resemblance r share at least one of SKETCH values with a probability of about 1 - (1 - r)^SKETCH. Its shingles are long,
so unrelated texts share none, and one shared value makes a candidate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from heapq import nsmallest
from typing import NamedTuple
from zlib import crc32

from newsspider.dedupe.fingerprint import essence
from newsspider.text.stem import stem

SKETCH = 10  # values
MIN_WORDS = 30  # of the body; a shorter text has too few shingles to be told from others of its kind
_FOUND_BY = 5  # stems in a shingle of the sketch
_COMPARED_BY = 3  # stems in a shingle that texts are compared by

RESEMBLANCE = 0.35  # of two sources' texts that tell one story
EXCERPT = 0.7  # of the shorter text that the longer one holds …
OF_THE_LONGER = 0.2  # … and the least resemblance then
OWN_RESEMBLANCE = 0.7  # of two texts of one source, which shares phrases, background and furniture with itself
RELATED = 0.2  # of two texts that a third, which is like both, makes one family
LEAST = 12  # shingles that both texts need to be compared at all
COMMON = 4  # families that share a shingle, from which on it is a formula
NUMBERS = 4  # from so many on, more than half of the numbers agree: the price list of another day differs in little else

Shingle = tuple[str, ...]  # stems

_stem = lru_cache(1 << 15)(stem)  # news repeats its words


class Compared(NamedTuple):
    """A text as it is compared: its shingles of three stems without stop words, and its numbers."""

    shingles: frozenset[Shingle]
    numbers: Counter[str]


class Likeness(NamedTuple):
    """`resemblance` is the Jaccard index of the shingles, `containment` the part of the smaller set that the other holds, `numbers` the part of
    the numbers of the text with fewer that the other has, all from 0 to 1."""

    resemblance: float
    containment: float
    numbers: float


def sketch(body: str) -> tuple[int, ...]:
    """Up to SKETCH signed 64-bit numbers, ascending; none for a body that is too short to compare."""
    words = essence(body)
    if len(words) < MIN_WORDS:
        return ()
    shingles = [" ".join(shingle).encode("utf-8", "surrogatepass") for shingle in _shingles(_stems(words), _FOUND_BY)]
    return tuple(sorted(map(_hash, nsmallest(SKETCH, shingles, key=crc32))))  # the quick hash chooses, the long one names


def compared(body: str) -> Compared:
    words = essence(body)
    numbers = Counter(word for word in words if word[0].isdigit())
    return Compared(frozenset(_shingles(_stems(words), _COMPARED_BY)), numbers)


def likeness(a: Compared, b: Compared, common: frozenset[Shingle] = frozenset()) -> Likeness:
    """How alike two texts are, apart from the shingles in `common`, which say nothing of the story."""
    left, right = a.shingles - common, b.shingles - common
    smaller = min(len(left), len(right))
    shared = len(left & right) if smaller >= LEAST else 0
    few = min(a.numbers.total(), b.numbers.total())
    return Likeness(
        resemblance=shared / (len(left) + len(right) - shared) if shared else 0.0,
        containment=shared / smaller if shared else 0.0,
        numbers=(a.numbers & b.numbers).total() / few if few >= NUMBERS else 1.0,
    )


def formula(families: Iterable[Iterable[Compared]]) -> frozenset[Shingle]:
    """The shingles that COMMON families share: furniture of a site, phrases of a kind of news."""
    counts = Counter(shingle for texts in families for shingle in frozenset[Shingle]().union(*(text.shingles for text in texts)))
    return frozenset(shingle for shingle, count in counts.items() if count >= COMMON)


def same_story(like: Likeness, *, same_source: bool) -> bool:
    """True when the texts are versions of one: reprints, edits, excerpts."""
    if like.numbers <= 0.5:
        return False
    if same_source:
        return like.resemblance >= OWN_RESEMBLANCE
    return like.resemblance >= RESEMBLANCE or (like.containment >= EXCERPT and like.resemblance >= OF_THE_LONGER)


@lru_cache(maxsize=2)  # a text is compared right after its sketch was made
def _stems(words: tuple[str, ...]) -> list[str]:
    return [stemmed for word in words if (stemmed := _stem(word))]


def _shingles(stems: list[str], size: int) -> set[Shingle]:
    return set(zip(*(stems[at:] for at in range(size)), strict=False))


def _hash(shingle: bytes) -> int:
    return int.from_bytes(blake2b(shingle, digest_size=8).digest(), signed=True)
