"""Running the detector on a row of frames, several at a time, and giving the results back in order."""

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from time import perf_counter

from app.offline.read_ahead import ReadFrame
from app.sources import SourceError
from models import Detector
from models.region import RegionError
from models.tiling import TilingError
from models.viewing import Sight, detect_in_views
from tracker import Detections

WHOLE = Sight()


@dataclass(frozen=True, slots=True)
class DetectedFrame:
    """A frame, what the detector found, and the milliseconds of its share of the batch.

    `looked` is False where the detector was not asked, because it is for every k-th frame only.
    """

    read: ReadFrame
    detections: Detections
    detect_ms: float
    looked: bool = True


def detect_in_order(
    frames: Iterable[ReadFrame],
    detector: Detector,
    *,
    callers: int,
    batch: int,
    sight: Sight = WHOLE,
    every: int = 1,
) -> Generator[DetectedFrame, None, None]:
    """Every frame in the order of `frames`, with `callers` batches of about `batch` frames in flight.

    The first of every `every` frames is looked at, as `sight` says. What `frames` raises is raised after the frames
    before it have been given back.

    Raises:
        SourceError: a picture is of a size that cannot be looked at like that.
        models.DetectionFailed: the detector raised.
    """
    rest = iter(frames)
    size = max(1, batch // every) * every  # each batch begins with a frame that is looked at
    with ThreadPoolExecutor(callers, thread_name_prefix="trackd-detect") as pool:
        flying: deque[Future[list[DetectedFrame]]] = deque()
        failure: Exception | None = None
        while failure is None:
            group, failure = _take(rest, size)
            if not group:
                break
            flying.append(pool.submit(_detect, detector, group, sight, every))
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


def _detect(detector: Detector, group: list[ReadFrame], sight: Sight, every: int) -> list[DetectedFrame]:
    """A group begins with a frame that is looked at."""
    started = perf_counter()
    frames = [read.frame for read in group[::every]]
    images, sizes = [frame.image for frame in frames], [(frame.width, frame.height) for frame in frames]
    try:
        found = detect_in_views(detector, images, sizes, sight)
    except (RegionError, TilingError) as error:
        raise SourceError(f"frame {frames[0].seq}: {error}") from error
    share_ms = (perf_counter() - started) * 1000 / len(frames)
    seen = iter(found)
    return [
        DetectedFrame(read, Detections.empty(), 0.0, looked=False)
        if index % every
        else DetectedFrame(read, next(seen), share_ms)
        for index, read in enumerate(group)
    ]
