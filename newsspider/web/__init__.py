"""The web: a JSON API under /api/v1 and pages for readers, Arabic first. `create_app` makes the whole application."""

from newsspider.web.app import create_app

__all__ = ["create_app"]
