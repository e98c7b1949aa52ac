"""One process that crawls: what it uses while it does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from fleet_report import Used


class CrawlProcess:
    """`newsspider ARGUMENTS` with its workers."""

    def __init__(self, config: Path, *arguments: str) -> None:
        environment = os.environ | {"NEWSSPIDER_CONFIG": str(config)}
        self.began = time.monotonic()
        self.process = psutil.Popen([sys.executable, "-m", "newsspider", *arguments], env=environment, stdout=subprocess.DEVNULL)
        self.cpu = self.peak_mib = 0.0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def until_its_end(self, look: Callable[[float, float, int], None] = lambda crawler, workers, files: None) -> Used:
        """`look` at the MiB of the crawler and of its workers, and its open files, twice a second."""
        while self.process.poll() is None:
            try:
                workers = self.process.children(recursive=True)
                mib = [_mib(one) for one in (self.process, *workers)]
                self.cpu = sum(_cpu(one) for one in (self.process, *workers))
                self.peak_mib = max(self.peak_mib, sum(mib))
                look(mib[0], sum(mib[1:]), self.process.num_fds())
            except psutil.Error:  # one of them has just ended
                pass
            time.sleep(0.5)
        if self.process.returncode:
            sys.exit(f"newsspider ended with {self.process.returncode}")
        return Used(self.seconds, self.cpu, self.peak_mib)


def _mib(process: psutil.Process) -> float:
    """Resident memory."""
    return float(process.memory_info().rss) / (1 << 20)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
