"""Multi-object tracking by ByteTrack: detections in, boxes with identities that last out.

Numbers only: no pixels, no models, no network, no clock, no threads. Needs NumPy and numba.

    tracker = ByteTracker(ByteTrackConfig(frame_rate=25))
    tracks = tracker.update(Detections(xyxy=xyxy, score=score, class_id=class_id), pts=0.04)
"""

from tracker.bytetrack import ByteTracker
from tracker.config import ByteTrackConfig
from tracker.errors import DetectionsError, MotFormatError, MotionError, OutOfOrderError, StateError, TrackerError
from tracker.interpolation import fill_gaps
from tracker.motfile import MotRows, MotWriter, read_mot
from tracker.state import TrackerState
from tracker.types import Detections, Outcome, Tracks

__all__ = [
    "ByteTrackConfig",
    "ByteTracker",
    "Detections",
    "DetectionsError",
    "MotFormatError",
    "MotRows",
    "MotWriter",
    "MotionError",
    "OutOfOrderError",
    "Outcome",
    "StateError",
    "TrackerError",
    "TrackerState",
    "Tracks",
    "fill_gaps",
    "read_mot",
]
