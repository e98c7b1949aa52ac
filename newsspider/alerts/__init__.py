"""Alerts: what is new in a search, told to those who asked: as feeds."""

from newsspider.alerts.feeds import atom_feed, json_feed

__all__ = ["atom_feed", "json_feed"]
