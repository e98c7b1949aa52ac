"""Change feed → engine: the present state of changed articles, at least once, in order, behind a checkpoint.

A checkpoint belongs to one concrete index and passes only changes that are indexed or dead, so a new index starts from nothing and a replay
does no harm.
"""

from newsspider.indexing.dead import retry
from newsspider.indexing.follow import Follower
from newsspider.indexing.forget import Forgotten, forget
from newsspider.indexing.rebuild import rebuild
from newsspider.indexing.sync import SyncReport, sync
from newsspider.indexing.verify import Drift, fix, verify
from newsspider.indexing.worker import IndexWorker

__all__ = ["Drift", "Follower", "Forgotten", "IndexWorker", "SyncReport", "fix", "forget", "rebuild", "retry", "sync", "verify"]
