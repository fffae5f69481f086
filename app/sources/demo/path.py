"""A way over the ground with rounded corners, asked by the distance travelled."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.sources.demo.view import Points

CORNER_M = 1.3
STEP_M = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Points (N, 2) in metres every STEP_M; `anchor_m` is the distance at which the lane's crossing is passed."""

    points: Points
    heading: Points
    anchor_m: float

    @property
    def length_m(self) -> float:
        """How long the way is."""
        return (len(self.points) - 1) * STEP_M

    def at(self, travelled_m: float) -> tuple[float, float, float]:
        """Place x, y and heading after a distance from 0 to `length_m`."""
        place = min(max(travelled_m / STEP_M, 0.0), len(self.points) - 1.001)
        low = int(place)
        x, y = self.points[low] + (self.points[low + 1] - self.points[low]) * (place - low)
        turn = self.heading[low] + (self.heading[low + 1] - self.heading[low]) * (place - low)
        return float(x), float(y), float(turn)

    @classmethod
    def through(
        cls,
        corners: Sequence[tuple[float, float]],
        shift: float,
        anchor: tuple[float, float],
        wander: float,
        phase: float,
    ) -> "Path":
        """A way through corners, moved sideways by `shift` and swaying by `wander` metres.

        `anchor_m` of the result is where the way comes closest to the point `anchor`.
        """
        points = _resample(_rounded(np.asarray(corners, dtype=np.float64)))
        tangent = np.gradient(points, axis=0)
        tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
        along = np.arange(len(points)) * STEP_M
        sideways = shift + wander * np.sin(along / 2.3 + phase)
        points = points + np.stack((-tangent[:, 1], tangent[:, 0]), axis=1) * sideways[:, None]
        points = _resample(points)
        step = np.gradient(points, axis=0)
        heading = np.unwrap(np.arctan2(step[:, 1], step[:, 0]))
        nearest = int(np.argmin(np.linalg.norm(points - np.asarray(anchor), axis=1)))
        return cls(points, heading, nearest * STEP_M)


def _rounded(corners: Points) -> Points:
    """The corners (N, 2) with a quadratic curve in place of each inner one."""
    if len(corners) == 2:
        return corners
    pieces = [corners[:1]]
    blend = np.linspace(0.0, 1.0, 12)[:, None]
    for before, corner, after in zip(corners[:-2], corners[1:-1], corners[2:], strict=True):
        start = corner + (before - corner) * min(CORNER_M / np.linalg.norm(before - corner), 0.5)
        end = corner + (after - corner) * min(CORNER_M / np.linalg.norm(after - corner), 0.5)
        pieces.append((1 - blend) ** 2 * start + 2 * blend * (1 - blend) * corner + blend**2 * end)
    return np.concatenate((*pieces, corners[-1:]))


def _resample(points: Points) -> Points:
    """The polyline (N, 2) with a point every STEP_M."""
    travelled = np.concatenate(([0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))))
    even = np.arange(0.0, travelled[-1], STEP_M)
    return np.stack([np.interp(even, travelled, points[:, axis]) for axis in (0, 1)], axis=1)
