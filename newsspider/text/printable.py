"""What may leave the house: text that a page, a feed or JSON can hold, whatever was stored."""

from __future__ import annotations

import re
from urllib.parse import unquote

from newsspider.text.letters import INVISIBLE

_LINE_ENDS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_NEVER = re.compile(f"[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f\\ufdd0-\\ufdef\\ufffe\\uffff{INVISIBLE}]")


def printable(text: str) -> str:
    """The text without control characters, bidi overrides and what else cannot be seen; lone surrogates become U+FFFD.

    Unlike `clean_text` it leaves white space and letters as they are, so that the pieces of a text may be made printable one by one. What is left
    is well-formed XML 1.0 (section 2.2) and UTF-8. Idempotent.
    """
    if text.isprintable():  # the most, and far faster: Python calls no character of those below printable
        return text
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _NEVER.sub("", _LINE_ENDS.sub("\n", text))


def readable(address: str) -> str:
    """An address, or a text with addresses, with its letters instead of their percent-encoding."""
    return printable(unquote(address))
