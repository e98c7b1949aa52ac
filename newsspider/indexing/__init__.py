"""Change feed → engine: the present state of changed articles, at least once, in order, behind a checkpoint.

A checkpoint belongs to one concrete index and passes only changes that are indexed or dead, so a new index starts from nothing and a replay
does no harm.
"""

from newsspider.indexing.rebuild import rebuild
from newsspider.indexing.sync import SyncReport, sync
from newsspider.indexing.worker import IndexWorker

__all__ = ["IndexWorker", "SyncReport", "rebuild", "sync"]
