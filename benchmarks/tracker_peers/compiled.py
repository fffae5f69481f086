"""Trackers in Rust and C++ that PyPI has as wheels."""

from importlib.metadata import version
from typing import Any

import numpy as np

from benchmarks.tracker_peers.adapter import BIRTH, LOST, LOW, MATCH, TRACK, Adapter, Prepare, Update, scored


def trackforge() -> Adapter:
    """`BYTETRACK` of trackforge, which takes lists."""
    from trackforge import BYTETRACK

    def prepare(xyxy: Any, score: Any, class_id: Any) -> Any:
        tlwh = np.hstack((xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2]))
        return list(zip(tlwh.tolist(), score.tolist(), class_id.tolist(), strict=True))

    def start() -> tuple[Prepare, Update]:
        return prepare, BYTETRACK(TRACK, LOST, MATCH, BIRTH).update

    return Adapter(version("trackforge"), start, lambda tracks: [track[0] for track in tracks])


def ioutrack() -> Adapter:
    """`ByteTrack` of ioutrack."""
    from ioutrack import ByteTrack

    def start() -> tuple[Prepare, Update]:
        tracker = ByteTrack(
            max_age=LOST, min_hits=2, iou_threshold=1.0 - MATCH, init_tracker_min_score=BIRTH,
            high_score_threshold=TRACK, low_score_threshold=LOW,
        )  # fmt: skip
        return scored, lambda rows: tracker.update(rows, return_all=False)

    return Adapter(version("ioutrack-rs"), start, lambda tracks: tracks[:, 4].astype(int).tolist())


def edgefirst() -> Adapter:
    """`ByteTrack` of edgefirst-tracker, which goes by time."""
    from edgefirst.tracker import ByteTrack

    def prepare(xyxy: Any, score: Any, class_id: Any) -> Any:
        return xyxy.astype(np.float32), score.astype(np.float32), class_id.astype(np.uintp)

    def start() -> tuple[Prepare, Update]:
        tracker = ByteTrack(high_conf=TRACK, iou=1.0 - MATCH, lifespan_ns=LOST * 10**9 // 30)
        clock = iter(range(0, 10**15, 10**9 // 30))
        return prepare, lambda columns: tracker.update(*columns, next(clock))

    return Adapter(version("edgefirst-tracker"), start, lambda tracks: [t.uuid for t in tracks if t is not None])


def visiontrack() -> Adapter:
    """`ByteTracker` of visiontrack-cpp."""
    from visiontrack_cpp import ByteTracker, TrackerConfig

    def start() -> tuple[Prepare, Update]:
        config = TrackerConfig(
            high_score_thresh=TRACK, low_score_thresh=LOW, match_iou_thresh=1.0 - MATCH, new_track_thresh=BIRTH,
            n_init=2, max_age=LOST,
        )  # fmt: skip
        tracker = ByteTracker(config)
        return lambda *columns: columns, lambda columns: tracker.update(*columns)

    return Adapter(version("visiontrack-cpp"), start, lambda tracks: tracks[0].tolist())
