"""When sources are crawled, and starting those crawls: `newsspider schedule run` and `newsspider crawl --due` share one rule (docs/operating.md)."""

from newsspider.planning import Planned, due_at, plan
from newsspider.schedule.learning import learned_interval
from newsspider.schedule.runner import crawl_due, run_forever

__all__ = ["Planned", "crawl_due", "due_at", "learned_interval", "plan", "run_forever"]
