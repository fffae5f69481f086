"""Turned boxes on their way to whoever reads them."""

import math

import msgspec
import numpy as np

from app.answers import detection_rows, tracks_message
from app.offline.gap_filling import GapFilling
from app.offline.jsonl_sink import JsonLinesSink
from app.offline.sink import TrackedFrame
from app.sources import SourceFrame
from app.turned import turned_by_track
from app.wire import Timing
from tracker import ByteTracker, Detections

LABELS = ("ship",)
TIMING = Timing(0.0, 0.0, 0.0, 0.0, 0.0)


def at(x: float, angle: float = 0.5) -> Detections:
    """One ship, 100 x 20 pixels; its upright frame."""
    half = np.array([50 * math.cos(angle) + 10 * math.sin(angle), 50 * math.sin(angle) + 10 * math.cos(angle)])
    centre = np.array([x, 200.0])
    oriented = np.array([[x, 200.0, 100.0, 20.0, angle]])
    return Detections(np.concatenate([centre - half, centre + half])[None], np.array([0.9]), np.array([0]), oriented)


def said(detections: Detections, tracks) -> dict:
    message = tracks_message(
        stream="s", epoch=1, seq=1, capture_ts=None, size=(640, 480), tracks=tracks, labels=LABELS, timing=TIMING,
        detections=detections,
    )  # fmt: skip
    return msgspec.json.decode(msgspec.json.encode(message))


def test_a_track_and_its_detection_tell_the_turned_box():
    tracker = ByteTracker()
    tracker.update(at(300.0))
    seen = at(304.123456)
    tracks = tracker.update(seen)
    [row] = said(seen, tracks)["tracks"]
    assert row["oriented"] == [304.12, 200.0, 100.0, 20.0, 0.5]
    [detection] = msgspec.json.decode(msgspec.json.encode(detection_rows(seen, tracks, LABELS)))
    assert detection["oriented"] == row["oriented"]
    assert turned_by_track(seen, tracks)[1].tolist() == seen.oriented[0].tolist()


def test_without_turned_boxes_nobody_hears_of_them():
    tracker = ByteTracker()
    seen = Detections(at(300.0).xyxy, np.array([0.9]), np.array([0]))
    tracks = tracker.update(seen)
    assert "oriented" not in said(seen, tracks)["tracks"][0]
    assert "oriented" not in msgspec.json.decode(msgspec.json.encode(detection_rows(seen, tracks, LABELS)))[0]
    assert turned_by_track(seen, tracks) == {}


def test_a_track_without_a_detection_has_no_turned_box():
    tracker = ByteTracker()
    for _ in range(3):
        tracker.update(at(300.0))
    [row] = said(Detections.empty(), tracker.predicted())["tracks"]
    assert row["detection_index"] == -1
    assert "oriented" not in row


def test_lines_of_a_file_have_them_also_where_gaps_are_filled(tmp_path):
    tracker, path = ByteTracker(), tmp_path / "out.jsonl"
    sink = GapFilling([JsonLinesSink(str(path), "s", LABELS)], "linear")
    for seq in range(1, 7):
        detections = Detections.empty() if seq == 4 else at(300.0 + seq)
        tracks = tracker.update(detections)
        frame = SourceFrame(seq, seq / 30, np.zeros((480, 640, 3), np.uint8), 640, 480)
        sink.write(TrackedFrame(frame, detections, tracks, TIMING))
    sink.close()
    rows = [msgspec.json.decode(line)["tracks"][0] for line in path.read_bytes().splitlines()]
    assert ["oriented" in row for row in rows] == [True, True, True, False, True, True]
    assert rows[3]["interpolated"] is True
