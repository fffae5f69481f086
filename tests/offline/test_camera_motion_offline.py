"""Tracking a recording of a moving camera."""

from collections.abc import Iterator
from threading import Event

import numpy as np
import pytest

from app.offline import Plan, Summary, TrackedFrame, track_source
from app.rules import Rules
from app.sources import SourceFrame
from models import Finding
from tests.engine.panned import HEIGHT, WIDTH, panned
from tests.engine.scripted import ScriptedDetector
from tracker import ByteTrackConfig, ByteTracker, Detections


class PannedSource:
    """One frame for each pan."""

    name, frame_rate, frame_count = "panned", 10.0, None
    width, height = WIDTH, HEIGHT

    def __init__(self, pans: list[int]) -> None:
        self._pans = pans

    def __iter__(self) -> Iterator[SourceFrame]:
        for index, pan in enumerate(self._pans):
            image = panned(pan).image
            assert image is not None
            yield SourceFrame(index + 1, index / self.frame_rate, image, WIDTH, HEIGHT)

    def close(self) -> None: ...


def run(pans: list[int], plan: Plan, detector: ScriptedDetector | None = None) -> tuple[list[TrackedFrame], Summary]:
    frames: list[TrackedFrame] = []
    tracker = ByteTracker(ByteTrackConfig(frame_rate=10.0))
    summary = track_source(
        PannedSource(pans), detector or ScriptedDetector(), tracker, [], plan, stop=Event(),
        on_frame=lambda frame, summary: frames.append(frame),
    )  # fmt: skip
    return frames, summary


def tracked(pans: list[int], plan: Plan, detector: ScriptedDetector | None = None) -> list[TrackedFrame]:
    return run(pans, plan, detector)[0]


def summed(pans: list[int], plan: Plan) -> Summary:
    return run(pans, plan)[1]


@pytest.mark.parametrize(("callers", "batch"), [(1, 1), (3, 1), (2, 4)])
def test_a_thing_keeps_its_id_while_the_camera_pans(callers, batch) -> None:
    frames = tracked([0, 60, 120, 180, 240], Plan(camera_motion=True, callers=callers, batch=batch))
    assert [frame.tracks.track_id.tolist() for frame in frames] == [[1]] * 5
    assert [frame.camera for frame in frames] == [Finding.FIRST] + [Finding.MEASURED] * 4
    assert all(0 < frame.timing.motion <= frame.timing.total for frame in frames)


def test_without_it_the_thing_is_lost_and_no_time_is_told() -> None:
    frames = tracked([0, 60, 120, 180, 240], Plan())
    assert [frame.tracks.track_id.tolist() for frame in frames][:2] == [[1], []]
    assert [frame.timing.stages().keys() for frame in frames] == [{"decode", "queue", "detect", "track", "total"}] * 5


def test_with_a_stride_the_motion_is_that_since_the_last_frame_taken() -> None:
    frames = tracked(list(range(0, 240, 20)), Plan(camera_motion=True, every=3))
    assert [frame.tracks.track_id.tolist() for frame in frames] == [[1]] * 4


class WallDetector(ScriptedDetector):
    """Finds, beside the thing, a car as large as the picture."""

    def detect(self, images, sizes=None, abort=None):
        wall = Detections(np.array([[0.0, 0.0, WIDTH, HEIGHT]]), np.array([0.9]), np.array([1]))
        return [
            Detections(
                *(np.concatenate((getattr(one, name), getattr(wall, name))) for name in ("xyxy", "score", "class_id"))
            )
            for one in super().detect(images, sizes)
        ]


@pytest.mark.parametrize(("classes", "finding"), [(frozenset({0}), Finding.MEASURED), (None, Finding.FEATURELESS)])
def test_only_boxes_of_classes_that_are_kept_are_looked_past(classes, finding) -> None:
    frames = tracked([0, 20, 40], Plan(camera_motion=True, rules=Rules(classes=classes)), WallDetector())
    assert [frame.camera for frame in frames] == [Finding.FIRST, finding, finding]


def test_the_summary_counts_what_was_found() -> None:
    summary = summed([0, 20, 40, 240], Plan(camera_motion=True))
    assert summary.camera == {Finding.FIRST: 1, Finding.MEASURED: 2, Finding.LOST: 1}
    assert summed([0, 20], Plan()).camera == {}
