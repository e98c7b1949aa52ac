"""Delivery of changes in bulk: what became of each document, read from its own answer and by the type of its error.

An error's status does not say whose fault it is: a closed index is a 400 like a bad document, a full disk a 429, a block a 403.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest
from typing import Any

import orjson
from elasticsearch import ApiError, Elasticsearch, TransportError

from newsspider.engines.elasticsearch.connection import cause, explain, silence
from newsspider.engines.elasticsearch.documents import document
from newsspider.items import Change, Delivered, Delivery

PAUSES = (0.3, 0.6, 1.2, 2.4, 4.8, 4.8, 4.8)  # seconds before sending again what a busy server did not take
MOST_BYTES = 5 << 20  # in one bulk; a single larger document goes alone
_UNDER_WAY = threading.BoundedSemaphore(2)  # bulks at once, of all threads: an index takes each with one core
# The document's own fault, wherever it is sent.
DOCUMENT_FAULTS = {
    "action_request_validation_exception",
    "document_parsing_exception",
    "mapper_parsing_exception",
    "max_bytes_length_exceeded_exception",
    "strict_dynamic_mapping_exception",
}
SERVER_FAULTS = {"cluster_block_exception", "index_closed_exception", "index_not_found_exception", "security_exception"}
_PRESSURE = re.compile(r"(coordinating|primary)_operation_bytes=(?P<sent>\d+), max_\1_bytes=(?P<most>\d+)")


class _State(Enum):
    DONE = "done"
    DEAD = "dead"
    PENDING = "pending"
    BUSY = "busy"  # pending, and worth another try soon
    TOO_LARGE = "too large"  # for one request, with the others
    DOUBTFUL = "doubtful"  # an error that may be the document's or the index's: the other documents tell


@dataclass(frozen=True, slots=True)
class _Verdict:
    state: _State
    kind: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Operation:
    at: int  # its place among the changes: numbers need not be different, as those of deletions that no change asked for
    change: Change
    lines: bytes


def deliver(client: Elasticsearch, where: str, index: str, changes: Sequence[Change]) -> list[Delivered]:
    """Send the changes' present state and say of each, in order, what became of it. Never raises for what a server or network does.

    `where` is how messages name the server.
    """
    verdicts: dict[int, _Verdict] = {}
    waiting: list[_Operation] = []
    for at, change in enumerate(changes):
        try:
            waiting.append(_Operation(at, change, _lines(change, index)))
        except ValueError as e:
            verdicts[at] = _Verdict(_State.DEAD, type(e).__name__, str(e))
    at_once, failures = len(waiting), 0
    while waiting and failures <= len(PAUSES):
        sent, rest = waiting[:at_once], waiting[at_once:]
        verdicts |= _send(client, sent)
        busy = [operation for operation in sent if verdicts[operation.at].state is _State.BUSY]
        waiting = busy + rest
        # A server that takes nothing is asked with half as much, so that waiting for it costs it little.
        failures, at_once = (0, at_once * 2) if len(busy) < len(sent) else (failures + 1, (at_once + 1) // 2)
        if busy and failures <= len(PAUSES):
            time.sleep(PAUSES[max(failures, 1) - 1] * random.uniform(0.5, 1.5))  # noqa: S311 - spreads several writers, protects nothing
    some_done = any(verdict.state is _State.DONE for verdict in verdicts.values())
    return [_delivered(change, verdicts[at], where, some_done) for at, change in enumerate(changes)]


def _delivered(change: Change, verdict: _Verdict, where: str, some_done: bool) -> Delivered:
    if verdict.state is _State.DONE:
        return Delivered(change.change_no, change.article_id, Delivery.INDEXED)
    if verdict.state is _State.DEAD or (verdict.state is _State.DOUBTFUL and some_done):
        return Delivered(change.change_no, change.article_id, Delivery.DEAD, verdict.kind, verdict.reason)
    return Delivered(change.change_no, change.article_id, Delivery.PENDING, verdict.kind, f"{where}: {verdict.reason}")


def _lines(change: Change, index: str) -> bytes:
    """The lines of one document in a bulk. Raises ValueError when it cannot be written as JSON."""
    about = {"_index": index, "_id": change.article_id, "version": change.change_no, "version_type": "external_gte"}
    if change.article is None:
        return orjson.dumps({"delete": about})
    return orjson.dumps({"index": about}) + b"\n" + document(change.article)


def _send(client: Elasticsearch, operations: Sequence[_Operation]) -> dict[int, _Verdict]:
    """A verdict for every operation, by its place. A request that is refused whole for one document's sake is halved until it is found."""
    if not operations:
        return {}
    if len(operations) > 1 and sum(len(operation.lines) for operation in operations) > MOST_BYTES:
        return _send_halves(client, operations)
    try:
        with _UNDER_WAY:
            answer = client.bulk(operations=[operation.lines for operation in operations])  # type: ignore[misc]  # bytes go as they are
    except ApiError as e:
        verdict = _of_request(e, len(operations))
        if verdict is None:
            return _send_halves(client, operations)
    except TransportError as e:
        verdict = _Verdict(_State.PENDING, type(e).__name__, silence(e))
    else:
        verdicts = _of_answer(answer.body, operations)
        too_large = [operation for operation in operations if verdicts[operation.at].state is _State.TOO_LARGE]
        return verdicts | _send_halves(client, too_large)
    return {operation.at: verdict for operation in operations}


