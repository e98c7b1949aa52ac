"""The archive: fetched pages as WARC 1.1 (ISO 28500), to read again what was fetched without asking the site again."""

from newsspider.archive.reader import ArchivedPage, read
from newsspider.archive.writer import ArchiveWriter

__all__ = ["ArchiveWriter", "ArchivedPage", "read"]
