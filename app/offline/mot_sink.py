"""MOT Challenge text: one row per box, frames numbered as the source numbers them.

The last three columns are unused, -1 each. In a row that was filled in, the middle one, which is the visibility in
files of ground truth, is 0: no detection saw that box. Evaluation reads none of the three.
"""

from io import StringIO, TextIOWrapper

from app.offline.opening import open_lines, writing
from app.offline.sink import TrackedFrame
from tracker import MotWriter

UNUSED = ",-1,-1,-1"
FILLED = ",-1,0,-1"


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
            if tracked.filled:
                self._file.write(_marked_rows(tracked))
                self._file.flush()
            else:
                self._writer.write(tracked.frame.seq, tracked.tracks)

    def close(self) -> None:
        """Close the file."""
        with writing(self.target):
            self._file.close()


def _marked_rows(tracked: TrackedFrame) -> str:
    plain = StringIO()
    MotWriter(plain).write(tracked.frame.seq, tracked.tracks)
    rows = zip(tracked.tracks.track_id.tolist(), plain.getvalue().splitlines(), strict=True)
    return "".join(
        row.removesuffix(UNUSED) + (FILLED if track_id in tracked.filled else UNUSED) + "\n" for track_id, row in rows
    )
