"""Which addresses may be reached, and guarded fetching outside Scrapy."""

from newsspider.net.fetch import Fetched, fetch, post
from newsspider.net.guard import AddressPolicy, Guard
from newsspider.net.hosts import HostMap, host_key

__all__ = ["AddressPolicy", "Fetched", "Guard", "HostMap", "fetch", "host_key", "post"]
