"""How fast a detector is under a workload."""

import statistics
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from app.tuning.plans import Workload
from models import Detector

Images = Sequence[NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class Measured:
    """A workload, the frames per second it gave, and the milliseconds of one call while no other ran."""

    workload: Workload
    fps: float
    latency_ms: float
    batch: int = 1


def measure(
    detector: Detector, workload: Workload, images: Images, *, least_s: float = 0.2, most_s: float = 1.5
) -> Measured:
    """Call the detector as the workload says, each call with all of `images`, for `least_s` to `most_s` seconds.

    The detector must have been loaded with `workload.threads`. Within the limits every caller makes three calls.

    Raises:
        DetectionFailed: the model raised.
    """
    detector.detect(images)
    alone = [_timed(detector, images)]
    ends = perf_counter() + least_s
    while len(alone) < 3 or perf_counter() < ends:
        alone.append(_timed(detector, images))
        if sum(alone) > most_s:
            break
    latency_s = statistics.median(alone)
    fps = len(images) / latency_s
    if workload.callers > 1:
        fps = _rate(detector, workload.callers, images, max(least_s, min(3 * latency_s, most_s)))
    return Measured(workload, fps, latency_s * 1e3, len(images))


def _rate(detector: Detector, callers: int, images: Images, span_s: float) -> float:
    """Frames per second of several callers side by side; a call under way at the end counts by its share."""
    started = perf_counter()
    ends = started + span_s

    def work(_: int) -> float:
        done = 0.0
        while True:
            began = perf_counter()
            if began >= ends:
                return done
            detector.detect(images)
            over = perf_counter()
            done += 1.0 if over <= ends else (ends - began) / (over - began)

    with ThreadPoolExecutor(callers, thread_name_prefix="trackd-measure") as pool:
        calls = sum(pool.map(work, range(callers)))
    return calls * len(images) / span_s


def _timed(detector: Detector, images: Images) -> float:
    started = perf_counter()
    detector.detect(images)
    return perf_counter() - started
