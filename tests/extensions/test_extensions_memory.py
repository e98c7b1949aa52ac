"""A run is stopped for the memory that its process has, not for what it, or its parent, once had."""

from __future__ import annotations

import subprocess
import sys

AFTER_A_LARGE_RUN = """
import resource
from scrapy.utils.test import get_crawler
from newsspider.extensions.memory import PresentMemory
large = b"x" * (400 << 20)
del large
now = PresentMemory(get_crawler(settings_dict={"MEMUSAGE_ENABLED": True})).get_virtual_size()
print(now >> 20, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
"""


def test_memory_that_was_given_back_does_not_count() -> None:
    done = subprocess.run([sys.executable, "-c", AFTER_A_LARGE_RUN], capture_output=True, text=True, check=True)
    now, most = map(int, done.stdout.split())
    assert 10 < now < 400 < most
