"""When sources are crawled next: their schedules, their newest runs and what operators say; the scheduler acts on it, the others show it."""

from newsspider.planning.plan import Planned, plan
from newsspider.planning.triggers import due_at

__all__ = ["Planned", "due_at", "plan"]
