"""One round: saved searches evaluated, then the outbox emptied, by one process at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from newsspider.alerts.delivery import Delivered, Delivery
from newsspider.alerts.evaluation import evaluate
from newsspider.config import Config
from newsspider.engines import Engine
from newsspider.errors import EngineError
from newsspider.store import Owner, Store

LEASE = "alerts"
LEASE_SECONDS = 60.0

_running = threading.Lock()  # the lease is the process's; its threads take turns


@dataclass(slots=True)
class Round:
    """What a round did: alerts made, messages sent, and what went wrong on the way."""

    alerts: int = 0
    messages: Delivered = field(default_factory=Delivered)
    problems: list[str] = field(default_factory=list)


class Taken(Exception):
    """Another process has the lease."""


class Stopped(Exception):
    """What is left is done by the next round."""


def run(store: Store, engine: Engine, config: Config, owner: Owner, stopped: Callable[[], bool] = lambda: False) -> Round:
    """Evaluate every saved search and send what is due, until `stopped`. Raises StoreError.

    An engine that is away, a search that cannot be read and another process at the same work are problems, told in the Round; what could not be
    done is done by the next one.
    """
    done = Round()

    def hold() -> None:
        if stopped():
            raise Stopped
        if not store.take_lease(LEASE, owner, LEASE_SECONDS):
            raise Taken

    with _running:
        try:
            hold()
            try:
                done.alerts, done.problems = evaluate(store, engine, hold)
            except EngineError as e:
                done.problems.append(str(e))
            done.messages = Delivery(store, config, hold).run()
        except Stopped:
            pass
        except Taken:
            done.problems.append("another process is at the alerts")
        finally:
            store.drop_lease(LEASE, owner)
    return done
