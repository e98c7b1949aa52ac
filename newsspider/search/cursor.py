"""Cursors: where a page of hits ended, as an opaque text that leads to the next one."""

from __future__ import annotations

import base64

from pydantic import BaseModel, ConfigDict, Field

from newsspider.search.problems import BadQuery
from newsspider.search.query import Query
from newsspider.search.results import Notice


class Position(BaseModel):
    """Where a page begins: after what was sorted by `after`, in the words of the engine, else at the offset, which counts families where they are
    folded. `state` names the state of the index that pages are of."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    offset: int = Field(0, ge=0, lt=1 << 31)
    folded: bool = False
    after: list[float | int | str] | None = Field(None, max_length=2)  # what the last hit shown was sorted by
    # The embedded engine's; `offset` of single articles then counts those of this number.
    newest: int | None = Field(None, ge=0, lt=1 << 63)
    state: str = ""


class Cursor(BaseModel):
    """The next page's position, and `required` and `notice` as the first page was searched."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    query: str  # its fingerprint
    required: int
    notice: Notice | None
    position: Position

    def encode(self) -> str:
        """The text that `read_cursor` reads."""
        return base64.urlsafe_b64encode(self.model_dump_json(exclude_defaults=True).encode()).rstrip(b"=").decode()


def read_cursor(query: Query) -> Cursor | None:
    """The query's cursor. Raises QueryError when it is none, or another search's."""
    if not query.cursor:
        return None
    try:
        text = query.cursor.encode("ascii")
        cursor = Cursor.model_validate_json(base64.b64decode(text + b"=" * (-len(text) % 4), b"-_", validate=True))
    except ValueError as e:  # also of pydantic, base64 and ASCII
        raise BadQuery("cursor_damaged") from e
    if cursor.query != query.fingerprint:
        raise BadQuery("cursor_of_another")
    return cursor
