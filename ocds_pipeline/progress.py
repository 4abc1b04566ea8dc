"""How far long work is: bars on a terminal, now and then a log line elsewhere."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LINES = 15.0


class Meter(Protocol):
    """Shows how far each of several pieces of work is."""

    def show(self, work: str, done: int, total: int | None) -> None:
        """Say that `done` of `total` units of a piece of work are done."""


class _Amount(ProgressColumn):
    """How much is done, and of how much where that is known, with separators for thousands."""

    def render(self, task: Task) -> Text:
        total = "" if task.total is None else f" of {int(task.total):,}"
        return Text(f"{int(task.completed):,}{total}")


class SilentMeter:
    """Shows nothing."""

    def show(self, work: str, done: int, total: int | None) -> None:
        """Say nothing."""


class LineMeter:
    """Writes a log line when a piece of work has gone on for a while since the last one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = clock()

    def show(self, work: str, done: int, total: int | None) -> None:
        """Say it, unless it was said a moment ago."""
        if (now := self._clock()) - self._last < SECONDS_BETWEEN_LINES:
            return
        self._last = now
        log.info("%s: %s of %s", work, f"{done:,}", "an unknown number" if total is None else f"{total:,}")


class BarMeter:
    """Draws one bar a piece of work."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def show(self, work: str, done: int, total: int | None) -> None:
        """Move the bar."""
        if work not in self._tasks:
            self._tasks[work] = self._bars.add_task(work, total=total)
        self._bars.update(self._tasks[work], completed=done, total=total)


@contextmanager
def meter(*, quiet: bool = False) -> Iterator[Meter]:
    """Give the meter that suits the place: bars on a terminal, lines elsewhere, silence where asked for."""
    if quiet:
        yield SilentMeter()
    elif not sys.stderr.isatty():
        yield LineMeter()
    else:
        columns = (TextColumn("{task.description}"), BarColumn(), _Amount(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True)) as bars:
            yield BarMeter(bars)
