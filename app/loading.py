"""The detector that the settings name."""

import os

from app.settings import Settings
from models import Detector, DetectorOptions, ModelInfo, load_detector

CALLERS_AT_MOST = 4


def load_for(settings: Settings) -> Detector:
    """Load and warm up the detector.

    Raises:
        ModelError: the model is missing, broken or ambiguous, or the device cannot be had.
    """
    inference = settings.inference
    threads = inference.threads or max(1, cores() // (inference.callers or cpu_callers()))
    options = DetectorOptions(score_floor=inference.score_floor, threads=threads)
    return load_detector(settings.model, settings.device, options, cache_dir=settings.cache_dir)


def callers_for(settings: Settings, info: ModelInfo) -> int:
    """How many threads call the detector: what the operator says, else one on a GPU and a few on the CPU."""
    return settings.inference.callers or (cpu_callers() if info.provider.lower().startswith("cpu") else 1)


def cpu_callers() -> int:
    """How many threads call the detector on a CPU.

    Two callers with one thread each track a quarter more frames per second than one caller with two (yolox_nano, two
    cores), at the price of a longer single call. Beyond a few, memory grows and the rate does not.
    """
    return min(cores(), CALLERS_AT_MOST)


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
