"""How far an evaluation is: a bar per sequence on a terminal, nothing elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import TracebackType
from typing import Self

from rich import progress as bars
from rich.console import Console
from rich.markup import escape

from app.evaluation import PreparedSequence, Watcher


class Stopped(Exception):
    """The user wants no more."""


class EvalProgress:
    """Bars for all sequences, as they are found; it raises Stopped in the middle of one when `stop` is set."""

    def __init__(self, stop: Event, *, quiet: bool) -> None:
        self._stop = stop
        console = Console(stderr=True)
        self._bars = bars.Progress(
            bars.TextColumn("[bold]{task.description}"),
            bars.BarColumn(),
            bars.MofNCompleteColumn(),
            bars.TextColumn("{task.fields[phase]}"),
            bars.TimeElapsedColumn(),
            console=console,
            disable=quiet or not sys.stderr.isatty(),
        )
        self._tasks: dict[str, bars.TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def found(self, one: PreparedSequence) -> None:
        """One sequence is read."""
        self._check()
        name = one.sequence.name
        self._tasks[name] = self._bars.add_task(escape(name), start=False, total=len(one.span), phase="waiting")

    @contextmanager
    def sequence(self, one: PreparedSequence) -> Iterator[Watcher]:
        """While one sequence is evaluated."""
        task = self._tasks[one.sequence.name]
        self._bars.start_task(task)
        self._bars.update(task, phase="tracking")
        yield _SequenceProgress(self._bars, task, self._stop)
        self._check()
        self._bars.update(task, completed=len(one.span), phase="scored")
        self._bars.stop_task(task)

    def _check(self) -> None:
        if self._stop.is_set():
            raise Stopped


class _SequenceProgress:
    def __init__(self, shown: bars.Progress, task: bars.TaskID, stop: Event) -> None:
        self._bars = shown
        self._task = task
        self._stop = stop

    def tracked(self, frames: int) -> None:
        if self._stop.is_set():
            raise Stopped
        self._bars.update(self._task, completed=frames)

    def scoring(self) -> None:
        if self._stop.is_set():
            raise Stopped
        self._bars.update(self._task, phase="scoring")
