"""Taking results along: all that a search finds, streamed as a file, and afterwards the manifest that says what it held."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from newsspider import clock
from newsspider.errors import ConfigError
from newsspider.export import Asked, Export, Format
from newsspider.web.access import EXPORTS, READER
from newsspider.web.api import ERRORS, resources
from newsspider.web.invalid import refusal
from newsspider.web.parameters import Search
from newsspider.web.problems import errors

router = APIRouter(prefix="/api/v1/exports", responses=ERRORS | errors(409), tags=["export"])
MOST_ARTICLES = 1_000_000
KEPT_MANIFESTS = 100
LATEST = "latest"  # stands for the id of one's last export
CHUNK = 64 << 10
MANIFEST_HEADER = "X-Export-Manifest"


class ExportParameters(Search):
    """What to take along. Every article found is in it by itself, not folded into families, the newest first."""

    form: Format = Field(Format.CSV, alias="format", description="The file's format.")


class Exports:
    """The exports under way, one a user, and the manifests of the last ones."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users: set[str] = set()
        self._manifests: OrderedDict[tuple[str, str], dict[str, Any]] = OrderedDict()

    def begin(self, user: str) -> bool:
        """False while another export of that user is under way."""
        with self._lock:
            if user in self._users:
                return False
            self._users.add(user)
            return True

    def end(self, user: str, export_id: str, manifest: dict[str, Any] | None) -> None:
        with self._lock:
            self._users.discard(user)
            self._manifests.pop((user, LATEST), None)  # of one that was broken off there is none
            if manifest:
                self._manifests[user, export_id] = self._manifests[user, LATEST] = manifest
                while len(self._manifests) > KEPT_MANIFESTS:
                    self._manifests.popitem(last=False)

    def manifest(self, user: str, export_id: str) -> dict[str, Any] | None:
        with self._lock:
            return self._manifests.get((user, export_id))


FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file, streamed.", "content": {form.media_type.partition(";")[0]: {} for form in Format}}
}


@router.get("", response_class=StreamingResponse, responses=FILE, dependencies=[READER, EXPORTS])
def export(request: Request, asked: Annotated[ExportParameters, Query()]) -> StreamingResponse:
    """All that a search finds, at most a million articles, as CSV, JSON Lines or Parquet. The header X-Export-Manifest says where its manifest will
    be: what was asked, when, how many articles, and the file's SHA-256. One export of a user at a time (409)."""
    here, query = resources(request), asked.found()
    user, exports, export_id = request.state.user.name, request.app.state.exports, request.state.request_id
    described = Asked(
        asked.model_dump(mode="json", by_alias=True, exclude={"form"}, exclude_defaults=True),
        "elasticsearch" if here.config.engine.url else "embedded",
        here.engine.index_id,
        here.engine.analysis_id,
        here.store.last_change(),
    )
    try:
        # As the store has them now, without those that were deleted since they were indexed.
        articles = here.store.articles_by_id(hit.id for hit in here.engine.scan(query))
        exported = Export(articles, asked.form, described, limit=MOST_ARTICLES)
    except ConfigError as e:
        raise refusal("format", "no_parquet") from e
    if not exports.begin(user):
        raise HTTPException(409, "export_active")
    name = f"newsspider-{clock.now():%Y%m%d-%H%M%S}.{asked.form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', MANIFEST_HEADER: f"/api/v1/exports/{export_id}/manifest"}
    chunks = _streamed(exported, exports, user, export_id)
    next(chunks)  # from here on it ends as it should, even if nobody reads it
    return StreamingResponse(chunks, media_type=asked.form.media_type, headers=headers)


@router.get("/{export_id}/manifest", dependencies=[READER])
def manifest(request: Request, export_id: str) -> dict[str, Any]:
    """What one of one's last exports held, once it was whole; `latest` is the last one."""
    found: dict[str, Any] | None = request.app.state.exports.manifest(request.state.user.name, export_id)
    if found is None:
        raise HTTPException(404)
    return found


def _streamed(exported: Export, exports: Exports, user: str, export_id: str) -> Iterator[bytes]:
    """First nothing, then the file in pieces of about CHUNK bytes."""
    manifest = None
    try:
        yield b""
        waiting = bytearray()
        for piece in exported:
            waiting += piece
            if len(waiting) >= CHUNK:
                yield bytes(waiting)
                waiting.clear()
        yield bytes(waiting)
        manifest = exported.manifest().as_json()
    finally:
        exports.end(user, export_id, manifest)
