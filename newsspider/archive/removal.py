"""What leaves the archive: the pages of one address, written over where they lie, and whole files that are too old or too many."""

from __future__ import annotations

import os
import struct
import uuid
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from newsspider import clock
from newsspider.archive.index import SUFFIX, Capture, captures
from newsspider.archive.locks import is_written
from newsspider.archive.reader import member_length
from newsspider.errors import ArchiveError

NAME_TIME = "%Y%m%d%H%M%S"
PATTERN = "*.warc.gz"


@dataclass(frozen=True, slots=True)
class Usage:
    """What the archive takes: WARC files, bytes of them and their indexes, and when the oldest was begun (None: there is none)."""

    files: int
    bytes: int
    oldest: datetime | None


def usage(folder: Path) -> Usage:
    files = _files(folder)
    return Usage(len(files), sum(_size(path) for path in files), _begun(files[0]) if files else None)


def forget(folder: Path, urls: Iterable[str]) -> int:
    """Write over every page fetched from one of these addresses, and over what the index says of it; how many there were.

    Every other record keeps its place. Raises ArchiveError when a file cannot be written, or a page is being written just now.
    """
    found = list(captures(folder, urls))
    for capture in found:
        path = folder / capture.ref.file
        try:
            with path.open("rb+") as file:
                _write_over(file, capture, path)
            with path.with_name(path.name + SUFFIX).open("rb+") as file:
                start, length = capture.line
                _put(file, start, b" " * (length - 1))
        except FileNotFoundError:
            continue
        except OSError as e:
            raise ArchiveError(f"{path}: the page cannot be removed: {e}") from e
    return len(found)


def prune(folder: Path, *, keep: timedelta | None, most_bytes: int | None, drop_references: Callable[[str], object]) -> list[Path]:
    """Drop the files last written longer than `keep` ago, then the oldest until all take no more than `most_bytes`; which they were.

    A file that a crawl writes is left. `drop_references` is told each file's name before the file goes, so that nothing refers to what is not there.
    Raises ArchiveError.
    """
    now = clock.now()
    files = _files(folder)
    total = sum(_size(path) for path in files)
    dropped = []
    for path in files:
        try:
            too_old = keep is not None and now - datetime.fromtimestamp(path.stat().st_mtime, UTC) > keep
            if not too_old and (most_bytes is None or total <= most_bytes):
                continue
            with path.open("rb") as file:
                if is_written(file):
                    continue
                drop_references(path.name)
                total -= _size(path)
                path.with_name(path.name + SUFFIX).unlink(missing_ok=True)
                path.unlink()
        except FileNotFoundError:  # another process has dropped it
            continue
        except OSError as e:
            raise ArchiveError(f"{path}: cannot be dropped: {e}") from e
        dropped.append(path)
    return dropped


def _files(folder: Path) -> list[Path]:
    """The oldest first: names begin with the time."""
    return sorted(folder.glob(PATTERN))


def _begun(path: Path) -> datetime:
    return datetime.strptime(path.name.split("-")[1], NAME_TIME).replace(tzinfo=UTC)


def _size(path: Path) -> int:
    """Bytes of a file and its index; 0 for one that another process has dropped."""
    size = 0
    for part in (path, path.with_name(path.name + SUFFIX)):
        with suppress(FileNotFoundError):
            size += part.stat().st_size
    return size


def _write_over(file: BinaryIO, capture: Capture, path: Path) -> None:
    file.seek(capture.ref.offset)
    try:
        length = member_length(file)
    except (ValueError, zlib.error):
        if is_written(file):
            raise ArchiveError(f"{path} at byte {capture.ref.offset}: the page is being written just now; try again") from None
        end = file.seek(0, os.SEEK_END)  # torn: nothing follows it
        _put(file, capture.ref.offset, bytes(end - capture.ref.offset))
        return
    _put(file, capture.ref.offset, _removed(length))


def _put(file: BinaryIO, start: int, data: bytes) -> None:
    file.seek(start)
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


def _removed(length: int) -> bytes:
    """A gzip member (RFC 1952) of exactly `length` bytes that holds an empty WARC record; a comment in its header fills it up."""
    record = (
        f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\n"
        f"WARC-Date: {clock.now():%Y-%m-%dT%H:%M:%SZ}\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    ).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(record) + packer.flush()
    has_comment = 16
    header = b"\x1f\x8b\x08" + struct.pack("<BIBB", has_comment, 0, 2, 255)
    trailer = struct.pack("<II", zlib.crc32(record), len(record))
    comment = length - len(header) - len(packed) - len(trailer) - 1
    return bytes(length) if comment < 0 else header + b"-" * comment + b"\0" + packed + trailer
