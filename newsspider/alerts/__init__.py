"""Alerts: what is new in a search, told to those who asked: as feeds and webhooks; and notices to the operators."""

from newsspider.alerts.feeds import atom_feed, json_feed, notices_feed
from newsspider.alerts.run import Round, run
from newsspider.alerts.searches import feed, rename_search, save_search

__all__ = ["Round", "atom_feed", "feed", "json_feed", "notices_feed", "rename_search", "run", "save_search"]
