"""Monitoring: what operators see of sources, runs, the index and the messages, and the history of one address."""

from newsspider.monitoring.status import RUNS, SourceStatus, Status, look
from newsspider.monitoring.trace import Event, Trace, trace

__all__ = ["RUNS", "Event", "SourceStatus", "Status", "Trace", "look", "trace"]
