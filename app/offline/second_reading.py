"""A source read again, behind its first reading, for an output that needs pictures of frames that were held back."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

from app.offline.sink import Sink, TrackedFrame
from app.sources import Source, SourceError, SourceFrame


class SecondReading:
    """A sink before `sink`: gives frames their pictures back. Holding them would cost 6 MB for each frame of 1080p.

    `open_source` opens the source as it was opened the first time, at full size; it is called with the first frame.
    """

    def __init__(self, sink: Sink, open_source: Callable[[], Source]) -> None:
        self.target = sink.target
        self._sink = sink
        self._open_source = open_source
        self._open = ExitStack()
        self._frames: Iterator[SourceFrame] | None = None

    def write(self, tracked: TrackedFrame) -> None:
        """Write one frame with its picture.

        Raises:
            OutputError: from the sink.
            SourceError: the source cannot be read again, or not as far.
        """
        again = self._read(tracked.frame.seq)
        frame = replace(tracked.frame, image=again.image, encoded=again.encoded)
        self._sink.write(replace(tracked, frame=frame))

    def close(self) -> None:
        """Close the source and the sink."""
        with self._open:
            self._sink.close()

    def _read(self, seq: int) -> SourceFrame:
        if self._frames is None:
            self._frames = iter(self._open.enter_context(self._open_source()))
        for frame in self._frames:
            if frame.seq == seq:
                return frame
            if frame.seq > seq:
                break
        raise SourceError(f"frame {seq} cannot be read a second time for {self.target}: the source has changed")
