"""Rows for the frames in which a track was not seen: on the line between its neighbours, or on a smoothed path.

For finished tracks only: a gap is known once the track is back.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from tracker.motfile import MotRows
from tracker.types import Floats, Ints

Method = Literal["linear", "gaussian"]

METHODS: tuple[Method, ...] = get_args(Method)

MAX_GAP = 20
"""How far apart two rows of a track may be, in frames, for the frames between them to be filled. ByteTrack's value."""

FILLED_VISIBILITY = 0.0
"""The visibility of a row that was filled in: no detection saw it."""

TAU = 10.0
"""How smooth a path is. StrongSORT's value."""

NOISE = 1e-4
"""Variance of a box's jitter over that of a track's way around its line: 1 px to 100 px. The paper names no value. It
counts for little: the shortest period that passes moves with the square root of its logarithm."""

WINDOW = 500
"""Longer paths are smoothed in windows of this many frames, each as if it were a path, so that the cost grows linearly.
The length scale of the paper shrinks to zero at TAU ** 3 = 1000 frames; here it stays at that of a window."""

MARGIN = 50
"""Frames at the inner ends of a window that are left to its neighbour: seven length scales at 500 frames."""


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """The R rows that tracks lack, by track and frame.

    Attributes:
        frame: (R,) int64.
        before: (R,) int64, the row of the same track before the gap, as an index into the rows that were searched.
        after: (R,) int64, the one after it.
        share: (R,) float64 in (0, 1), how much of the way from `before` to `after` has passed.
    """

    frame: Ints
    before: Ints
    after: Ints
    share: Floats

    def __len__(self) -> int:
        return len(self.frame)

    def between(self, values: Floats) -> Floats:
        """What `values`, (K,) or (K, C) by row, are in the gaps if they change evenly; (R,) or (R, C)."""
        first = values[self.before]
        share = self.share.reshape(-1, *[1] * (values.ndim - 1))
        line: Floats = first + (values[self.after] - first) * share
        return line


def find_gaps(frame: Ints, track_id: Ints, max_gap: int = MAX_GAP) -> Gaps:
    """The frames that each track lacks between two of its rows that are at most `max_gap` frames apart.

    Rows may stand in any order; those with a negative id belong to no track.

    Raises:
        ValueError: `max_gap` is below 1, or a track has two rows in one frame.
    """
    if max_gap < 1:
        raise ValueError(f"max_gap is {max_gap}: it must be at least 1, the distance of rows without a gap")
    order = np.lexsort((frame, track_id))
    step = _steps(frame[order], track_id[order])
    if not step.all():
        twice = order[int(np.argmax(step == 0))]
        raise ValueError(f"track {track_id[twice]} has two rows in frame {frame[twice]}: one is needed")
    at = np.flatnonzero((step > 1) & (step <= max_gap))
    lengths = step[at]
    missing = lengths - 1
    passed = np.arange(1, missing.sum() + 1) - np.repeat(missing.cumsum() - missing, missing)
    before = np.repeat(order[at], missing)
    share = passed / np.repeat(lengths, missing)
    return Gaps(frame[before] + passed, before, np.repeat(order[at + 1], missing), share)


def fill_gaps(rows: MotRows, method: Method = "linear", max_gap: int = MAX_GAP) -> MotRows:
    """The rows of finished tracks and, between rows at most `max_gap` frames apart, a row for every frame.

    A filled row has the id and class of the row before the gap, a score on the line between the scores on both sides,
    and `FILLED_VISIBILITY`, which tells it from tracker output (-1). It stands behind the rows that its frame had;
    several filled rows of a frame are ordered by id. Rows with a negative id are left alone.

    `linear` puts the box on the line too and leaves every row that was there as it was. Source: Y. Zhang et al.,
    "ByteTrack: Multi-Object Tracking by Associating Every Detection Box", ECCV 2022, section on tracklet interpolation.
    `gaussian` then smooths every box, also those that were there: see `smoothed`.

    Raises:
        ValueError: `method` is neither, `max_gap` is below 1, or a track has two rows in one frame.
    """
    if method not in METHODS:
        raise ValueError(f"method is {method!r}: it must be one of {', '.join(METHODS)}")
    gaps = find_gaps(rows.frame, rows.track_id, max_gap)
    frame = np.concatenate([rows.frame, gaps.frame])
    track_id = np.concatenate([rows.track_id, rows.track_id[gaps.before]])
    xyxy = np.concatenate([rows.xyxy, gaps.between(rows.xyxy)])
    if method == "gaussian":
        xyxy = smoothed(frame, track_id, xyxy)
    order = np.argsort(frame, kind="stable")
    return MotRows(
        frame[order],
        track_id[order],
        xyxy[order],
        np.concatenate([rows.score, gaps.between(rows.score)])[order],
        np.concatenate([rows.class_id, rows.class_id[gaps.before]])[order],
        np.concatenate([rows.visibility, np.full(len(gaps), FILLED_VISIBILITY)])[order],
    )


