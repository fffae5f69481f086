"""What the commands say to people: notes, progress and results."""

import sys
from contextlib import AbstractContextManager

from rich.console import Console
from rich.table import Table

from app.cli.progress import BarProgress, LineProgress, Progress, SilentProgress

UNBOUNDED = 1000


class Reporter:
    """Notes and progress go to standard error, results to standard output, or to standard error where rows go there."""

    def __init__(self, *, quiet: bool = False, rows_on_stdout: bool = False) -> None:
        self._quiet = quiet
        self._results = sys.stderr if rows_on_stdout else sys.stdout

    def say(self, line: str) -> None:
        """One line of the result."""
        if not self._quiet:
            self._results.write(line + "\n")
            self._results.flush()

    def show(self, table: Table) -> None:
        """A table of the result. A terminal that is too narrow folds its lines, for cut figures say nothing."""
        if not self._quiet:
            Console(file=self._results, width=UNBOUNDED).print(table)

    def note(self, line: str) -> None:
        """One line that the user should know and that is no error."""
        if not self._quiet:
            sys.stderr.write(f"trackd: note: {line}\n")
            sys.stderr.flush()

    def progress(self, name: str, total: int | None) -> AbstractContextManager[Progress]:
        """A bar on a terminal, now and then a line elsewhere, nothing when quiet. `total` None is unknown."""
        if self._quiet:
            return SilentProgress()
        if sys.stderr.isatty():
            return BarProgress(Console(stderr=True), name, total)
        return LineProgress(sys.stderr, name, total)
