"""How the camera moved between two pictures of a stream, seen in the background.

Source: N. Aharon, R. Orfaig, B.-Z. Bobrovsky, "BoT-SORT: Robust Associations Multi-Pedestrian Tracking",
arXiv 2206.14651, 2022, section 3.1: corners (J. Shi, C. Tomasi, "Good Features to Track", CVPR 1994), sparse optical
flow (J.-Y. Bouguet, "Pyramidal Implementation of the Lucas Kanade Feature Tracker", 2000), RANSAC (M. Fischler,
R. Bolles, "Random Sample Consensus", Comm. ACM 24, 1981). As there the model is a similarity: shift, turn and zoom.

The same pictures give the same bits: OpenCV's RANSAC draws from a generator that it makes anew in every call, so its
global seed does not matter, and points are sought each by itself, so the number of threads does not either.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.detector import Image
from models.glimpse import Glimpse, take_glimpse

Floats = NDArray[np.float64]
Points = NDArray[np.float32]

MOST_CORNERS = 300
CORNER_QUALITY = 0.01
CORNER_DISTANCE_PX = 8
"""Pixels of the glimpse between two corners, so that they spread over the picture."""

WINDOW_PX = 11
PYRAMID_LEVELS = 4
"""With windows of 11 px they find shifts up to a fifth of the picture; 3 levels end at a tenth, 5 reach no farther."""

SEARCH_STEPS = (cv2.TERM_CRITERIA_COUNT + cv2.TERM_CRITERIA_EPS, 10, 0.03)

INLIER_PX = 0.75
"""Pixels of the glimpse that a background point may lie off the camera's motion: parallax, and the flow's own error."""

LEAST_INLIERS = 12
LEAST_SHARE = 0.3
"""Of the points that were found again, those that must agree. Between unrelated pictures at most 7 points and 5 % do
by chance; after a shift by a fifth of the picture a third of them still does."""

ZOOMS = 0.8, 1.25
MOST_TURN_DEG = 30.0
MOST_SHIFT = 0.5
"""Of the longer side, that the centre of the picture may move between two frames."""

MOST_ERROR = 0.002
"""Of the longer side, that the standard error in the worst corner may be: 4 px at 1920, where street scenes have
0.15."""


class Finding(StrEnum):
    """What an estimate came to; all but `MEASURED` have the identity as their motion."""

    MEASURED = "measured"
    FIRST = "first picture"
    RESIZED = "another picture size"
    FEATURELESS = "too few corners"
    LOST = "too few points move together"
    IMPLAUSIBLE = "no camera moves so"
    UNCERTAIN = "too inexact"


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """The camera's motion from the last picture to this one.

    Attributes:
        affine: (2, 3) float64, read-only: maps (x, y, 1) in the last picture to (x, y) in this one, both in pixels of
            the full picture, with (0, 0) in the corner of the first pixel, as boxes are told.
        finding: whether it was measured, else why not.
        inliers: how many points moved with the camera.
        error_px: standard error of the mapping, per axis, in the corner of the picture where it is worst.
    """

    affine: Floats
    finding: Finding
    inliers: int = 0
    error_px: float = 0.0


class CameraMotion:
    """The motion of one stream's camera. It keeps a glimpse of the last picture and the corners in it, no more."""

    def __init__(self) -> None:
        self._last: tuple[Glimpse, Points] | None = None

    def estimate(self, image: Image, boxes: ArrayLike | None = None, size: tuple[int, int] | None = None) -> Motion:
        """The motion since the picture of the call before.

        Args:
            image: BGR picture, (H, W, 3) uint8.
            boxes: (N, 4) xyxy in pixels of the full picture: what may move by itself, and is looked past.
            size: (width, height) of the full picture, where `image` was decoded at a reduced scale.

        Raises:
            ValueError: `image` is not (H, W, 3) uint8, or `boxes` are not (N, 4) finite numbers; nothing has changed.
        """
        return self.follow(take_glimpse(image, size), boxes)

    def follow(self, view: Glimpse, boxes: ArrayLike | None = None) -> Motion:
        """The same from a glimpse that was taken before, perhaps in another thread."""
        free = _background(view, boxes)
        motion = _still(Finding.FIRST) if self._last is None else _between(*self._last, view, free)
        self._last = view, _corners(view, free)
        return motion

    def reset(self) -> None:
        """Forget the last picture: the next one is the first."""
        self._last = None


def _background(view: Glimpse, boxes: ArrayLike | None) -> NDArray[np.uint8]:
    """A mask as large as the glimpse: 255 where no box lies, else 0."""
    height, width = view.grey.shape
    free = np.full((height, width), 255, np.uint8)
    if boxes is None or not len(corners := np.asarray(boxes, np.float64)):
        return free
    if corners.ndim != 2 or corners.shape[1] != 4 or not np.isfinite(corners).all():
        raise ValueError(f"boxes must be (N, 4) finite numbers, got shape {corners.shape}")
    inside = np.clip(corners / (*view.scale, *view.scale), 0, (width, height, width, height))
    for x1, y1, x2, y2 in np.column_stack((np.floor(inside[:, :2]), np.ceil(inside[:, 2:]))).astype(int).tolist():
        free[y1:y2, x1:x2] = 0
    return free


