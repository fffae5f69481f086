"""One line of JSON per frame: what became of every detection and every track, at what cost, and what was in reach."""

from typing import BinaryIO

import msgspec

from app.explanation.document import frame_document
from app.offline.opening import open_lines, writing
from app.offline.sink import TrackedFrame


class TraceSink:
    """Writes traces to a file, or to standard output where the target is `-`. It needs a tracker that explains itself.

    Nothing waits in the process after `write`, so a sudden end leaves complete lines.

    Raises:
        OutputError: the file cannot be created.
    """

    def __init__(self, target: str, labels: tuple[str, ...]) -> None:
        self.target = target
        self._labels = labels
        self._file: BinaryIO = open_lines(target)

    def write(self, tracked: TrackedFrame) -> None:
        """Write one line; none for a frame that nobody looked at."""
        if tracked.predicted:
            return
        if tracked.trace is None:
            raise ValueError(f"frame {tracked.frame.seq} has no trace: the tracker must be an ExplainingTracker")
        head = {"seq": tracked.frame.seq, "capture_ts": round(tracked.frame.pts_s, 6)}
        line = msgspec.json.encode({**head, **frame_document(tracked.trace, self._labels)})
        with writing(self.target):
            self._file.write(line + b"\n")
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        with writing(self.target):
            self._file.close()