def _send_halves(client: Elasticsearch, operations: Sequence[_Operation]) -> dict[int, _Verdict]:
    half = (len(operations) + 1) // 2
    return _send(client, operations[:half]) | _send(client, operations[half:])


def _of_request(error: ApiError, size: int) -> _Verdict | None:
    """What an error of the whole request says of its documents; None when halves of it may fare better."""
    status, (kind, reason) = error.meta.status, cause(error.body)
    verdict = _of_error(status, kind, reason, {kind}, alone=size == 1)
    of_some = verdict.state in (_State.TOO_LARGE, _State.DOUBTFUL, _State.DEAD)
    return None if size > 1 and of_some else verdict


def _of_answer(body: dict[str, Any], operations: Sequence[_Operation]) -> dict[int, _Verdict]:
    """The verdict on each operation from its own item; one without an item of its own is not known to have arrived."""
    items = body.get("items")
    items = items if isinstance(items, list) else []
    found = {}
    for operation, item in zip_longest(operations, items[: len(operations)]):
        found[operation.at] = _of_item(item, operation, alone=len(operations) == 1)
    return found


def _of_item(item: Any, operation: _Operation, *, alone: bool) -> _Verdict:
    action = "index" if operation.change.article else "delete"
    result = item.get(action) if isinstance(item, dict) else None
    if not isinstance(result, dict) or result.get("_id") != operation.change.article_id or not isinstance(result.get("status"), int):
        return _Verdict(_State.PENDING, "incomplete_answer", "Elasticsearch, or something before it, did not answer for every document")
    status: int = result["status"]
    if "error" not in result and (status in (200, 201) or (status == 404 and action == "delete")):
        return _Verdict(_State.DONE)
    kind, reason = cause(result)
    if kind == "version_conflict_engine_exception":  # the index has a newer state already
        return _Verdict(_State.DONE)
    return _of_error(status, kind, reason, _kinds(result.get("error")), alone=alone)


def _kinds(error: Any) -> set[str]:
    """The types of an error and of what caused it."""
    kinds = set()
    while isinstance(error, dict):
        kinds.add(str(error.get("type")))
        error = error.get("caused_by")
    return kinds


def _of_error(status: int, kind: str, reason: str, kinds: set[str], *, alone: bool) -> _Verdict:
    """What an error says. `alone`: the request held nothing else."""
    pressure = _PRESSURE.search(reason)
    if status == 413 or (pressure and int(pressure["sent"]) > int(pressure["most"])):
        larger = f"larger than Elasticsearch takes in one request ({status} {reason})"
        return _Verdict(_State.DEAD if alone else _State.TOO_LARGE, kind or "content_too_large", larger)
    if kinds & DOCUMENT_FAULTS:
        return _Verdict(_State.DEAD, kind, reason)
    state = _State.PENDING
    if kind not in SERVER_FAULTS:
        state = {400: _State.DOUBTFUL, 429: _State.BUSY}.get(status, state)
    return _Verdict(state, kind or str(status), f"Elasticsearch answered {status} ({explain(status, kind, reason)})")
