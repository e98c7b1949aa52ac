"""The command line: one module per command group (docs/commands.md)."""

from newsspider.cli.main import main

__all__ = ["main"]
