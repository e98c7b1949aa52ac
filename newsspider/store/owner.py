"""Who holds a run or a lease, and whether that process still lives."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

PROC = Path("/proc")


@dataclass(slots=True, frozen=True)
class Owner:
    """One process. `started` tells it from a later one of the same number: boot, process namespace and start time; empty where the
    system has no /proc."""

    host: str
    pid: int
    started: str

    @staticmethod
    def current() -> Owner:
        pid = os.getpid()
        return Owner(socket.gethostname(), pid, _started(pid) or "")

    def alive(self) -> bool:
        """False only when the process is surely gone. True also when that cannot be seen from here (another host, container or boot):
        then its heartbeat decides."""
        if self.host != socket.gethostname() or not self.started or self.started.rpartition("/")[0] != _world():
            return True
        return _started(self.pid) == self.started

    def __str__(self) -> str:
        return f"pid {self.pid} on {self.host}"


@cache
def _world() -> str:
    """Within which process numbers mean the same: this boot and process namespace."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{(PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return ""


def _started(pid: int) -> str | None:
    """The start of the running process `pid`; None when there is none, or no /proc."""
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    if fields[0] == "Z":  # ended, its parent has not asked yet
        return None
    return f"{_world()}/{fields[19]}"


def is_live(owner: Owner, since: datetime, now: datetime, term: timedelta) -> bool:
    """Whether what `owner` took or renewed at `since` for `term` is still held at `now`.

    A moment further in the future than `term` comes from a clock that was set back since, and holds nothing.
    """
    return abs(now - since) <= term and owner.alive()
