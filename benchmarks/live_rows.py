"""What is measured of one row of the table, and the arithmetic of it."""

import bisect
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from benchmarks.live_code import NUMBERS
from benchmarks.live_spent import Spent

Way = Literal["detections", "jpeg", "rtsp"]
Taken = Mapping[str, Sequence[tuple[int, float]]]
"""Of each stream the number of each of its frames, and when it was taken, in seconds since 1970."""


class NothingTracked(RuntimeError):
    """A window in which too few frames were tracked to say anything."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: how frames get in, how large they are, how many streams with how many frames a second each, and how many
    readers there are beside the one who measures."""

    way: Way
    size: tuple[int, int] | None
    streams: int
    fps: float
    readers: int = 0
    note: str = ""

    @property
    def title(self) -> str:
        what = self.way if self.size is None else f"{self.way} {self.size[0]}x{self.size[1]}"
        return f"{what}, {self.streams}" + (f", {self.note}" if self.note else "")


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one window: the reader's rows, the moments between which, and what was spent meanwhile."""

    rows: Sequence[Sequence[Any]]
    begun: float
    ended: float
    spent: Spent


@dataclass(frozen=True, slots=True)
class Window:
    """What was seen of one row in one round. Latencies are milliseconds of the tracked frames.

    Attributes:
        sent, tracked: frames per second of all streams.
        least, most: share of its frames that was tracked, of the stream with the least and with the most.
        p50, p99: from the moment a picture was taken until its tracks were read.
        way_in: median from then until the service had the frame; `inside`: until its answer was ready; `way_out`: until
            it was read.
        service, loop, decoders: processor milliseconds per tracked frame; the service's hold those of its event loop.
        whole: likewise of all that runs for it, senders and readers too.
        busy: share of the machine that was at work; `others`: for nobody of ours.
        clock: median of how much later than it was the service believes that a picture was taken.
        unread: frames whose number could not be read, per tracked frame.
        stages: medians of the service's own word on what a frame took, by stage.
    """

    sent: float
    tracked: float
    least: float
    most: float
    p50: float
    p99: float
    way_in: float
    inside: float
    way_out: float
    service: float
    loop: float
    decoders: float
    whole: float
    busy: float
    others: float
    clock: float
    unread: float
    stages: Mapping[str, float] = field(default_factory=dict)


def window_of(heard: Heard, taken: Taken, cores: int) -> Window:
    """The figures of one window.

    Raises:
        NothingTracked: fewer than two frames were tracked whose number is known.
    """
    whens = {stream: _by_number(frames) for stream, frames in taken.items()}
    known = [(row, at) for row in heard.rows if (at := _when(whens[row[0]], row[1], row[2])) is not None]
    if len(known) < 2:
        raise NothingTracked(f"{len(heard.rows)} frames were tracked, {len(known)} of them with a number of ours")
    took = np.array([(row[2] - at, row[3] - at, row[4] - row[3], row[2] - row[4], row[5] - at) for row, at in known])
    total, way_in, inside, way_out, clock = (took * 1e3).T
    length, spent, frames = heard.ended - heard.begun, heard.spent, len(heard.rows)
    shares = _shares(heard, taken)
    ours = spent.service + spent.decoders + spent.beside
    return Window(
        sent=sum(heard.begun <= at < heard.ended for frames in taken.values() for _, at in frames) / length,
        tracked=frames / length, least=min(shares), most=max(shares),
        p50=float(np.percentile(total, 50)), p99=float(np.percentile(total, 99)),
        way_in=float(np.median(way_in)), inside=float(np.median(inside)), way_out=float(np.median(way_out)),
        service=spent.service / frames * 1e3, loop=spent.loop / frames * 1e3, decoders=spent.decoders / frames * 1e3,
        whole=ours / frames * 1e3, busy=spent.machine / spent.at / cores,
        others=max(0.0, spent.machine - ours) / spent.at / cores,
        clock=float(np.median(clock)), unread=1 - len(known) / frames,
        stages={name: statistics.median(row[6].get(name, 0.0) for row, _ in known) for name in known[0][0][6]},
    )  # fmt: skip


def median_of(windows: Sequence[Window]) -> Window:
    """The median of each figure."""
    middle = {
        name: statistics.median(getattr(window, name) for window in windows)
        for name in Window.__slots__
        if name != "stages"
    }
    stages = {name: statistics.median(window.stages[name] for window in windows) for name in windows[0].stages}
    return Window(**middle, stages=stages)


def _by_number(frames: Sequence[tuple[int, float]]) -> dict[int, list[float]]:
    found: dict[int, list[float]] = {}
    for number, at in frames:
        found.setdefault(number % NUMBERS, []).append(at)
    return found


def _when(by_number: Mapping[int, list[float]], number: int, came: float) -> float | None:
    """When the frame was taken: the last one of its number that was before its tracks came."""
    moments = by_number.get(number % NUMBERS, []) if number >= 0 else []
    before = bisect.bisect_right(moments, came)
    return moments[before - 1] if before else None


def _shares(heard: Heard, taken: Taken) -> list[float]:
    """Of each stream, how many frames were tracked for each one that was taken in as long a time."""
    tracked = Counter(row[0] for row in heard.rows)
    sent = {name: sum(heard.begun <= at < heard.ended for _, at in frames) for name, frames in taken.items()}
    return [min(1.0, tracked[name] / max(1, count)) for name, count in sent.items()]
