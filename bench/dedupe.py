"""How well families are found, beside other ways; and whether finding them stays as quick when there are many.

    python bench/dedupe.py [--articles 6000] [--stories 1000] [--signatures 1000000]

First: stories that a store is given in a mixed order (tests/dedupe_cases.py, from real articles), each with three reprints. A pair is found when
both articles are in one family. Recall is of the pairs of a story and its reprint, precision of all pairs that are found. The peers say of each
pair whether it is one, at whatever threshold gives their best F1: SHA-256 of the text; the normalised title, as Media Cloud compares it; SimHash
as trafilatura computes it; MinHash (rensa, 128 permutations) of three words as they are written, without any Arabic folding.

Then: looking up and remembering a text among more and more of them, in the store's own table, and what that takes on the disk.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import string
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from rensa import RMinHash
from rich.console import Console
from rich.table import Table
from trafilatura.deduplication import Simhash

from newsspider.store import Store, families

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from dedupe_cases import Case, Pairs, Truth, cases, pairs_of, store_families

PERMUTATIONS, ROWS = 128, 4
STEP, PROBES = 50_000, 1000


def title_key(title: str) -> str:
    """Lower case, without ASCII punctuation and doubled spaces."""
    return " ".join(title.lower().translate(str.maketrans("", "", string.punctuation)).split())


def simhash_pairs(found: Sequence[Case]) -> Iterator[tuple[str, Pairs]]:
    hashes = np.array([Simhash(case.body).hash for case in found], dtype=np.uint64)
    distances = {limit: set[tuple[int, int]]() for limit in (0, 1, 2, 3, 4, 6, 8, 10, 12)}
    for number, value in enumerate(hashes[:-1]):
        apart = np.bitwise_count(hashes[number + 1 :] ^ value)
        for other in np.flatnonzero(apart <= max(distances)):
            for limit, pairs in distances.items():
                if apart[other] <= limit:
                    pairs.add((number, number + 1 + int(other)))
    for limit, pairs in distances.items():
        yield f"distance ≤ {limit}", pairs


def minhash_pairs(found: Sequence[Case]) -> Iterator[tuple[str, Pairs]]:
    signatures = []
    for case in found:
        words = case.body.split()
        sketch_of_case = RMinHash(num_perm=PERMUTATIONS, seed=1)
        sketch_of_case.update([" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2))])
        signatures.append(sketch_of_case.digest())
    table = np.array(signatures, dtype=np.uint32)
    candidates: Pairs = set()
    for band in range(0, PERMUTATIONS, ROWS):
        candidates |= pairs_of(map(tuple, table[:, band : band + ROWS].tolist()))
    resemblance = {(one, other): float(np.mean(table[one] == table[other])) for one, other in candidates}
    for threshold in (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8):
        yield f"resemblance ≥ {threshold}", {pair for pair, value in resemblance.items() if value >= threshold}


def quality(found: Sequence[Case]) -> None:
    truth = Truth(found)
    with tempfile.TemporaryDirectory(dir=_fast_folder()) as folder:
        began = time.perf_counter()
        ours = pairs_of(store_families(found, Path(folder)))
        seconds = time.perf_counter() - began
    contestants: dict[str, tuple[str, Pairs]] = {
        "exact hash of the text": ("", pairs_of(hashlib.sha256(case.body.encode()).digest() for case in found)),
        "hash of the title": ("", pairs_of(title_key(case.title) for case in found)),
        "SimHash (trafilatura)": max(simhash_pairs(found), key=lambda one: truth.f1(one[1])),
        "MinHash, unfolded (rensa)": max(minhash_pairs(found), key=lambda one: truth.f1(one[1])),
        "newsspider": (f"{len(found) / seconds:.0f} articles/s, stored", ours),
    }
    kinds = list(truth.by_kind(ours))
    table = Table("contestant", "precision", "recall", "F1", *kinds, "", title=f"{len(found)} articles, {len(truth.wanted)} reprints")
    for name, (note, pairs) in contestants.items():
        values = (truth.precision(pairs), truth.recall(pairs), truth.f1(pairs), *truth.by_kind(pairs).values())
        table.add_row(name, *(f"{value:.3f}" for value in values), note)
    Console(width=180).print(table)


def scale(most: int) -> None:
    """Time of looking one text up and remembering it, a transaction each, with more and more sketches in the table."""
    titles = ("texts in the store", "CPU µs", "÷ at 10,000", "with the disk, µs", "table, MiB", "bytes a text")
    table = Table(*titles, title="looking up and remembering one more text")
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as name, Store.open(f"sqlite:///{name}/bench.db") as store:
        folder, stored, first = Path(name), 0, 0.0
        empty = _size(store, folder)
        for size in [size for size in (10_000, 30_000, 100_000, 300_000, 1_000_000) if size <= most]:
            while stored < size:
                stored += _fill(store, rng, stored, min(STEP, size - stored))
            used = _size(store, folder) - empty
            cpu, wall = _time_of_one(store, rng, size)
            first = first or cpu
            table.add_row(f"{size:,}", f"{cpu:.0f}", f"{cpu / first:.2f}", f"{wall:.0f}", f"{used / (1 << 20):.1f}", f"{used / stored:.0f}")
    Console().print(table)


def _fill(store: Store, rng: random.Random, stored: int, count: int) -> int:
    rows = [(value, f"{number:032x}") for number in range(stored, stored + count) for value in _random_sketch(rng)]
    with store._database.write() as tx:
        tx.connection.exec_driver_sql("INSERT INTO shingles (hash, article_id) VALUES (?, ?)", sorted(rows))
    return count


def _time_of_one(store: Store, rng: random.Random, size: int) -> tuple[float, float]:
    """Microseconds of CPU, and with waiting for the disk."""
    sketches = [_random_sketch(rng) for _ in range(PROBES)]
    cpu, wall = time.process_time(), time.perf_counter()
    for number, hashes in enumerate(sketches):
        with store._database.write() as tx:
            families._look_up(tx, f"{size}-{number}", hashes)
    return (time.process_time() - cpu) / PROBES * 1e6, (time.perf_counter() - wall) / PROBES * 1e6


def _random_sketch(rng: random.Random) -> tuple[int, ...]:
    return tuple(rng.getrandbits(64) - (1 << 63) for _ in range(families.SKETCH))


def _size(store: Store, folder: Path) -> int:
    with store._database.outside_transactions() as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return (folder / "bench.db").stat().st_size


def _fast_folder() -> str | None:
    """A folder in memory, so that the disk's fsync does not decide."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=6000, help="real articles; 0: leave the first part out")
    parser.add_argument("--stories", type=int, default=1000, help="of them with reprints")
    parser.add_argument("--signatures", type=int, default=1_000_000, help="in the last measurement; 0: leave the second part out")
    options = parser.parse_args()
    if options.articles:
        quality(cases(options.articles, options.stories))
    if options.signatures:
        scale(options.signatures)


if __name__ == "__main__":
    main()