def _corners(view: Glimpse, free: NDArray[np.uint8]) -> Points:
    """(K, 1, 2) corners of the background, in pixels of the glimpse, the clearest first."""
    found: Any = cv2.goodFeaturesToTrack(view.grey, MOST_CORNERS, CORNER_QUALITY, CORNER_DISTANCE_PX, mask=free)
    return np.empty((0, 1, 2), np.float32) if found is None else np.asarray(found, np.float32)


def _between(last: Glimpse, corners: Points, view: Glimpse, free: NDArray[np.uint8]) -> Motion:
    if not last.fits(view):
        return _still(Finding.RESIZED)
    if len(corners) < LEAST_INLIERS:
        return _still(Finding.FEATURELESS)
    before, after = _flow(last, corners, view, free)
    if len(before) < LEAST_INLIERS:
        return _still(Finding.LOST)
    affine, inlier = _fitted(before, after, INLIER_PX * max(view.scale))
    inliers = int(inlier.sum())
    if inliers < max(LEAST_INLIERS, LEAST_SHARE * len(before)):
        return _still(Finding.LOST, inliers)
    if not _plausible(affine, view.size):
        return _still(Finding.IMPLAUSIBLE, inliers)
    error_px = _error_px(affine, before[inlier], after[inlier], view.size)
    if error_px > MOST_ERROR * max(view.size):
        return _still(Finding.UNCERTAIN, inliers)
    return _motion(affine, Finding.MEASURED, inliers, error_px)


def _flow(last: Glimpse, corners: Points, view: Glimpse, free: NDArray[np.uint8]) -> tuple[Points, Points]:
    """Where the corners were and are, (K, 2) each in pixels of the full picture; without those now behind a box."""
    moved, found, _ = cv2.calcOpticalFlowPyrLK(
        last.grey, view.grey, corners, corners.copy(), winSize=(WINDOW_PX, WINDOW_PX), maxLevel=PYRAMID_LEVELS,
        criteria=SEARCH_STEPS,
    )  # fmt: skip
    before, after = corners.reshape(-1, 2), np.asarray(moved, np.float32).reshape(-1, 2)
    height, width = free.shape
    column, row = np.clip(np.rint(after), 0, (width - 1, height - 1)).astype(int).T
    seen = (found.ravel() == 1) & (free[row, column] > 0)
    scale = np.array(view.scale, np.float32)
    # OpenCV's (0, 0) is the centre of the first pixel, that of boxes its corner.
    return (before[seen] + np.float32(0.5)) * scale, (after[seen] + np.float32(0.5)) * scale


def _fitted(before: Points, after: Points, threshold_px: float) -> tuple[Floats, NDArray[np.bool_]]:
    """The similarity that most points agree with, fitted to those, and which they are: none where there is none."""
    found: Any
    found, inlier = cv2.estimateAffinePartial2D(before, after, method=cv2.RANSAC, ransacReprojThreshold=threshold_px)
    if found is None:
        return np.eye(2, 3), np.zeros(len(before), np.bool_)
    return np.asarray(found, np.float64), np.asarray(inlier).ravel() == 1


def _plausible(affine: Floats, size: tuple[int, int]) -> bool:
    zoom = float(np.hypot(affine[0, 0], affine[1, 0]))
    turn_deg = abs(np.degrees(np.arctan2(affine[1, 0], affine[0, 0])))
    centre = np.array([size[0] / 2, size[1] / 2, 1.0])
    shift = float(np.hypot(*(affine @ centre - centre[:2])))
    return ZOOMS[0] <= zoom <= ZOOMS[1] and turn_deg <= MOST_TURN_DEG and shift <= MOST_SHIFT * max(size)


def _error_px(affine: Floats, before: Points, after: Points, size: tuple[int, int]) -> float:
    """Standard error, per axis, of a similarity fitted by least squares, in the worst corner of the picture.

    With n points of residual variance s2 around their centre, and S the sum of their squared distances from it, the
    variance at distance d from the centre is s2 (1 / n + d^2 / S).
    """
    residual = before @ affine[:, :2].T + affine[:, 2] - after
    variance = float((residual**2).sum()) / (2 * len(before) - 4)
    centre = before.mean(axis=0)
    spread = float(((before - centre) ** 2).sum())
    farthest = max((x - centre[0]) ** 2 + (y - centre[1]) ** 2 for x in (0, size[0]) for y in (0, size[1]))
    return float(np.sqrt(variance * (1 / len(before) + farthest / spread)))


def _still(finding: Finding, inliers: int = 0) -> Motion:
    return _motion(np.eye(2, 3), finding, inliers)


def _motion(affine: Floats, finding: Finding, inliers: int, error_px: float = 0.0) -> Motion:
    affine.setflags(write=False)
    return Motion(affine, finding, inliers, error_px)
