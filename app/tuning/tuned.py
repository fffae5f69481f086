"""A detector that is loaded with the workload that suits this machine."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.inference_settings import Goal
from app.tuning.choosing import choose
from app.tuning.measuring import Measured, measure
from app.tuning.plans import Workload, cpu_plans
from app.tuning.remembered import place, recall, remember
from models import Detector

Load = Callable[[Workload], Detector]
"""Loads the detector for so many callers, with so many threads inside a call."""

PICTURE = (270, 480)
"""(height, width) of the picture that is measured with: 1080p as the decoder hands it to a small detector."""


def tune(
    first: Detector,
    load: Load,
    cores: int,
    goal: Goal,
    folder: Path,
    circumstances: Sequence[object],
    say: Callable[[str], None],
    *,
    least_s: float = 0.2,
) -> Detector:
    """The detector loaded with the best workload for the goal, measured now or on an earlier start.

    Takes over `first`, which is closed where it is not returned. Measuring takes a second or
    two for a small model; `say` is told before.

    Args:
        first: the detector, loaded with any number of threads.
        load: loads it for another workload.
        cores: how many this process may use.
        goal: what the workload should be good for.
        folder: where measurements are kept for later starts.
        circumstances: what else the figures hold for, as this program's version; others are measured again.
        say: told in a line what takes so long.
        least_s: each measurement takes at least so long.

    Raises:
        ModelError: the model could not be loaded once more, or raised.
    """
    notes = place(folder, first.info, cores, circumstances)
    measured = recall(notes)
    if {m.workload for m in measured} != set(cpu_plans(cores)):
        say(f"measuring how {first.info.name} runs best on {cores} cores; this happens once on a machine")
        try:
            measured = measure_all(first, load, cores, least_s)
        except BaseException:
            first.close()
            raise
        remember(notes, measured)
    best = choose(measured, goal).workload
    if (first.info.callers, first.info.threads) == (best.callers, best.threads):
        return first
    first.close()
    return load(best)


def measure_all(first: Detector, load: Load, cores: int, least_s: float = 0.2) -> list[Measured]:
    """The figures of every plan for so many cores; each number of threads is loaded once. `first` stays open.

    Raises:
        ModelError: the model could not be loaded once more, or raised.
    """
    images = [noise()]
    plans = cpu_plans(cores)
    measured = []
    for threads in dict.fromkeys(plan.threads for plan in plans):
        detector = first if first.info.threads == threads else load(Workload(1, threads))
        try:
            measured += [measure(detector, plan, images, least_s=least_s) for plan in plans if plan.threads == threads]
        finally:
            if detector is not first:
                detector.close()
    return measured


def noise() -> NDArray[np.uint8]:
    """Noise, so that nothing is found and nothing is free either."""
    return np.random.default_rng(0).integers(0, 256, (*PICTURE, 3), np.uint8)
