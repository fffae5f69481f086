"""How far a download is: a bar on a terminal, a line per tenth where there is none."""

import sys
from types import TracebackType
from typing import Self

from rich import progress as bars
from rich.console import Console


class DownloadProgress:
    """Told how many bytes are there."""

    def __init__(self, name: str, *, quiet: bool) -> None:
        self._name = name
        self._quiet = quiet
        self._tenth = -1
        self._bars: bars.Progress | None = None
        self._task = bars.TaskID(0)
        if not quiet and sys.stderr.isatty():
            self._bars = bars.Progress(
                bars.TextColumn("[bold]{task.description}"),
                bars.BarColumn(),
                bars.DownloadColumn(),
                bars.TransferSpeedColumn(),
                bars.TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self._task = self._bars.add_task(name, total=None)

    def __enter__(self) -> Self:
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def update(self, done: int, total: int) -> None:
        """`done` of `total` bytes are there."""
        if self._bars is not None:
            self._bars.update(self._task, completed=done, total=total)
        elif not self._quiet and (tenth := 10 * done // total) != self._tenth:
            self._tenth = tenth
            sys.stderr.write(f"{self._name}: {done / 1e6:.1f} of {total / 1e6:.1f} MB\n")
            sys.stderr.flush()
