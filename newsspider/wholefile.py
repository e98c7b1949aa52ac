"""Files that are written whole or not at all, whatever ends the writing: a full disk, a kill, a crash of the machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4


@contextmanager
def whole(path: Path, *, new: bool = False, mode: int = 0o666) -> Iterator[BinaryIO]:
    """What is written lies beside `path` and takes its name, on the disk, when the block ends; until then, and on an error, `path` stays as it was.

    A kill may leave NAME.….part behind. `mode` is that of a new file, less the umask. Raises OSError; with `new` FileExistsError where the name is
    taken by then.
    """
    part = path.with_name(f"{path.name}.{uuid4().hex[:8]}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if new:
            os.link(part, path)  # unlike a replacement, fails when another was first
        else:
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, text: str, *, new: bool = False, mode: int = 0o666) -> None:
    """The text in UTF-8, as `whole` writes."""
    with whole(path, new=new, mode=mode) as file:
        file.write(text.encode())
