"""Writing the archive: one response record a page, each a gzip member of its own, so that a torn end hides nothing before it."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newsspider import __version__, clock
from newsspider.archive.index import SUFFIX, index_line
from newsspider.archive.locks import hold
from newsspider.errors import ArchiveError
from newsspider.items import ArchiveRef

VERSION = "WARC/1.1"
# The body is kept as it was read, decompressed: headers that speak of another form are kept under another name.
_OF_THE_TRANSFER = frozenset(("content-encoding", "transfer-encoding", "content-length"))
ORIGINAL = "x-archive-orig-"

_NOT_IN_A_HEADER = re.compile(r"[\x00-\x1f\x7f]+")


class FetchedPage(Protocol):
    """What is written: extract.Page fits."""

    @property
    def body(self) -> bytes: ...
    @property
    def url(self) -> str: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def fetched_at(self) -> datetime: ...


class ArchiveWriter:
    """Appends pages to files of its own in `folder`; a new file is begun at `max_file_bytes`, and by each writer. For one thread.

    Every method raises ArchiveError naming the file when it cannot be written; the next page then goes to a new file.
    """

    def __init__(self, folder: Path, max_file_bytes: int) -> None:
        self.folder = folder
        self.max_file_bytes = max_file_bytes
        self._path: Path | None = None
        self._file: BinaryIO | None = None
        self._index: BinaryIO | None = None

    def write(self, page: FetchedPage) -> ArchiveRef:
        """Write the page as it was fetched; when this returns, it has left the process. `page.fetched_at` must be aware."""
        try:
            file, index = (self._file, self._index) if self._file and self._index else self._begin()
            ref = ArchiveRef(self._name, file.tell())
            record = _record(self._writer, page)
            index.write(index_line(record.rec_headers.get_header("WARC-Target-URI"), page.fetched_at, ref))
            index.flush()
            self._writer.write_record(record)
            file.flush()
        except OSError as e:
            path = self._path or self.folder
            with contextlib.suppress(OSError):  # the same trouble again
                self.close()
            raise ArchiveError(f"{path}: the archive cannot be written: {e}; free space or mend the folder's rights") from e
        if file.tell() >= self.max_file_bytes:
            self.close()
        return ref

    def close(self) -> None:
        """Finish the present file. Writing again begins another."""
        files = [file for file in (self._file, self._index) if file]
        self._file = self._index = None
        with contextlib.ExitStack() as stack:
            for file in files:
                stack.callback(file.close)

    def _begin(self) -> tuple[BinaryIO, BinaryIO]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._name = f"newsspider-{clock.now():%Y%m%d%H%M%S}-{os.getpid()}-{secrets.token_hex(4)}.warc.gz"
        self._path = self.folder / self._name
        self._file = _new(self._path)
        hold(self._file)
        self._index = _new(self._path.with_name(self._name + SUFFIX))
        self._writer = WARCWriter(self._file, gzip=True, warc_version=VERSION)
        self._writer.write_record(
            self._writer.create_warcinfo_record(self._name, {"software": f"newsspider/{__version__}", "format": VERSION})
        )
        return self._file, self._index


def _new(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _record(writer: WARCWriter, page: FetchedPage) -> ArcWarcRecord:
    headers = [(ORIGINAL + name if name in _OF_THE_TRANSFER else name, value) for name, value in page.headers.items()]
    http = [(_NOT_IN_A_HEADER.sub(" ", name), _NOT_IN_A_HEADER.sub(" ", value)) for name, value in headers]
    http.append(("content-length", str(len(page.body))))
    return writer.create_warc_record(
        _NOT_IN_A_HEADER.sub("", page.url),
        "response",
        payload=BytesIO(page.body),
        length=len(page.body),
        http_headers=StatusAndHeaders("200 OK", http, protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": page.fetched_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")},
    )
