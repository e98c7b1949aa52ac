"""The folder of the embedded engine: concrete indexes side by side, and the `current` file that names the one that is searched.

index/current                    the name of a concrete index
index/20250122T101500-1f0c…/     tantivy's files, and newsspider.json with the index's id, analysis and schema
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from newsspider import clock
from newsspider.engines.embedded.schema import SCHEMA_VERSION, create_index
from newsspider.engines.protocol import IndexInfo
from newsspider.errors import EngineError
from newsspider.text import analysis_id
from newsspider.wholefile import write_whole

REBUILD = "run `newsspider index rebuild`"


@dataclass(frozen=True, slots=True)
class Concrete:
    """One concrete index on disk; `is_of_this_version` where it was built by this analysis and schema."""

    path: Path
    index_id: str
    analysis_id: str
    schema: int
    created: datetime

    @property
    def is_of_this_version(self) -> bool:
        return (self.analysis_id, self.schema) == (analysis_id(), SCHEMA_VERSION)


class IndexFolder:
    """The concrete indexes of one embedded engine. Safe with several processes: every change is one atomic file operation."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pointer = path / "current"

    def open_current(self) -> Concrete:
        """The current concrete index; an empty one where there has never been any. Raises EngineError when it is missing or damaged."""
        if not self._pointer.exists():
            self._become_first(self.create())
        return self.read(self.current_name())

    def current_name(self) -> str:
        """What the pointer names. Raises EngineError when it cannot be read."""
        try:
            return self._pointer.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as e:
            raise EngineError(f"{self._pointer}: cannot be read ({e}); {REBUILD}") from e

    def create(self) -> Concrete:
        """A new, empty concrete index. Raises EngineError when the folder cannot be written."""
        created = clock.now()
        index_id = str(uuid4())
        path = self.path / f"{created:%Y%m%dT%H%M%S}-{index_id[:8]}"
        about = {"index_id": index_id, "analysis_id": analysis_id(), "schema": SCHEMA_VERSION, "created": created.isoformat()}
        try:
            for folder in (self.path.parent, self.path):  # `parents` alone would make the data folder with the process's umask
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            create_index(path)
            write_whole(path / "newsspider.json", json.dumps(about, indent=2) + "\n")
        except OSError as e:
            raise EngineError(f"{self.path}: no index can be made here ({e}); check data_folder") from e
        return self.read(path.name)

    def promote(self, concrete: Concrete) -> None:
        """Makes it the current one."""
        write_whole(self._pointer, concrete.path.name + "\n")

    def all(self) -> list[Concrete]:
        """Every whole concrete index, the oldest first. A folder whose making was interrupted, or whose id is damaged, is none."""
        whole = (self._whole(about.parent.name) for about in self.path.glob("*/newsspider.json"))
        return sorted((concrete for concrete in whole if concrete), key=lambda concrete: concrete.created)

    def find(self, index_id: str) -> Concrete:
        """Raises EngineError when there is none of that id."""
        for concrete in self.all():
            if concrete.index_id == index_id:
                return concrete
        raise EngineError(f"{self.path}: there is no index {index_id}")

    def infos(self) -> list[IndexInfo]:
        current = self.open_current().path.name if not self._pointer.exists() else self.current_name()
        return [IndexInfo(one.index_id, one.analysis_id, one.created, one.path.name == current) for one in self.all()]

    def drop(self, index_id: str) -> None:
        """Delete it. Raises EngineError for the current one, or none of that id."""
        concrete = self.find(index_id)
        if concrete.path.name == self.current_name():
            raise EngineError(f"index {index_id} is the one that is searched; promote another before dropping it")
        (concrete.path / "newsspider.json").unlink()  # first, so that a half-deleted index is none
        shutil.rmtree(concrete.path)

    def _become_first(self, concrete: Concrete) -> None:
        try:
            write_whole(self._pointer, concrete.path.name + "\n", new=True)
        except FileExistsError:  # another process was first
            shutil.rmtree(concrete.path)

    def _whole(self, name: str) -> Concrete | None:
        try:
            return self.read(name)
        except EngineError:
            return None

    def read(self, name: str) -> Concrete:
        """The concrete index of that name. Raises EngineError when it is missing or damaged."""
        path = self.path / name
        try:
            about = json.loads((path / "newsspider.json").read_text(encoding="utf-8"))
            return Concrete(path, about["index_id"], about["analysis_id"], about["schema"], datetime.fromisoformat(about["created"]))
        except (OSError, ValueError, KeyError, TypeError) as e:
            raise EngineError(f"{path}: the index is missing or damaged ({e!r}); {REBUILD}") from e
