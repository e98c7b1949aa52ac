"""The archive's index: beside each WARC file a CDXJ file (https://specs.webrecorder.net/cdxj/0.1.0/) with a line a page, keyed by `urls.url_key`,
so that all pages of an address are found without unpacking anything. A line is written before its record: no record lacks one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from newsspider.errors import ArchiveError
from newsspider.items import ArchiveRef
from newsspider.urls import url_key

SUFFIX = ".cdxj"
_TIME = "%Y%m%d%H%M%S"


@dataclass(frozen=True, slots=True)
class Capture:
    """A page of the archive: its address after redirects, when it was fetched (UTC, whole seconds), and where it lies.

    `line` is the place of its line in the index file: byte offset and length.
    """

    key: str
    url: str
    fetched_at: datetime
    ref: ArchiveRef
    line: tuple[int, int]


def index_line(url: str, fetched_at: datetime, ref: ArchiveRef) -> bytes:
    block = {"url": url, "offset": str(ref.offset), "filename": ref.file}
    return f"{key_of(url)} {fetched_at.astimezone(UTC).strftime(_TIME)} {json.dumps(block)}\n".encode()


def captures(folder: Path, urls: Iterable[str] | None = None) -> Iterator[Capture]:
    """The pages of the archive, or of some addresses, in the order they were written within each file. Raises ArchiveError."""
    wanted = None if urls is None else {form for url in urls for form in (key_of(url), url)}
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            with path.open("rb") as file:
                yield from (capture for capture in _read(file, path) if wanted is None or {capture.key, capture.url} & wanted)
        except FileNotFoundError:  # dropped meanwhile
            continue
        except (OSError, ValueError, KeyError) as e:
            raise ArchiveError(f"{path}: the archive's index cannot be read: {e}; restore the file from a backup") from e


def _read(lines: Iterator[bytes], path: Path) -> Iterator[Capture]:
    start = 0
    for line in lines:
        if line.strip() and line.endswith(b"\n"):  # a torn line's record was never begun
            key, time, block = line.decode().split(" ", 2)
            values = json.loads(block)
            fetched_at = datetime.strptime(time, _TIME).replace(tzinfo=UTC)
            ref = ArchiveRef(path.name.removesuffix(SUFFIX), int(values["offset"]))
            yield Capture(key, values["url"], fetched_at, ref, (start, len(line)))
        start += len(line)


def key_of(url: str) -> str:
    """`url_key`, or, of what is no web address, the text itself, in one word."""
    try:
        return url_key(url)
    except ValueError:
        return "".join(url.split())
