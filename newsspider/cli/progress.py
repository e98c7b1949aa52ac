"""What a person sees while a command works: on a terminal a live display, elsewhere a line now and then, always on standard error."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from newsspider.cli.console import err

if TYPE_CHECKING:
    from newsspider.session import Progress as RunProgress

LINE_SECONDS = 10.0  # between two lines where there is no terminal


class CrawlProgress:
    """A line a source: addresses done of those discovered, and what they became."""

    def __init__(self) -> None:
        self._display = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[outcomes]}", style="dim"),
            TimeElapsedColumn(),
            console=err,
            disable=not err.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._said = time.monotonic()

    def __enter__(self) -> Self:
        self._display.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._display.stop()

    def show(self, run: RunProgress) -> None:
        outcomes = " ".join(f"{count} {outcome}" for outcome, count in run.outcomes.items())
        if not err.is_terminal:
            if time.monotonic() - self._said > LINE_SECONDS:
                self._said = time.monotonic()
                err.print(f"{run.source}: {run.done} of {run.discovered} ({outcomes})")
            return
        if run.source not in self._tasks:
            self._tasks[run.source] = self._display.add_task(run.source, total=None, outcomes="")
        self._display.update(self._tasks[run.source], total=run.discovered, completed=run.done, outcomes=outcomes)

    def forget(self, source: str) -> None:
        """Take the line of a run that has ended away."""
        if (task := self._tasks.pop(source, None)) is not None:
            self._display.remove_task(task)


@contextmanager
def counting(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar with count, rate and, where the total is known, time left, or a line of them now and then; call what it gives with the number done."""
    display = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TaskProgressColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=err,
        disable=not err.is_terminal,
        transient=True,
    )
    began = said = time.monotonic()

    def advance(done: int) -> None:
        nonlocal said
        display.update(task, completed=done)
        if not err.is_terminal and time.monotonic() - said > LINE_SECONDS:
            said = time.monotonic()
            rate = done / (said - began)
            left = f", about {timedelta(seconds=round((total - done) / rate))} left" if total and rate and total > done else ""
            err.print(f"{what}: {done}{f' of {total}' if total is not None else ''}, {rate:.0f}/s{left}")

    with display:
        task = display.add_task(what, total=total)
        yield advance


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.0f}/s" if speed else "", style="progress.data.speed")
