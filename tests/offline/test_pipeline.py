import threading
from pathlib import Path

import msgspec
import numpy as np
import pytest

from app.offline import OutputError, Plan, Summary, TrackedFrame, track_source
from app.offline.jsonl_sink import JsonLinesSink
from app.offline.mot_sink import MotSink
from app.rules import Rules
from app.sources import SourceError, SourceFrame
from app.wire import Timing, TracksMessage
from models import DetectionFailed
from tracker import ByteTrackConfig, ByteTracker, Detections, read_mot


class ListSink:
    """Keeps what it is given; `fails_at` is the number of frames after which writing raises."""

    target = "list"

    def __init__(self, fails_at: int | None = None) -> None:
        self.frames: list[TrackedFrame] = []
        self.closed = 0
        self._fails_at = fails_at

    def write(self, tracked: TrackedFrame) -> None:
        if len(self.frames) == self._fails_at:
            raise OutputError("cannot write list: no space left on device")
        self.frames.append(tracked)

    def close(self) -> None:
        self.closed += 1


def tracker() -> ByteTracker:
    return ByteTracker(ByteTrackConfig(frame_rate=10.0))


@pytest.mark.parametrize(("callers", "batch"), [(1, 1), (3, 1), (2, 4)])
def test_every_frame_is_tracked_once_and_in_order_however_many_are_detected_at_once(
    drawn, blocks, callers, batch
) -> None:
    """With several callers the first call waits for the second, so that they really finish out of order."""
    second_began = threading.Event()
    calls = iter(range(1000))

    def before() -> None:
        if callers > 1 and next(calls) == 0:
            assert second_began.wait(timeout=30)
        else:
            second_began.set()

    sink = ListSink()
    plan = Plan(callers=callers, batch=batch)
    summary = track_source(drawn(21), blocks(before), tracker(), [sink], plan, stop=threading.Event())
    assert [tracked.frame.seq for tracked in sink.frames] == list(range(1, 22))
    assert (summary.frames, summary.ids, summary.boxes) == (21, 1, 21)
    assert all(tracked.tracks.track_id.tolist() == [1] for tracked in sink.frames)


def test_a_limit_and_a_stride_choose_the_frames(drawn, blocks) -> None:
    sink = ListSink()
    source = drawn(None)
    track_source(source, blocks(), tracker(), [sink], Plan(frames=4, every=3), stop=threading.Event())
    assert [tracked.frame.seq for tracked in sink.frames] == [1, 4, 7, 10]
    assert source.closed


def test_reading_stays_only_a_few_frames_ahead(drawn, blocks) -> None:
    source = drawn(None)
    seen = []

    def note(tracked: TrackedFrame, summary: Summary) -> None:
        seen.append(source.given - tracked.frame.seq)

    track_source(source, blocks(), tracker(), [], Plan(frames=40), stop=threading.Event(), on_frame=note)
    assert max(seen) <= 8


def test_a_stop_finishes_what_was_begun_and_closes_everything(drawn, blocks) -> None:
    source, sink, stop = drawn(None), ListSink(), threading.Event()

    def after_five(tracked: TrackedFrame, summary: Summary) -> None:
        if summary.frames == 5:
            stop.set()

    summary = track_source(source, blocks(), tracker(), [sink], Plan(), stop=stop, on_frame=after_five)
    assert 5 <= summary.frames <= 8
    assert len(sink.frames) == summary.frames
    assert (sink.closed, source.closed) == (1, True)


@pytest.mark.parametrize("batch", [1, 4])
def test_a_source_that_breaks_off_leaves_complete_rows_up_to_there(drawn, blocks, tmp_path: Path, batch) -> None:
    mot, lines = tmp_path / "rows.txt", tmp_path / "rows.jsonl"
    sinks = [MotSink(str(mot)), JsonLinesSink(str(lines), "cam", ("block",))]
    source = drawn(6, failure=SourceError("the camera went away"))
    with pytest.raises(SourceError, match="went away"):
        track_source(source, blocks(), tracker(), sinks, Plan(batch=batch), stop=threading.Event())
    assert read_mot(mot).frame.tolist() == [1, 2, 3, 4, 5, 6]
    messages = [msgspec.json.decode(line, type=TracksMessage) for line in lines.read_bytes().splitlines()]
    assert [message.seq for message in messages] == [1, 2, 3, 4, 5, 6]
    assert messages[3].stream == "cam"
    assert messages[3].capture_ts == pytest.approx(0.3)
    assert (messages[3].width, messages[3].height) == (160, 120)
    assert messages[3].tracks[0].uid == "cam/1/1"
    assert messages[3].tracks[0].class_name == "block"


def test_a_detector_that_fails_ends_the_run_and_closes_everything(drawn, blocks) -> None:
    def fail() -> None:
        raise DetectionFailed("out of memory")

    source, sink = drawn(None), ListSink()
    with pytest.raises(DetectionFailed, match="out of memory"):
        track_source(source, blocks(fail), tracker(), [sink], Plan(callers=2), stop=threading.Event())
    assert (sink.closed, source.closed) == (1, True)


@pytest.mark.parametrize("fails_at", [0, 3])
def test_an_output_that_fails_ends_the_run_and_still_closes_the_others(drawn, blocks, fails_at: int) -> None:
    source, broken, other = drawn(None), ListSink(fails_at=fails_at), ListSink()
    with pytest.raises(OutputError, match="no space left"):
        track_source(source, blocks(), tracker(), [other, broken], Plan(), stop=threading.Event())
    assert (broken.closed, other.closed, source.closed) == (1, 1, True)
    assert len(broken.frames) == fails_at


def test_an_output_that_fails_at_the_very_end_is_not_overlooked(drawn, blocks) -> None:
    with pytest.raises(OutputError):
        track_source(drawn(3), blocks(), tracker(), [ListSink(fails_at=2)], Plan(), stop=threading.Event())


def test_other_classes_never_reach_the_tracker(drawn, blocks) -> None:
    plan = Plan(rules=Rules(classes=frozenset({4})))
    assert track_source(drawn(5), blocks(), tracker(), [], plan, stop=threading.Event()).ids == 0


def test_an_identity_counts_for_the_class_it_had_most_often() -> None:
    moving, summary = tracker(), Summary()
    for index, class_id in enumerate((7, 2, 2)):
        box = np.array([[10.0 + index, 10, 50, 90]])
        found = Detections(xyxy=box, score=np.array([0.9]), class_id=np.array([class_id]))
        tracks = moving.update(found, index / 10)
        frame = SourceFrame(index + 1, index / 10, np.zeros((96, 64, 3), np.uint8), 64, 96)
        summary.add(TrackedFrame(frame, found, tracks, Timing(0, 0, 0, 0, 0)), 1.0)
    assert (summary.ids, dict(summary.ids_by_class())) == (1, {2: 1})
