"""Sources are data: one TOML file a site (docs/how-to-add-a-source.md)."""

from newsspider.sources.accept import accepts, reachable
from newsspider.sources.loader import Sources, load_sources, source_from_toml
from newsspider.sources.model import Limits, Listing, Schedule, Selectors, Source

__all__ = ["Limits", "Listing", "Schedule", "Selectors", "Source", "Sources", "accepts", "load_sources", "reachable", "source_from_toml"]
