"""Scenes that the tracker's tests play, and how what came out is read and compared."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numba
import numpy as np

from tracker import ByteTrackConfig, ByteTracker, Detections, Outcome, Tracks
from tracker.table import Records

REPOSITORY = Path(__file__).resolve().parents[2]

Row = tuple[float, float, float]

NOTHING = Detections.empty()

COMPILED = not numba.config.DISABLE_JIT


def examples(count: int) -> int:
    """How many examples hypothesis tries: a third without the compiler, where a frame takes a hundred times longer."""
    return count if COMPILED else max(5, count // 3)


def found(*rows: Row, class_id: int = 0, width: float = 40.0, height: float = 100.0) -> Detections:
    """Boxes of one size: (left, top, score) each."""
    xyxy = [(x, y, x + width, y + height) for x, y, _ in rows]
    return Detections(
        xyxy=np.array(xyxy), score=np.array([s for _, _, s in rows]), class_id=np.full(len(rows), class_id)
    )


def ids(tracks: Tracks) -> list[int]:
    return tracks.track_id.tolist()


def outcomes(tracks: Tracks) -> list[Outcome]:
    return [Outcome(code) for code in tracks.outcome.tolist()]


def skip(tracker: ByteTracker, frames: int) -> None:
    for _ in range(frames):
        assert len(tracker.update(NOTHING)) == 0


def everything(tracker: ByteTracker) -> bytes:
    return tracker.snapshot().to_bytes()


def crowd(seed: int, frames: int, count: int = 10, pace: float = 5.0, side: float = 400.0) -> list[Detections]:
    """Boxes that jostle each other on random walks, with misses, low scores and classes; no two costs are equal."""
    random = np.random.default_rng(seed)
    corner, out = random.uniform(0, side, (count, 2)), []
    for _ in range(frames):
        corner = corner + random.normal(0, pace, (count, 2))
        seen = random.random(count) > 0.2
        xyxy = np.concatenate([corner, corner + random.uniform([35, 90], [45, 110], (count, 2))], axis=1)[seen]
        score, class_id = random.uniform(0.05, 1, count)[seen], random.integers(0, 80, count)[seen]
        out.append(Detections(xyxy=xyxy, score=score, class_id=class_id))
    return out


def tracked(frames: Sequence[Detections], config: ByteTrackConfig | None = None) -> ByteTracker:
    tracker = ByteTracker(config)
    for frame in frames:
        tracker.update(frame)
    return tracker


def assert_identical(one: Tracks, other: Tracks) -> None:
    """The same to the last bit, column by column."""
    for name in Tracks.__slots__:
        same_bits(getattr(one, name), getattr(other, name), name)


def assert_same_table(one: Records, other: Records) -> None:
    """The same to the last bit, field by field: what lies between the fields means nothing."""
    for name in one.dtype.names or ():
        same_bits(one[name], other[name], name)


def same_bits(one: Any, other: Any, name: str = "") -> None:
    np.testing.assert_array_equal(one, other, err_msg=name)
    assert np.asarray(one).tobytes() == np.asarray(other).tobytes(), f"{name} differs in the sign of a zero"
