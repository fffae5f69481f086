"""Prints what `benchmarks.detector` measured: the table, the parts of a frame, and what was promised beside it."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.detector_load import Sample
from benchmarks.detector_parts import PARTS

SAME, DEFAULTS = "session.run, same options", "session.run, defaults"
PLAIN, ULTRALYTICS = "OpenCV, onnxruntime, supervision", "Ultralytics track"
OURS, OURS_TOO = "trackd, 1 streams", "trackd, the model of Ultralytics"


@dataclass(frozen=True, slots=True)
class Paced:
    """The service at a share of what it can do.

    Attributes:
        service_ms: from send to answer where nothing else is under way, on average.
        capacity: frames per second that it could do at that time.
        sample: what was seen at the share.
    """

    service_ms: float
    capacity: float
    sample: Sample


@dataclass(slots=True)
class Measured:
    """Everything that was measured, round by round.

    Attributes:
        pictures, picture_kb: how many, and how large on average.
        workload: callers and threads of the service.
        samples: of each contestant.
        parts: processor milliseconds per frame of each part.
        paced: by number of streams.
        missing: peers that could not be had, and why.
    """

    pictures: int
    picture_kb: float
    workload: tuple[int, int]
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    parts: list[dict[str, float]] = field(default_factory=list)
    paced: dict[int, list[Paced]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


def print_report(measured: Measured) -> None:
    """Medians of the rounds."""
    callers, threads = measured.workload
    print(f"{measured.pictures} pictures, {measured.picture_kb:.0f} kB on average; {callers} callers x {threads}\n")
    print(f"{'':<34}{'frames/s':>10}{'CPU ms':>9}{'p50 ms':>9}{'p99 ms':>9}")
    for name, rounds in measured.samples.items():
        print(f"{name:<34}{_row(rounds)}")
    _print_paced(measured.paced)
    _print_parts(measured)
    print("\nratio (median and range of the rounds)            wanted")
    for title, wanted, values in ratios(measured):
        print(f"{title:<44}{wanted:>12}  {statistics.median(values):5.2f}  ({min(values):.2f} to {max(values):.2f})")
    for title, reason in measured.missing.items():
        print(f"left out: {title}: {reason}")


def ratios(measured: Measured) -> list[tuple[str, str, list[float]]]:
    """What is promised, how, and the ratio in each round; nothing where a peer is missing."""
    rows: list[tuple[str, str, list[float]]] = []

    def compare(title: str, wanted: str, ours: str, theirs: str, of: Callable[[Sample], float]) -> None:
        pairs = zip(measured.samples.get(ours, ()), measured.samples.get(theirs, ()), strict=False)
        if values := [of(a) / of(b) for a, b in pairs]:
            rows.append((title, wanted, values))

    compare("CPU: ours / session.run, same options", "<= 1.25", OURS, SAME, _cpu)
    compare("CPU: ours / session.run, defaults", "<= 1.25", OURS, DEFAULTS, _cpu)
    compare("frames/s: ours / session.run, same options", "", OURS, SAME, _rate)
    compare("frames/s: ours / supervision's script", ">= 1.5", OURS, PLAIN, _rate)
    compare("frames/s: ours / Ultralytics, its model", ">= 2", OURS_TOO, ULTRALYTICS, _rate)
    for streams, rounds in measured.paced.items():
        late = [(paced.sample.p99_ms or 0.0) / paced.service_ms for paced in rounds]
        rows.append((f"p99 at 80 % / service time, {streams} streams", "< 2.5", late))
    return rows


def _cpu(sample: Sample) -> float:
    return sample.cpu_ms


def _rate(sample: Sample) -> float:
    return sample.rate


def _row(rounds: Sequence[Sample]) -> str:
    rate, cpu = (statistics.median(of(sample) for sample in rounds) for of in (_rate, _cpu))
    p50, p99 = (_median([sample.p50_ms for sample in rounds]), _median([sample.p99_ms for sample in rounds]))
    return f"{rate:>10.1f}{cpu:>9.1f}{p50:>9}{p99:>9}"


def _median(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{statistics.median(known):.1f}" if known else "-"


def _print_paced(paced: Mapping[int, Sequence[Paced]]) -> None:
    print("\nat 80 % of what it could do; frames come whether or not answers do")
    for streams, rounds in paced.items():
        served = statistics.median(one.service_ms for one in rounds)
        print(f"{f'trackd, {streams} streams':<34}{_row([one.sample for one in rounds])}   alone {served:.1f} ms")


def _print_parts(measured: Measured) -> None:
    """The parts, and what of the service's own time is left for sockets, event loop and threads."""
    if not measured.parts:
        return
    print("\nCPU ms of a frame")
    medians = {part: statistics.median(one[part] for one in measured.parts) for part in PARTS}
    whole = statistics.median(map(_cpu, measured.samples[OURS]))
    medians["receive and the rest"] = whole - sum(medians.values())
    for part, spent in medians.items():
        print(f"  {part:<32}{spent:>10.2f}{spent / whole:>8.0%}")
