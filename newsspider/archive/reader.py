"""Reading the archive: one page back from its place in a file."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from newsspider.archive.writer import ORIGINAL
from newsspider.errors import ArchiveError
from newsspider.items import ArchiveRef

STEP = 65_536


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """A page as it was fetched, the body decompressed: what extract.Page is made of."""

    body: bytes
    url: str
    headers: Mapping[str, str]
    fetched_at: datetime


def read(folder: Path, ref: ArchiveRef) -> ArchivedPage:
    """The page at that place. Raises ArchiveError naming file and offset when there is none, or when it is damaged."""
    place = f"{folder / ref.file} at byte {ref.offset}"
    if Path(ref.file).name != ref.file:
        raise ArchiveError(f"{place}: not a file of this folder")
    try:
        with (folder / ref.file).open("rb") as file:
            file.seek(ref.offset)
            record = next(ArchiveIterator(BytesIO(_unpacked(file)[0])))
            if record.rec_type == "response":
                return _page(record)
    except (OSError, ValueError, zlib.error, ArchiveLoadFailed) as e:
        raise ArchiveError(f"{place}: the page cannot be read: {e or type(e).__name__}; restore the file, or crawl the page again") from e
    raise ArchiveError(f"{place}: no page begins here; restore the file from a backup, or crawl the page again")


def member_length(file: BinaryIO) -> int:
    """Bytes that the gzip member takes which begins here. Raises as `_unpacked`."""
    return _unpacked(file)[1]


def _unpacked(file: BinaryIO) -> tuple[bytes, int]:
    """The whole gzip member that begins here, its check sum verified, and its length. Raises ValueError or zlib.error when it is cut off or damaged."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    parts, length = [], 0
    while not unpacker.eof:
        packed = file.read(STEP)
        if not packed:
            raise ValueError("it is cut off")
        parts.append(unpacker.decompress(packed))
        length += len(packed)
    return b"".join(parts), length - len(unpacker.unused_data)


def _page(record: ArcWarcRecord) -> ArchivedPage:
    body = record.raw_stream.read()
    headers = {name.lower(): value for name, value in record.http_headers.headers}
    del headers["content-length"]  # of the record; the site's own is under another name
    own = {name.removeprefix(ORIGINAL): value for name, value in headers.items()}
    fetched_at = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date"))
    return ArchivedPage(body, record.rec_headers.get_header("WARC-Target-URI"), own, fetched_at)
