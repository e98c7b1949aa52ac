"""The archive: fetched pages as WARC 1.1 (ISO 28500), to read again what was fetched without asking the site again."""

from newsspider.archive.index import Capture, captures
from newsspider.archive.reader import ArchivedPage, read
from newsspider.archive.removal import Usage, forget, prune, usage
from newsspider.archive.writer import ArchiveWriter

__all__ = ["ArchiveWriter", "ArchivedPage", "Capture", "Usage", "captures", "forget", "prune", "read", "usage"]
