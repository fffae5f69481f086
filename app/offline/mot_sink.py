"""MOT Challenge text: one row per box, frames numbered as the source numbers them."""

from io import TextIOWrapper

from app.offline.opening import open_lines, writing
from app.offline.sink import TrackedFrame
from tracker import MotWriter


class MotSink:
    """Writes MOT rows to a file, or to standard output where the target is `-`.

    Nothing waits in the process after `write`, so a sudden end leaves complete rows.

    Raises:
        OutputError: the file cannot be created.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self._file = TextIOWrapper(open_lines(target), encoding="ascii", newline="\n")
        self._writer = MotWriter(self._file)

    def write(self, tracked: TrackedFrame) -> None:
        """Write the rows of one frame."""
        with writing(self.target):
            self._writer.write(tracked.frame.seq, tracked.tracks)

    def close(self) -> None:
        """Close the file."""
        with writing(self.target):
            self._file.close()
