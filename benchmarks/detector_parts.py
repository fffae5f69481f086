"""What one frame costs, part by part: the functions that the service calls, in one thread of this process."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from app.answers import tracks_message
from app.imaging.decode import decode
from app.imaging.sniff import sniff
from app.wire import Encoded, Timing
from models import Detector
from models.preprocess import InputBuffer
from models.runner import Runner
from tracker import ByteTracker

PARTS = ("decode", "preprocess", "run", "head", "track", "answer")
"""What can be told apart here. What the service needs beyond their sum goes to sockets, event loop and threads."""

_R = TypeVar("_R")


class Parts:
    """Runs one stream's frames through the parts, and adds up what each takes.

    Processor time of the whole process is counted, so nothing else may be running in it; threads inside
    onnxruntime belong to it.
    """

    def __init__(self, detector: Detector, pictures: Sequence[bytes]) -> None:
        """Nothing is measured yet."""
        self._detector = detector
        self._pictures = pictures
        self._tracker = ByteTracker()
        self._frames = 0

    def measure(self, seconds: float) -> dict[str, float]:
        """Processor milliseconds per frame of each part."""
        self._frame(Counter())
        spent: Counter[str] = Counter()
        frames, ends = 0, time.perf_counter() + seconds
        with _timed(InputBuffer, "write", "preprocess", spent), _timed(Runner, "__call__", "run", spent):
            while not frames or time.perf_counter() < ends:
                self._frame(spent)
                frames += 1
        spent["head"] -= spent["preprocess"] + spent["run"]
        return {part: spent[part] / frames * 1e3 for part in PARTS}

    def _frame(self, spent: Counter[str]) -> None:
        data = self._pictures[self._frames % len(self._pictures)]
        self._frames += 1
        header = sniff(data)
        size = header.width, header.height
        cover = self._detector.input_size_for(*size)
        image = _spend(spent, "decode", lambda: decode(data, sniff(data), cover))
        # All of detecting goes to `head` first; what `_timed` saw of it is taken away at the end.
        [found] = _spend(spent, "head", lambda: self._detector.detect([image], [size]))
        tracks = _spend(spent, "track", lambda: self._tracker.update(found, self._frames / 30))

        def answer() -> bytes:
            message = tracks_message(
                stream="parts", epoch=1, seq=self._frames, capture_ts=None, size=size, tracks=tracks,
                labels=self._detector.info.labels, timing=Timing(0.0, 0.0, 0.0, 0.0, 0.0),
            )  # fmt: skip
            return Encoded(message).msgpack()

        _spend(spent, "answer", answer)


def _spend(spent: Counter[str], part: str, call: Callable[[], _R]) -> _R:
    """What the call gives; its processor seconds are added to the part."""
    started = time.process_time()
    try:
        return call()
    finally:
        spent[part] += time.process_time() - started  # type: ignore[assignment]  # a Counter adds up floats as well


@contextmanager
def _timed(owner: type, name: str, part: str, spent: Counter[str]) -> Iterator[None]:
    """Within the block, every call of a method is added to the part."""
    method = getattr(owner, name)

    def timed(*arguments: Any, **named: Any) -> Any:
        return _spend(spent, part, lambda: method(*arguments, **named))

    setattr(owner, name, timed)
    try:
        yield
    finally:
        setattr(owner, name, method)
