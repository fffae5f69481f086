"""A pinhole camera above a street.

World frame, metres: x along the street, y across it and away from the camera, z up; the camera stands at (0, 0, eye_m).
It is level and turned by `yaw` about the vertical; the picture is shifted, not tilted, so that verticals stay vertical.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import atan, cos, sin, tan

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

NEAR_M = 0.5
"""What lies closer to the camera than this is clipped."""


@dataclass(frozen=True, slots=True)
class View:
    """A projection from the street to pixels; `horizon` and `focal` are in pixels."""

    width: int
    height: int
    focal: float
    horizon: float
    eye_m: float
    yaw: float
    sin: float = field(init=False)
    cos: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sin", sin(self.yaw))
        object.__setattr__(self, "cos", cos(self.yaw))

    def depth(self, x: float, y: float) -> float:
        """Distance in metres of a point along the camera's axis."""
        return x * self.sin + y * self.cos

    def project(self, points: Points) -> Points:
        """Pixels (N, 2) of world points (N, 3) that lie in front of the camera."""
        x, y, z = points.T
        scale = self.focal / np.maximum(x * self.sin + y * self.cos, NEAR_M / 2)
        out: Points = np.empty((len(points), 2))
        out[:, 0] = self.width / 2 + scale * (x * self.cos - y * self.sin)
        out[:, 1] = self.horizon + scale * (self.eye_m - z)
        return out

    def spot(self, x: float, y: float) -> tuple[float, float]:
        """The pixel of a point on the ground."""
        scale = self.focal / max(self.depth(x, y), NEAR_M / 2)
        return self.width / 2 + scale * (x * self.cos - y * self.sin), self.horizon + scale * self.eye_m

    def polygon(self, corners: Sequence[tuple[float, float, float]]) -> Points:
        """Pixels of a planar convex polygon, cut off at the near plane; empty (0, 2) when all of it lies behind."""
        kept: list[Points] = []
        points = np.asarray(corners, dtype=np.float64)
        depths = points[:, 0] * self.sin + points[:, 1] * self.cos
        for i in range(len(points)):
            a, b, da, db = points[i - 1], points[i], depths[i - 1], depths[i]
            if (da < NEAR_M) != (db < NEAR_M):
                kept.append(a + (b - a) * ((NEAR_M - da) / (db - da)))
            if db >= NEAR_M:
                kept.append(b)
        return self.project(np.asarray(kept)) if kept else np.empty((0, 2))

    def street_x(self, y: float, column: float) -> float:
        """The x in metres at which the line of constant `y` crosses the pixel column `column`."""
        return y * tan(self.yaw + atan((column - self.width / 2) / self.focal))
