"""What does measuring the camera's motion cost per frame, in which part, and how exact is it?

The demo street seen through a window that wanders over it, so that the motion is known; everybody in the picture is
looked past, as in a tracked stream. One thread, parts in turn within each frame. Milliseconds are of the thread's own
processor time, which the machine's other work changes little, and of the clock.

    python -m benchmarks.camera_motion [--rounds 40] [--pictures FOLDER]
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from app.sources.demo import DemoCamera
from benchmarks.machine import stamp
from models import CameraMotion, Finding, camera_motion, take_glimpse

SIZES = ((1920, 1080), (1280, 720))
PARTS = ("glimpse", "mask", "flow and fit", "corners")
FRAMES = 12
MARGIN = 96


@dataclass
class Clip:
    """Pictures, what moves in them, and how the camera moved before each, where that is known."""

    pictures: list[NDArray[np.uint8]]
    boxes: list[NDArray[np.float64]]
    shifts: list[NDArray[np.float64]] | None


@dataclass
class Stopwatch:
    """Milliseconds by part: of the thread's processor time, and of the clock."""

    cpu_ms: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wall_ms: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def run(self, part: str, call: Callable[..., Any], *arguments: object) -> Any:
        """Call and note."""
        cpu, wall = time.thread_time(), time.perf_counter()
        result = call(*arguments)
        self.cpu_ms[part].append((time.thread_time() - cpu) * 1e3)
        self.wall_ms[part].append((time.perf_counter() - wall) * 1e3)
        return result


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    cv2.setNumThreads(1)
    print(stamp())
    print(f"OpenCV {cv2.__version__}, one thread; medians over {arguments.rounds} rounds of {FRAMES} frames\n")
    for size in SIZES:
        clip = _pictures(arguments.pictures, size) if arguments.pictures else _street(size)
        watch, whole = Stopwatch(), Stopwatch()
        found = [_round(clip, watch, whole) for _ in range(arguments.rounds)][-1]
        _print(size, clip, watch, whole, found)


def _round(clip: Clip, watch: Stopwatch, whole: Stopwatch) -> list[camera_motion.Motion]:
    """Every frame once in parts and once as a whole, which must come to the same."""
    camera = CameraMotion()
    motions = [camera.estimate(clip.pictures[0], clip.boxes[0])]
    view = take_glimpse(clip.pictures[0])
    corners = camera_motion._corners(view, camera_motion._background(view, clip.boxes[0]))
    for picture, boxes in zip(clip.pictures[1:], clip.boxes[1:], strict=True):
        last = view
        view = watch.run("glimpse", take_glimpse, picture)
        free = watch.run("mask", camera_motion._background, view, boxes)
        in_parts = watch.run("flow and fit", camera_motion._between, last, corners, view, free)
        corners = watch.run("corners", camera_motion._corners, view, free)
        motions.append(whole.run("whole", camera.estimate, picture, boxes))
        if not np.array_equal(in_parts.affine, motions[-1].affine):
            raise RuntimeError("the parts come to another motion than the whole")
    return motions


def _print(
    size: tuple[int, int], clip: Clip, watch: Stopwatch, whole: Stopwatch, found: list[camera_motion.Motion]
) -> None:
    total = sum(float(np.median(watch.cpu_ms[part])) for part in PARTS)
    print(
        f"{size[0]}x{size[1]}, {np.mean([len(boxes) for boxes in clip.boxes]):.0f} boxes{'':14} cpu ms  clock ms  share"
    )
    for part in PARTS:
        cpu_ms, wall_ms = np.median(watch.cpu_ms[part]), np.median(watch.wall_ms[part])
        print(f"  {part:<28} {cpu_ms:>8.2f} {wall_ms:>9.2f} {cpu_ms / total:>6.0%}")
    print(f"  {'whole':<28} {np.median(whole.cpu_ms['whole']):>8.2f} {np.median(whole.wall_ms['whole']):>9.2f}")
    measured = [motion for motion in found if motion.finding is Finding.MEASURED]
    line = (
        f"  measured {len(measured)} of {len(found) - 1}, {np.mean([motion.inliers for motion in measured]):.0f} points"
    )
    if clip.shifts is not None:
        errors = [_worst_px(motion.affine, shift, size) for motion, shift in zip(found[1:], clip.shifts, strict=True)]
        line += f", worst corner off by {np.median(errors):.2f} px (median), {max(errors):.2f} px at most"
    print(line + "\n")


def _worst_px(affine: NDArray[np.float64], shift: NDArray[np.float64], size: tuple[int, int]) -> float:
    corners = np.array([(x, y, 1.0) for x in (0, size[0]) for y in (0, size[1])])
    return float(np.hypot(*(corners @ affine.T - corners[:, :2] - shift).T).max())


def _street(size: tuple[int, int]) -> Clip:
    """A window of `size` that wanders over the demo street in steps of up to 24 pixels."""
    width, height = size
    camera = DemoCamera(seed=1, width=width + 2 * MARGIN, height=height + 2 * MARGIN)
    angles = np.arange(FRAMES) * 0.4
    places = np.rint(MARGIN + 60 * np.column_stack((np.cos(angles), np.sin(2 * angles) / 2))).astype(int)
    pictures = [
        np.ascontiguousarray(camera.frame(index)[y : y + height, x : x + width])
        for index, (x, y) in enumerate(places.tolist())
    ]
    boxes = [camera.truth(index).xyxy - np.tile(place, 2) for index, place in enumerate(places)]
    return Clip(pictures, boxes, list(-np.diff(places, axis=0).astype(float)))


def _pictures(folder: Path, size: tuple[int, int]) -> Clip:
    """The first pictures of a folder, made as large as asked for; nothing is known of what moves in them."""
    images = [cv2.imread(str(path)) for path in sorted(folder.glob("*.jpg"))[:FRAMES]]
    pictures = [np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8) for image in images]
    return Clip(pictures, [np.empty((0, 4))] * len(pictures), None)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--pictures", type=Path, help="a folder of JPEGs, in order, instead of the demo street")
    return parser.parse_args()


if __name__ == "__main__":
    main()
