"""From the picture to the ground: a homography, and speeds in metres per second."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_SPREAD = 1e-3
"""Least ratio of the last but one singular value to the first one: below it, points leave the ground undecided."""

MOST_METRES_PER_PIXEL = 0.5
"""Where a pixel is more of the ground than this, near the horizon, no speed is told: it would be noise."""

MOST_MISS = 0.1
"""Most that a point may miss its place on the ground by, as a share of how far the points are spread."""


class GroundError(ValueError):
    """Points from which no ground follows; the message says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A projective map from pixels to metres, `matrix` (3, 3), positive in its third coordinate below the horizon."""

    matrix: Floats

    @classmethod
    def from_points(cls, image: Floats, metres: Floats) -> Self:
        """The map that takes pixels (N, 2) to places (N, 2) with least algebraic error.

        The direct linear transformation with normalisation: R. Hartley, A. Zisserman, "Multiple View Geometry in
        Computer Vision", 2nd edition, sections 4.1 and 4.4, algorithm 4.2.

        Raises:
            GroundError: fewer than four points, too many of them on one line, the horizon runs between them, or they
                contradict each other.
        """
        if len(image) < 4:
            raise GroundError(f"at least 4 points are needed, got {len(image)}")
        before, after = _normalising(image, "image"), _normalising(metres, "metres")
        p, q = _mapped(before, image), _mapped(after, metres)
        zeros, ones = np.zeros((len(p), 3)), np.column_stack((p, np.ones(len(p))))
        rows = np.concatenate(
            (np.hstack((zeros, -ones, q[:, 1:] * ones)), np.hstack((ones, zeros, -q[:, :1] * ones))), axis=0
        )
        _, singular, basis = np.linalg.svd(rows)
        if singular[7] < LEAST_SPREAD * singular[0]:
            raise GroundError("too many of the points lie on one line; at least 4 are needed of which no 3 do")
        matrix = np.linalg.inv(after) @ basis[8].reshape(3, 3) @ before
        return cls(_checked(matrix, image, metres))

    def places(self, points: Floats) -> Floats:
        """(M, 2) metres of pixels (M, 2); NaN beyond the horizon, and where a pixel is too much of the ground."""
        projected = points @ self.matrix[:, :2].T + self.matrix[:, 2]
        scale = projected[:, 2]
        below = scale > 0.0
        place = projected[:, :2] / np.where(below, scale, np.nan)[:, None]
        # The derivative of the map: how a step of a pixel moves the place, at most its Frobenius norm.
        jacobian = (self.matrix[:2, :2] - place[:, :, None] * self.matrix[2, :2]) / np.where(below, scale, 1.0)[
            :, None, None
        ]
        near = below & (np.sqrt((jacobian**2).sum(axis=(1, 2))) <= MOST_METRES_PER_PIXEL)
        place[~near] = np.nan
        return place


def _normalising(points: Floats, name: str) -> Floats:
    """The similarity (3, 3) that takes points to a mean of zero and a mean distance of sqrt 2."""
    centre = points.mean(axis=0)
    spread = float(np.sqrt(((points - centre) ** 2).sum(axis=1)).mean())
    if not spread > 0.0:
        raise GroundError(f"all points of {name} are the same")
    scale = np.sqrt(2.0) / spread
    return np.array([[scale, 0.0, -scale * centre[0]], [0.0, scale, -scale * centre[1]], [0.0, 0.0, 1.0]])


def _mapped(matrix: Floats, points: Floats) -> Floats:
    mapped: Floats = points @ matrix[:2, :2].T + matrix[:2, 2]
    return mapped


def _checked(matrix: Floats, image: Floats, metres: Floats) -> Floats:
    projected = np.column_stack((image, np.ones(len(image)))) @ matrix.T
    scale = projected[:, 2]
    size = np.abs(scale).max()
    if size == 0.0 or (np.sign(scale) != np.sign(scale[0])).any() or np.abs(scale).min() < 1e-9 * size:
        raise GroundError("the horizon runs between the points; is one of them at another place, or their order mixed?")
    miss = np.sqrt(((projected[:, :2] / scale[:, None] - metres) ** 2).sum(axis=1))
    spread = float(np.ptp(metres, axis=0).max())
    worst = int(miss.argmax())
    if miss[worst] > MOST_MISS * spread:
        raise GroundError(
            f"the points contradict each other: point {worst + 1} would be {miss[worst]:.2f} m away from where it is "
            "said to be"
        )
    # Positive at the points; scaled so that numbers are of ordinary size.
    checked: Floats = matrix * (np.sign(scale[0]) / size)
    return checked