def smoothed(frame: Ints, track_id: Ints, xyxy: Floats) -> Floats:
    """The boxes of tracks on smooth paths: (K, 4) corners by row, in the order of the rows.

    A path is a run of frames of one track without a gap. Each coordinate of it is the posterior mean of a Gaussian
    process in time: a line, fitted to the path, and around it a kernel exp(-dt^2 / (2 l^2)) with the length scale
    l = TAU log(TAU^3 / n) for n frames, seen through noise of variance `NOISE`. No side of a box becomes shorter than
    it is at its shortest on the unsmoothed path. Rows with a negative id are left alone.

    Source: Y. Du et al., "StrongSORT: Make DeepSORT Great Again", IEEE Transactions on Multimedia 2023, section III-F.
    The fitted line is ours: with the paper's mean of zero the result would depend on where the origin lies.
    """
    order = np.lexsort((frame, track_id))
    order = order[track_id[order] >= 0]
    cuts = np.flatnonzero(_steps(frame[order], track_id[order]) != 1) + 1
    starts = np.concatenate([[0], cuts])[: len(order)]
    lengths = np.diff(starts, append=len(order))
    paths, result = xyxy[order], xyxy.copy()
    smooth = _smooth_paths(paths, starts, lengths)
    result[order] = _with_sides(smooth, paths, starts, lengths)
    return result


def _steps(frame: Ints, track_id: Ints) -> Ints:
    """(K - 1,) frames from each row to the next of the same track, -1 where the next belongs to another or to none."""
    same = (track_id[1:] == track_id[:-1]) & (track_id[1:] >= 0)
    return np.where(same, frame[1:] - frame[:-1], -1)


def _smooth_paths(paths: Floats, starts: Ints, lengths: Ints) -> Floats:
    """Each run of rows smoothed; runs of one length share the solution of their equations."""
    result = paths.copy()
    start, length, skipped = _windows(starts, lengths)
    for size in np.unique(length[length > 2]).tolist():  # two points are on their line
        chosen = np.flatnonzero(length == size)
        parts = _posterior(paths[start[chosen, None] + np.arange(size)])
        for window, part in zip(chosen.tolist(), parts, strict=True):
            result[start[window] + skipped[window] : start[window] + size] = part[skipped[window] :]
    return result


def _windows(starts: Ints, lengths: Ints) -> tuple[Ints, Ints, Ints]:
    """First row, length and rows to skip of every window, in the order in which later ones replace earlier ones."""
    windows = []
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        inner = range(start, start + length - WINDOW, WINDOW - 2 * MARGIN)
        windows += [(first, WINDOW, MARGIN if first > start else 0) for first in inner]
        size = min(length, WINDOW)
        windows.append((start + length - size, size, MARGIN if inner else 0))
    table = np.array(windows, np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _posterior(paths: Floats) -> Floats:
    """(S, n, 4) the posterior means of S paths of n frames."""
    size = paths.shape[1]
    time = np.arange(size) - (size - 1) / 2
    slope = np.einsum("n,snc->sc", time, paths) / (time @ time)
    line = paths.mean(axis=1, keepdims=True) + time[:, None] * slope[:, None]
    scale = TAU * np.log(TAU**3 / size)
    kernel = np.exp(-0.5 * ((time[:, None] - time) / scale) ** 2)
    columns = (paths - line).transpose(1, 0, 2).reshape(size, -1)
    around = kernel @ np.linalg.solve(kernel + NOISE * np.eye(size), columns)
    posterior: Floats = line + around.reshape(size, len(paths), 4).transpose(1, 0, 2)
    return posterior


def _with_sides(smooth: Floats, paths: Floats, starts: Ints, lengths: Ints) -> Floats:
    """Boxes whose sides are not shorter than the shortest of their path, about the same centres."""
    if not len(paths):
        return smooth
    least = np.repeat(np.minimum.reduceat(paths[:, 2:] - paths[:, :2], starts), lengths, axis=0)
    sides = np.maximum(smooth[:, 2:] - smooth[:, :2], least)
    centres = (smooth[:, :2] + smooth[:, 2:]) / 2
    return np.concatenate([centres - sides / 2, centres + sides / 2], axis=1)
