"""Offline runs that look at a part of the pictures, at tiles, or at every k-th frame."""

import threading

import numpy as np
import pytest

from app.offline import Plan, TrackedFrame, track_source
from app.offline.gap_filling import GapFilling
from app.offline.trace_sink import TraceSink
from app.rules import Rules
from app.sources import SourceError
from models.region import Region
from models.tiling import Tiling
from models.viewing import Sight
from tracker import ByteTrackConfig, ByteTracker
from tracker.explain import ExplainingTracker


class ListSink:
    target = "list"

    def __init__(self) -> None:
        self.frames: list[TrackedFrame] = []

    def write(self, tracked: TrackedFrame) -> None:
        self.frames.append(tracked)

    def close(self) -> None: ...


class Counting:
    """Counts the pictures that a detector is shown."""

    def __init__(self, detector) -> None:
        self._detector = detector
        self.info = detector.info
        self.input_size_for = detector.input_size_for
        self.close = detector.close
        self.shown = 0

    def detect(self, images, sizes=None, abort=None):
        self.shown += len(images)
        return self._detector.detect(images, sizes, abort)


def tracked(source, detector, plan: Plan, tracker: ByteTracker | None = None, *between) -> list[TrackedFrame]:
    sink = ListSink()
    tracker = tracker or ByteTracker(ByteTrackConfig(frame_rate=10.0))
    track_source(source, detector, tracker, [sink, *between], plan, stop=threading.Event())
    return sink.frames


@pytest.mark.parametrize(("callers", "batch"), [(1, 1), (2, 4), (3, 1)])
@pytest.mark.parametrize("every", [2, 3, 5])
def test_only_every_kth_frame_is_shown_to_the_detector_and_every_frame_has_its_track(
    drawn, blocks, callers, batch, every
):
    detector = Counting(blocks())
    frames = tracked(drawn(20), detector, Plan(detect_every=every, callers=callers, batch=batch))
    assert detector.shown == -(-20 // every)
    assert [frame.frame.seq for frame in frames] == list(range(1, 21))
    assert [frame.predicted for frame in frames] == [bool(index % every) for index in range(20)]
    assert all(frame.tracks.track_id.tolist() == [1] for frame in frames)


def test_a_predicted_box_lies_where_the_object_has_gone(drawn, blocks):
    frames = tracked(drawn(40), blocks(), Plan(detect_every=2))
    left = np.array([frame.tracks.xyxy[0, 0] for frame in frames])
    truth = 5 + 2 * (np.arange(40) + 1)
    assert np.abs(left - truth)[20:].max() < 1.0


def test_filling_gaps_looks_at_both_sides_instead_of_ahead(drawn, blocks):
    sink = ListSink()
    filling = GapFilling([sink], "linear")
    plan = Plan(detect_every=4)
    tracker = ByteTracker(ByteTrackConfig(frame_rate=10.0, emit="detection"))
    track_source(drawn(13), blocks(), tracker, [filling], plan, stop=threading.Event())
    assert [frame.predicted for frame in sink.frames] == [False] * 13
    assert [sorted(frame.filled) for frame in sink.frames] == [[1] if index % 4 else [] for index in range(13)]
    left = [frame.tracks.xyxy[0, 0] for frame in sink.frames]
    assert left == pytest.approx([5 + 2 * seq for seq in range(1, 14)])


def test_a_trace_tells_of_the_frames_that_were_looked_at(drawn, blocks, tmp_path):
    path = tmp_path / "trace.jsonl"
    tracked(
        drawn(9),
        blocks(),
        Plan(detect_every=3),
        ExplainingTracker(ByteTrackConfig(frame_rate=10.0)),
        TraceSink(str(path), ("block",)),
    )
    assert [line.split(b",")[0] for line in path.read_bytes().splitlines()] == [b'{"seq":1', b'{"seq":4', b'{"seq":7']


def test_what_lies_outside_the_region_is_not_tracked(drawn, blocks):
    region = Region(points=((0, 0), (60, 0), (60, 120), (0, 120)))
    plan = Plan(sight=Sight(region=region), rules=Rules(region=region))
    counts = [len(frame.tracks) for frame in tracked(drawn(40), blocks(), plan)]
    assert counts[:15] == [1] * 15
    assert counts[-5:] == [0] * 5


def test_tiles_change_nothing_where_the_whole_shows_everything(drawn, blocks):
    plain = tracked(drawn(12), blocks(), Plan())
    tiled = tracked(drawn(12), blocks(), Plan(sight=Sight(tiling=Tiling(tiles=(2, 1)))))
    assert [frame.tracks.xyxy.tolist() for frame in tiled] == [frame.tracks.xyxy.tolist() for frame in plain]


def test_a_picture_that_cannot_be_looked_at_is_named(drawn, blocks):
    region = Region(points=((500, 0), (600, 0), (600, 120)))
    with pytest.raises(SourceError, match=r"frame 1: the region .* is not inside the picture of 160 x 120"):
        tracked(drawn(3), blocks(), Plan(sight=Sight(region=region)))
