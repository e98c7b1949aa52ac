"""Engines: projections of the store that can be searched. `open_engine` opens the configured one."""

from newsspider.engines.protocol import Engine, IndexInfo, open_engine

__all__ = ["Engine", "IndexInfo", "open_engine"]
