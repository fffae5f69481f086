"""What does counting cost per frame, for so many tracks, zones and lines, and what does it cost others?

Boxes that walk about a picture of 1920 x 1080 at 30 fps, of which some are replaced by new ones all the time. Ours is
all that a frame's answer needs: counts, events, and the zones of each track. The peer, where it can be imported, is
`PolygonZone` and `LineZone` of supervision (MIT), one object for each zone and line, by the same point of each box; it
has no hysteresis and tells no events. Frames in turn, milliseconds of the thread's own processor time.

    python -m benchmarks.counting_cost [--frames 600]
"""

import argparse
import importlib
import statistics
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.counted import Counting
from app.counting_settings import CountingSettings
from benchmarks.machine import stamp
from tracker import ByteTrackConfig, Tracks

SIZE = (1920, 1080)
FPS = 30.0
LABELS = ("person",)
SCENES = ((10, 0, 0), (10, 1, 1), (10, 8, 8), (100, 1, 1), (100, 8, 8), (1000, 8, 8))
"""Tracks, zones, lines."""

GROUND = {"image": [[0.1, 0.5], [0.9, 0.5], [1, 1], [0, 1]], "metres": [[-5, 20], [5, 20], [2, 5], [-2, 5]]}
RENEWED = 0.001  # of all tracks in each frame


@dataclass
class Times:
    """Milliseconds per frame, and what was counted, by name."""

    spent: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    counted: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def run(self, name: str, call: Callable[..., int], *arguments: object) -> None:
        """Call and note."""
        started = time.thread_time()
        result = call(*arguments)
        self.spent[name].append((time.thread_time() - started) * 1e3)
        self.counted[name] += result


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=600)
    frames = parser.parse_args().frames
    print(stamp())
    print("tracks  zones+lines  what              median      p10      p90 ms   events or crossings")
    for tracks, zones, lines in SCENES:
        for name, spent, counted in measure(tracks, zones, lines, frames):
            low, *_, high = statistics.quantiles(spent, n=10)
            middle = statistics.median(spent)
            print(f"{tracks:6}  {zones:5}+{lines:<5}  {name:14} {middle:9.3f} {low:8.3f} {high:8.3f}   {counted:8}")


def measure(count: int, zones: int, lines: int, frames: int) -> Iterator[tuple[str, list[float], int]]:
    """The milliseconds of each way of counting in one scene."""
    places = {"zones": {f"z{i}": _zone(i) for i in range(zones)}, "lines": {f"l{i}": _line(i) for i in range(lines)}}
    ways = {"trackd": _ours(places), "trackd, ground": _ours({**places, "ground": GROUND})}
    if (peer := _peer(places)) is not None:
        ways["supervision"] = peer
    times = Times()
    for seq, tracks in enumerate(walkers(count, frames), start=1):
        for name, way in ways.items():
            times.run(name, way, tracks, seq)
    for name in ways:
        yield name, times.spent[name][frames // 10 :], times.counted[name]


def walkers(count: int, frames: int) -> Iterator[Tracks]:
    """Boxes of 40 x 90 pixels that walk at 20 to 120 pixels a second and turn back at the picture's edge."""
    rng, size = np.random.default_rng(7), np.array(SIZE)
    place, angle = rng.uniform(0, 1, (count, 2)) * size, rng.uniform(0, 2 * np.pi, count)
    velocity = np.column_stack((np.cos(angle), np.sin(angle))) * rng.uniform(20, 120, (count, 1))
    ids, newest = np.arange(1, count + 1), count
    for frame in range(frames):
        place = place + velocity / FPS
        velocity = np.where((place < 0) | (place > size), -velocity, velocity)
        for k in np.flatnonzero(rng.random(count) < RENEWED).tolist():
            newest += 1
            ids[k], place[k] = newest, rng.uniform(0, 1, 2) * size
        order = np.argsort(ids)
        x, y = place[order].T
        boxes = np.column_stack((x - 20, y - 90, x + 20, y))
        nothing = np.empty(0, np.uint8), np.empty(0, np.int64)
        yield Tracks(
            ids[order],
            boxes,
            np.full(count, 0.9),
            np.zeros(count, np.int64),
            np.arange(count),
            velocity[order],
            np.full(count, frame / FPS),
            *nothing,
        )


def _ours(places: dict[str, Any]) -> Callable[[Tracks, int], int]:
    counting = Counting("bench", CountingSettings.model_validate(places), ByteTrackConfig())

    def frame(tracks: Tracks, seq: int) -> int:
        events = counting.update(tracks, epoch=1, seq=seq, pts=seq / FPS, size=SIZE, labels=LABELS, names=LABELS)
        counting.counted(tracks, LABELS)
        return len(events)

    return frame


def _peer(places: dict[str, Any]) -> Callable[[Tracks, int], int] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sv: Any = importlib.import_module("supervision")
    except ImportError:
        return None
    corner, feet = np.array(SIZE), [sv.Position.BOTTOM_CENTER]
    zones = [
        sv.PolygonZone(polygon=(np.array(zone["points"]) * corner).astype(int), triggering_anchors=feet)
        for zone in places["zones"].values()
    ]
    lines = [
        sv.LineZone(
            start=sv.Point(*(np.array(line["start"]) * corner).tolist()),
            end=sv.Point(*(np.array(line["end"]) * corner).tolist()),
            triggering_anchors=feet,
        )
        for line in places["lines"].values()
    ]

    def frame(tracks: Tracks, seq: int) -> int:
        found = sv.Detections(
            xyxy=tracks.xyxy, confidence=tracks.score, class_id=tracks.class_id, tracker_id=tracks.track_id
        )
        for zone in zones:
            zone.trigger(found)
        return sum(int(crossed.sum()) for line in lines for crossed in line.trigger(found))

    return frame


def _zone(index: int) -> dict[str, Any]:
    corners = np.array([[0.10, 0.20], [0.30, 0.25], [0.35, 0.50], [0.30, 0.80], [0.15, 0.90], [0.05, 0.60]])
    return {"points": (corners + np.array((0.08 * index, 0.0))).tolist()}


def _line(index: int) -> dict[str, Any]:
    return {"start": [0.1 + 0.1 * index, 0.1], "end": [0.15 + 0.1 * index, 0.9]}


if __name__ == "__main__":
    main()
