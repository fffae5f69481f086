"""How fast a detector is under a workload."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from app.tuning.plans import Workload
from models import Detector

Images = Sequence[NDArray[np.uint8]]


SLICES = 3
"""Each rate is the best of so many stretches: other work on the machine can only make one worse."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A workload, the frames per second it gave, and the milliseconds of the shortest call while no other ran."""

    workload: Workload
    fps: float
    latency_ms: float
    batch: int = 1


def measure(
    detector: Detector, workload: Workload, images: Images, *, least_s: float = 0.2, most_s: float = 1.5
) -> Measured:
    """Call the detector as the workload says, each call with all of `images`, for `least_s` to about `most_s` seconds.

    The detector must have been loaded with `workload.threads`.
    Short calls are made for `least_s`, long ones a few times.

    Raises:
        DetectionFailed: the model raised.
    """
    detector.detect(images)
    latency_s = min(_timed(detector, images) for _ in range(2))
    ends = perf_counter() + least_s / 2
    while perf_counter() < ends:
        latency_s = min(latency_s, _timed(detector, images))
    span_s = max(least_s / SLICES, min(2 * latency_s, most_s / SLICES))
    fps = max(_rate(detector, workload.callers, images, span_s) for _ in range(SLICES))
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
