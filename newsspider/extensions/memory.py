"""Stops a run that needs too much memory, by what the process has now."""

from __future__ import annotations

import psutil
from scrapy.extensions.memusage import MemoryUsage


class PresentMemory(MemoryUsage):
    """Scrapy's extension goes by the highest figure that the process ever had (`ru_maxrss`), and on Linux that of the process which started it:
    after one large run, every later one of a scheduler would be stopped at once."""

    def get_virtual_size(self) -> int:
        """Resident set size in bytes."""
        return int(psutil.Process().memory_info().rss)
