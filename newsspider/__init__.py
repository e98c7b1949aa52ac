"""newsspider: crawl Arabic news sites and make them searchable."""

from importlib.metadata import version

__version__ = version("newsspider")
