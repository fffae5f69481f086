"""Running the detector on a row of frames, several at a time, and giving the results back in order."""

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from time import perf_counter

from app.offline.read_ahead import ReadFrame
from models import Detector
from tracker import Detections


@dataclass(frozen=True, slots=True)
class DetectedFrame:
    """A frame, what the detector found, and the milliseconds of its share of the batch."""

    read: ReadFrame
    detections: Detections
    detect_ms: float


def detect_in_order(
    frames: Iterable[ReadFrame], detector: Detector, *, callers: int, batch: int
) -> Generator[DetectedFrame, None, None]:
    """Detections of every frame, in the order of `frames`, with `callers` batches of `batch` frames in flight.

    What `frames` raises is raised after the frames before it have been given back.
    """
    rest = iter(frames)
    with ThreadPoolExecutor(callers, thread_name_prefix="trackd-detect") as pool:
        flying: deque[Future[list[DetectedFrame]]] = deque()
        failure: Exception | None = None
        while failure is None:
            group, failure = _take(rest, batch)
            if not group:
                break
            flying.append(pool.submit(_detect, detector, group))
            if len(flying) > callers:
                yield from flying.popleft().result()
        while flying:
            yield from flying.popleft().result()
        if failure is not None:
            raise failure


def _take(rest: Iterator[ReadFrame], count: int) -> tuple[list[ReadFrame], Exception | None]:
    """Up to `count` frames, and what ended them before their time."""
    group: list[ReadFrame] = []
    try:
        group.extend(islice(rest, count))
    except Exception as error:  # noqa: BLE001  raised again by the caller, in its place
        return group, error
    return group, None


def _detect(detector: Detector, group: list[ReadFrame]) -> list[DetectedFrame]:
    started = perf_counter()
    frames = [read.frame for read in group]
    found = detector.detect([frame.image for frame in frames], [(frame.width, frame.height) for frame in frames])
    share_ms = (perf_counter() - started) * 1000 / len(group)
    return [DetectedFrame(read, detections, share_ms) for read, detections in zip(group, found, strict=True)]
