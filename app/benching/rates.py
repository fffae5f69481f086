"""What the detector alone does on a device, by callers, threads and batch."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from app.tuning import Measured, Workload, choose, measure, measure_all, noise
from models import Detector, ModelError, ModelInfo
from models.providers import CPU

Load = Callable[[str, int | None], Detector]
"""Loads the model on a device with so many threads inside a call."""

CPU_BATCHES = (2, 4)
"""On a CPU a batch saves little: these show whether it does here."""

DEVICE_BATCHES = (1, 2, 4, 8, 16, 32)
DEVICE_CALLERS = (1, 2, 3)
"""On a device of its own one caller prepares a batch while another's runs."""


@dataclass(frozen=True, slots=True)
class DeviceRates:
    """A device, what it ran as, the seconds that loading took, and what was measured.

    `problem` says why there is nothing: the device is not there, or the model does not run on it.
    """

    device: str
    info: ModelInfo | None = None
    load_s: float = 0.0
    measured: tuple[Measured, ...] = ()
    problem: str | None = None

    @property
    def best(self) -> Measured | None:
        """The most frames per second."""
        return max(self.measured, key=lambda m: m.fps, default=None)


def device_rates(device: str, load: Load, cores: int, *, least_s: float = 0.5) -> DeviceRates:
    """Measure one device; a device that does not do is told as its problem."""
    started = perf_counter()
    try:
        detector = load(device, 1 if device == "cpu" else None)
    except ModelError as error:
        return DeviceRates(device, problem=str(error))
    load_s = perf_counter() - started
    try:
        if detector.info.provider == CPU:
            measured = _cpu(detector, lambda workload: load(device, workload.threads), cores, least_s)
        else:
            measured = _own_device(detector, least_s)
    except ModelError as error:
        return DeviceRates(device, detector.info, load_s, problem=str(error))
    finally:
        detector.close()
    return DeviceRates(device, detector.info, load_s, tuple(measured))


def _cpu(detector: Detector, load: Callable[[Workload], Detector], cores: int, least_s: float) -> list[Measured]:
    measured = measure_all(detector, load, cores, least_s)
    best = choose(measured, "throughput").workload
    again = detector if detector.info.threads == best.threads else load(best)
    try:
        measured += [measure(again, best, [noise()] * batch, least_s=least_s) for batch in _fitting(again, CPU_BATCHES)]
    finally:
        if again is not detector:
            again.close()
    return measured


def _own_device(detector: Detector, least_s: float) -> list[Measured]:
    threads = detector.info.threads or 1
    return [
        measure(detector, Workload(callers, threads), [noise()] * batch, least_s=least_s)
        for batch in _fitting(detector, DEVICE_BATCHES)
        for callers in DEVICE_CALLERS
    ]


def _fitting(detector: Detector, batches: tuple[int, ...]) -> tuple[int, ...]:
    limit = detector.info.batch_limit
    return batches if limit is None else tuple(batch for batch in batches if batch == limit)
