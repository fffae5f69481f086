"""How far a run is: a bar on a terminal, a line now and then where there is none."""

from contextlib import AbstractContextManager
from time import monotonic
from types import TracebackType
from typing import Protocol, Self, TextIO

from rich import progress as bars
from rich.console import Console
from rich.markup import escape

from app.cli.words import counted
from app.offline import Summary, TrackedFrame

LINE_EVERY_S = 2.0


class Progress(Protocol):
    """Told of every tracked frame, and of every written one where writing comes after."""

    def advance(self, tracked: TrackedFrame, summary: Summary) -> None:
        """One frame more."""

    def written(self, done: int, total: int) -> None:
        """So many of the frames that had waited for the end are written."""


class SilentProgress(AbstractContextManager["SilentProgress"]):
    """Says nothing."""

    def advance(self, tracked: TrackedFrame, summary: Summary) -> None:
        """One frame more."""

    def written(self, done: int, total: int) -> None:
        """One frame more."""

    def __exit__(self, *_: object) -> None: ...


class LineProgress(AbstractContextManager["LineProgress"]):
    """Writes a line after the first frame and then every two seconds."""

    def __init__(self, target: TextIO, name: str, total: int | None) -> None:
        self._target = target
        self._name = name
        self._total = total
        self._next_s = 0.0

    def advance(self, tracked: TrackedFrame, summary: Summary) -> None:
        """One frame more."""
        if self._due():
            self._say(self._line(summary))

    def written(self, done: int, total: int) -> None:
        """One frame more."""
        if self._due():
            self._say(f"{self._name}: wrote {done} of {total} frames")

    def __exit__(self, *_: object) -> None: ...

    def _due(self) -> bool:
        now = monotonic()
        if now < self._next_s:
            return False
        self._next_s = now + LINE_EVERY_S
        return True

    def _say(self, line: str) -> None:
        self._target.write(line + "\n")
        self._target.flush()

    def _line(self, summary: Summary) -> str:
        done = f"{self._name}: {summary.frames}" + (f" of {self._total}" if self._total else "")
        line = f"{done} frames, {summary.fps:.1f} frames/s, {counted(summary.ids, 'id')}"
        if self._total and summary.fps > 0:
            line += f", {max(0, self._total - summary.frames) / summary.fps:.0f} s left"
        return line


class BarProgress:
    """A bar with rate, ids and the time that is left."""

    def __init__(self, console: Console, name: str, total: int | None) -> None:
        self._bars = bars.Progress(
            bars.TextColumn("[bold]{task.description}"),
            bars.BarColumn(),
            bars.TextColumn("{task.completed:.0f}" + ("/{task.total:.0f}" if total else "")),
            bars.TextColumn("{task.fields[rate]} frames/s"),
            bars.TextColumn("{task.fields[ids]}"),
            *([bars.TimeRemainingColumn()] if total else [bars.TimeElapsedColumn()]),
            console=console,
        )
        self._task = self._bars.add_task(escape(name), total=total, rate="-", ids=counted(0, "id"))

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def advance(self, tracked: TrackedFrame, summary: Summary) -> None:
        """One frame more."""
        self._bars.update(
            self._task, completed=summary.frames, rate=f"{summary.fps:.1f}", ids=counted(summary.ids, "id")
        )

    def written(self, done: int, total: int) -> None:
        """One frame more; the bar begins anew."""
        self._bars.update(self._task, description="writing", completed=done, total=total)
