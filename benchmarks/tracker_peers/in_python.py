"""Trackers in Python, and BoxMOT, which has one in C++ behind the same calls."""

from dataclasses import dataclass
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.tracker_peers.adapter import BIRTH, LOST, LOW, MATCH, TRACK, Adapter, Prepare, Update, scored


def authors() -> Adapter:
    """The authors' code as one package of it carries it."""
    from cjm_byte_track.core import BYTETracker

    def start() -> tuple[Prepare, Update]:
        tracker = BYTETracker(track_thresh=TRACK, track_buffer=LOST, match_thresh=MATCH, frame_rate=30)
        # Sizes of image and network input, whose ratio the boxes are scaled by: 1.
        return scored, lambda rows: tracker.update(rows, (1080, 1920), (1080, 1920))

    return Adapter(version("cjm-byte-track"), start, lambda tracks: [track.track_id for track in tracks])


def supervision() -> Adapter:
    """`ByteTrack` of supervision, before it left."""
    import supervision as sv

    def start() -> tuple[Prepare, Update]:
        tracker = sv.ByteTrack(
            track_activation_threshold=TRACK, lost_track_buffer=LOST, minimum_matching_threshold=MATCH, frame_rate=30
        )
        return _supervised(sv.Detections), tracker.update_with_detections

    return Adapter(version("supervision"), start, lambda tracks: tracks.tracker_id.tolist())


def trackers() -> Adapter:
    """`ByteTrackTracker` of trackers."""
    import supervision as sv
    from trackers import ByteTrackTracker

    def start() -> tuple[Prepare, Update]:
        tracker = ByteTrackTracker(
            lost_track_buffer=LOST, frame_rate=30.0, track_activation_threshold=BIRTH, minimum_consecutive_frames=2,
            minimum_iou_threshold=1.0 - MATCH, high_conf_det_threshold=TRACK,
        )  # fmt: skip
        return _supervised(sv.Detections), tracker.update

    return Adapter(version("trackers"), start, lambda tracks: [i for i in tracks.tracker_id.tolist() if i >= 0])


def ultralytics() -> Adapter:
    """`BYTETracker` of Ultralytics, fed without a model."""
    from ultralytics.trackers.byte_tracker import BYTETracker

    options = SimpleNamespace(
        track_high_thresh=TRACK, track_low_thresh=LOW, new_track_thresh=BIRTH, track_buffer=LOST, match_thresh=MATCH,
        fuse_score=True,
    )  # fmt: skip

    def start() -> tuple[Prepare, Update]:
        return _Boxes.of, BYTETracker(options).update

    return Adapter(version("ultralytics"), start, lambda tracks: tracks[:, 4].astype(int).tolist())


def boxmot(backend: str) -> Adapter:
    """ByteTrack of BoxMOT, by its Python or by its C++."""
    from boxmot import create_tracker
    from boxmot.trackers import TrackerSpec

    options = (("match_thresh", MATCH), ("min_conf", LOW), ("track_buffer", LOST), ("track_thresh", TRACK))
    spec = TrackerSpec(name="bytetrack", backend=backend, geometry="aabb", options=options)

    def start() -> tuple[Prepare, Update]:
        return lambda *columns: np.column_stack(columns), create_tracker(spec).update

    return Adapter(version("boxmot"), start, lambda tracks: tracks[:, 4].astype(int).tolist())


def norfair() -> Adapter:
    """`Tracker` of norfair, which is no ByteTrack: one stage, by overlap."""
    from norfair import Detection, Tracker

    def prepare(xyxy: Any, score: Any, class_id: Any) -> Any:
        corners = xyxy.reshape(-1, 2, 2)
        return [Detection(points, scores=np.full(2, sure)) for points, sure in zip(corners, score, strict=True)]

    def start() -> tuple[Prepare, Update]:
        tracker = Tracker("iou", MATCH, hit_counter_max=LOST, initialization_delay=1, detection_threshold=TRACK)
        return prepare, tracker.update

    return Adapter(version("norfair"), start, lambda tracks: [track.id for track in tracks])


def _supervised(detections: Any) -> Prepare:
    return lambda xyxy, score, class_id: detections(xyxy=xyxy, confidence=score, class_id=class_id)


@dataclass(frozen=True, slots=True)
class _Boxes:
    """What Ultralytics' tracker reads of a result: centres with sizes, scores and classes, which it selects rows of."""

    xywh: Any
    conf: Any
    cls: Any

    @classmethod
    def of(cls, xyxy: Any, score: Any, class_id: Any) -> "_Boxes":
        size = xyxy[:, 2:] - xyxy[:, :2]
        return cls(np.hstack((xyxy[:, :2] + size / 2.0, size)), score, class_id)

    def __len__(self) -> int:
        return len(self.conf)

    def __getitem__(self, rows: Any) -> "_Boxes":
        return _Boxes(self.xywh[rows], self.conf[rows], self.cls[rows])
