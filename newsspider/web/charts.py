"""Charts as shapes, pure: what a template draws as SVG, in a box of WIDTH × HEIGHT that the page stretches. Time runs as the language is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import floor, log10

from newsspider.web.timeline import Timeline

WIDTH, HEIGHT = 1000.0, 100.0
MISSING = 0.5  # share of the coverage missing from which on an interval is drawn as a gap


@dataclass(frozen=True, slots=True)
class Column:
    """One interval: where it stands, how high its bar is, and the days it covers. `gap`: most of what is to be expected there is missing."""

    x: float
    width: float
    height: float
    count: int
    first: date
    last: date
    gap: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns in the order of time, the value at the upper edge, and where gaps stand: left edge and width of each."""

    columns: tuple[Column, ...]
    top: float
    holes: tuple[tuple[float, float], ...]


def bar_chart(timeline: Timeline, counts: Sequence[int], *, rtl: bool) -> Chart:
    """A column for each interval of the timeline, of these counts."""
    top = round_up(max(counts, default=0))
    step = WIDTH / max(1, len(counts))
    columns = [
        Column(
            x=round(_mirrored(at * step, rtl) - (step if rtl else 0), 2),
            width=round(step, 2),
            height=round(HEIGHT * count / top, 2),
            count=count,
            first=timeline.days(at)[0],
            last=timeline.days(at)[1],
            gap=timeline.missing[at] >= MISSING,
        )
        for at, count in enumerate(counts)
    ]
    return Chart(tuple(columns), top, tuple(_holes(columns)))


def _holes(columns: Sequence[Column]) -> Iterator[tuple[float, float]]:
    for is_gap, run in groupby(columns, key=lambda column: column.gap):
        together = list(run)
        if is_gap:
            yield min(column.x for column in together), round(sum(column.width for column in together), 2)


def line_paths(timeline: Timeline, lines: Sequence[Sequence[float | None]], *, rtl: bool) -> tuple[list[str], float]:
    """An SVG path for each line, broken where there is a gap or no value, and the value at the upper edge."""
    values = [value for line in lines for at, value in enumerate(line) if value is not None and timeline.missing[at] < MISSING]
    top = round_up(max(values, default=0))
    step = WIDTH / max(1, len(timeline.starts))
    return [_path(timeline, line, top, step, rtl) for line in lines], top


def _path(timeline: Timeline, line: Sequence[float | None], top: float, step: float, rtl: bool) -> str:
    parts, drawing = [], False
    for at, value in enumerate(line):
        if value is None or timeline.missing[at] >= MISSING:
            drawing = False
            continue
        x, y = _mirrored((at + 0.5) * step, rtl), HEIGHT - HEIGHT * value / top
        parts.append(f"{'L' if drawing else 'M'}{x:.1f} {y:.1f}{'' if drawing else f'L{x:.1f} {y:.1f}'}")  # a lone point is drawn too
        drawing = True
    return "".join(parts)


def _mirrored(x: float, rtl: bool) -> float:
    return WIDTH - x if rtl else x


def round_up(value: float) -> float:
    """The next number that is one of these times a power of ten; 1 for nothing."""
    if value <= 0:
        return 1
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * power >= value * (1 - 1e-9))
