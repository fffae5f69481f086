"""One line of JSON per event: the same messages that the service tells."""

from typing import BinaryIO

import msgspec

from app.offline.opening import open_lines, writing
from app.offline.sink import TrackedFrame


class EventsSink:
    """Writes `event` messages to a file, or to standard output where the target is `-`.

    Nothing waits in the process after `write`, so a sudden end leaves complete lines.

    Raises:
        OutputError: the file cannot be created.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self._file: BinaryIO = open_lines(target)

    def write(self, tracked: TrackedFrame) -> None:
        """Write a line for each event of the frame."""
        with writing(self.target):
            for event in tracked.events:
                self._file.write(msgspec.json.encode(event) + b"\n")
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        with writing(self.target):
            self._file.close()
