"""Logging of the commands: to standard error, one event a line whatever a page or a header contains, as text or as JSON."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from newsspider.config import LogConfig

# C0 and C1 controls, line and paragraph separators, and what reorders a line on a terminal (Unicode bidi controls).
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def escape(text: str) -> str:
    """`text` with every control character as an escape sequence, so that it stays on its line."""
    return _CONTROLS.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


class TextLines(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        return escape(super().format(record))


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return json.dumps(event, ensure_ascii=True)


def set_up(config: LogConfig) -> None:
    """Send everything from `config.level` on to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if config.json_lines else TextLines())
    handler.setLevel(config.level)  # Scrapy opens its own loggers further
    logging.basicConfig(level=config.level, handlers=[handler], force=True)
