"""Reading one concrete index, up to the newest commit of whichever process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import tantivy

from newsspider.engines.embedded.folder import REBUILD, Concrete
from newsspider.engines.embedded.schema import open_index
from newsspider.errors import AnalysisMismatch, EngineError, EngineUnavailable


class Reader:
    """An open concrete index. Safe with several threads."""

    def __init__(self, concrete: Concrete) -> None:
        self.concrete = concrete
        self._seen = self._commit()
        with reported(concrete):
            self.index = open_index(concrete.path)

    def searcher(self) -> tantivy.Searcher:
        """A view of the newest commit. Raises EngineError when the index is missing or damaged."""
        commit = self._commit()
        if commit != self._seen:
            with reported(self.concrete):
                self.index.reload()
            self._seen = commit
        return self.index.searcher()

    def require_analysis(self) -> None:
        """Raises AnalysisMismatch when the index holds other tokens or fields than this version makes."""
        if not self.concrete.is_of_this_version:
            raise AnalysisMismatch(f"{self.concrete.path}: the index was built by another version of the text analysis; {REBUILD}")

    def _commit(self) -> tuple[int, int]:
        try:
            status = (self.concrete.path / "meta.json").stat()  # replaced by every commit
        except OSError as e:
            raise EngineError(f"{self.concrete.path}: the index is missing or damaged ({e}); {REBUILD}") from e
        return status.st_mtime_ns, status.st_ino


@contextmanager
def reported(concrete: Concrete) -> Iterator[None]:
    """Tantivy's errors, all of them ValueError with a text, as ours."""
    try:
        yield
    except ValueError as e:
        if "LockBusy" in str(e):
            raise EngineUnavailable(f"{concrete.path}: another process is writing to the index; try again in a moment") from e
        if "An IO error occurred" in str(e):
            raise EngineUnavailable(f"{concrete.path}: the index cannot be written now ({e}); is the disk full or read-only?") from e
        raise EngineError(f"{concrete.path}: the index is missing or damaged ({e}); {REBUILD}") from e
