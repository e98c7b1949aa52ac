"""What all commands print with: results on standard output, messages and progress on standard error, colours only on a terminal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, cast

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from newsspider.config import Config, load_config
from newsspider.text import use_word_lists
from newsspider.text.printable import printable

PIPE_WIDTH = 240  # where there is no terminal, lines are as long as what they say, for grep and logs

LATER = 75  # exit code: nothing is lost, and the same command may do it another time (EX_TEMPFAIL of sysexits.h)


RIGHT_TO_LEFT = "\u200f"  # makes a terminal write a line from right to left that begins with a mark, a number or a Latin word
_NUMBER = re.compile(r"[\d.,:]+ ?%?")
_TRAILING = re.compile(" +(?=\n)")
_UNPRINTED = re.compile("[\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # C1 controls among them; JSON escapes C0


class _Console(Console):
    """What is printed comes from pages, files and users: nothing in it is markup, or a command to the terminal."""

    def __init__(self, stream: str, pipe_width: int | None = None) -> None:
        """On sys.stdout or sys.stderr, by its name; `pipe_width` counts where that is no terminal."""
        options: dict[str, Any] = {} if getattr(sys, stream).isatty() else {"file": cast(IO[str], _Trimmed(stream)), "width": pipe_width}
        super().__init__(stderr=stream == "stderr", highlight=False, markup=False, emoji=False, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else RIGHT_TO_LEFT.join(map(printable, text.split(RIGHT_TO_LEFT))), style, control)


class _Trimmed:
    """The stream of that name, whatever it is at the moment, without the blanks with which a table fills its last column up."""

    def __init__(self, name: str) -> None:
        self._name = name

    def write(self, text: str) -> int:
        return int(getattr(sys, self._name).write(_TRAILING.sub("", text)))

    def __getattr__(self, attribute: str) -> Any:
        return getattr(getattr(sys, self._name), attribute)


out = _Console("stdout", PIPE_WIDTH)
err = _Console("stderr")


def error(message: str) -> None:
    err.print(f"error: {message}", style="red", soft_wrap=True)


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> None:
    """Numbers stand at the right. Nothing is cut: on a narrow terminal the widest columns are wrapped between words, and where that is not enough
    within them."""
    cells = [[cell if isinstance(cell, Text) else Text(cell) for cell in row] for row in rows]
    columns = [[head, *(cell.plain for cell in column)] for head, *column in zip(heads, *cells, strict=True)]
    natural = [max(map(cell_len, column)) for column in columns]
    gap = 2 if sum(natural) + 2 * (len(columns) - 1) <= out.width else 1
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0))
    for column, width in zip(columns, _widths(columns, natural, out.width - gap * (len(columns) - 1)), strict=True):
        is_number = any(column[1:]) and all(_NUMBER.fullmatch(text) for text in column[1:] if text)
        table.add_column(column[0], justify="right" if is_number else "left", width=width, overflow="fold")
    for row in cells:
        table.add_row(*row)
    out.print(table)


def _widths(columns: Sequence[Sequence[str]], natural: Sequence[int], available: int) -> list[int]:
    widths = list(natural)
    words = [max((cell_len(word) for text in column for word in text.split()), default=0) for column in columns]
    while sum(widths) > max(available, len(columns)):
        wider = [number for number, width in enumerate(widths) if width > words[number]] or range(len(columns))
        widths[max(wider, key=widths.__getitem__)] -= 1
    return widths


def print_json(value: Any) -> None:
    """One JSON value on standard output, for pipes: Arabic unescaped, and escaped what a terminal would take for a command, or turn round."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    sys.stdout.write(_UNPRINTED.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def config() -> Config:
    """The configuration of this command, its word lists in use; raises ConfigError (exit code 2) before anything is done."""
    config = load_config()
    use_word_lists(config.index.word_lists)
    return config
