"""The ways to share out the cores between the detector's callers."""

from dataclasses import dataclass

from app.inference_settings import InferenceSettings

MOST_CALLERS = 8
"""What is planned without a measurement: beyond it decoding is the bottleneck, and frames wait in memory."""


@dataclass(frozen=True, slots=True)
class Workload:
    """How many threads call the detector on a CPU, and how many work inside one call."""

    callers: int
    threads: int


def plan_cpu(inference: InferenceSettings, cores: int) -> Workload:
    """Share out the cores without measuring; what the operator says is kept.

    Two callers with one thread each give more frames per second than one caller with two (yolox_nano, two cores), at
    the price of a longer call; a third one keeps the cores busy while another prepares its frame.
    """
    callers, threads = inference.callers, inference.threads
    if callers is None:
        callers = max(1, min(cores // (threads or 1) + 1, MOST_CALLERS))
    return Workload(callers, threads or max(1, cores // callers))


def cpu_plans(cores: int) -> tuple[Workload, ...]:
    """What is worth measuring, from the shortest call to the most frames: one caller with every core, two with half of
    them and so on, down to one thread each; and one caller more than that, who prepares while the others run."""
    plans = []
    threads = cores
    while threads > 1:
        plans.append(Workload(cores // threads, threads))
        threads = (threads + 1) // 2
    return (*plans, Workload(cores, 1), Workload(cores + 1, 1))
