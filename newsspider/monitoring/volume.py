"""How many articles a source is to be expected to give in a day, and whether it falls silent or pours, pure.

The last 24 hours are compared with the same 24 hours of the same weekday in the eight weeks before: their median, and the distance from it that is
usual, 1.4826 times the median absolute deviation (which is the standard deviation of a normal distribution; Rousseeuw and Croux, 1993), but never
less than √median, as of events that come by chance (Poisson). So neither a single odd day nor weekends and holidays count for much. Before four
weeks are known, all days stand in for the weekday; before two, nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

WEEK = 7
WEEKS = 8
WINDOWS = WEEK * WEEKS + 1  # days that are looked at, the last one included
ENOUGH = 14  # days before anything is said
BY_WEEKDAY = 4 * WEEK  # days from which on a weekday is compared with itself
FAR = 3.0  # usual distances
LEAST = 5.0  # articles a day: a source with fewer is silent by chance


@dataclass(slots=True, frozen=True)
class Volume:
    """`stored` in the last day, and what is `usual`."""

    stored: int
    usual: float
    silent: bool
    loud: bool


def volume(windows: Sequence[int]) -> Volume | None:
    """`windows` are the articles of each 24 hours, the last ones first. None while too little is known."""
    stored, *past = windows
    if len(past) < ENOUGH:
        return None
    alike = past[WEEK - 1 :: WEEK] if len(past) >= BY_WEEKDAY else past
    usual = float(median(alike))
    distance = max(1.4826 * median(abs(count - usual) for count in alike), sqrt(usual))
    silent = usual >= LEAST and (stored == 0 or stored < usual - FAR * distance)
    loud = stored >= 2 * LEAST and stored > 2 * usual and stored > usual + FAR * distance
    return Volume(stored, usual, silent, loud)
