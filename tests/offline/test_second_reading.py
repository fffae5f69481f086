import numpy as np
import pytest

from app.offline import TrackedFrame
from app.offline.gap_filling import without_picture
from app.offline.second_reading import SecondReading
from app.sources import SourceError
from app.wire import Timing
from tracker import ByteTracker, Detections


class ListSink:
    target = "out.mp4"

    def __init__(self) -> None:
        self.frames: list[TrackedFrame] = []
        self.closed = 0

    def write(self, tracked: TrackedFrame) -> None:
        self.frames.append(tracked)

    def close(self) -> None:
        self.closed += 1


def frames_of(source) -> list[TrackedFrame]:
    nothing = Detections.empty()
    return [TrackedFrame(frame, nothing, ByteTracker().update(nothing), Timing(0, 0, 0, 0, 0)) for frame in source]


def test_every_frame_gets_its_own_picture_back_also_where_some_were_left_out(drawn) -> None:
    sink, source, frames = ListSink(), drawn(20), frames_of(drawn(20))[2::3]
    reading = SecondReading(sink, lambda: source)
    for frame in frames:
        reading.write(without_picture(frame))
    reading.close()
    assert [each.frame.seq for each in sink.frames] == [3, 6, 9, 12, 15, 18]
    for first, second in zip(frames, sink.frames, strict=True):
        assert np.array_equal(first.frame.image, second.frame.image)
        assert first.frame.pts_s == second.frame.pts_s
    assert (sink.closed, source.closed) == (1, True)
    assert reading.target == "out.mp4"


def test_a_source_of_which_no_frame_was_written_is_not_opened_again() -> None:
    def never() -> None:
        pytest.fail("the source was opened")

    sink = ListSink()
    SecondReading(sink, never).close()
    assert sink.closed == 1


def test_a_source_that_became_shorter_is_told_from_one_that_works(drawn) -> None:
    sink, source = ListSink(), drawn(4)
    reading = SecondReading(sink, lambda: source)
    *_, fourth, fifth = frames_of(drawn(5))
    reading.write(fourth)
    with pytest.raises(SourceError, match=r"frame 5 cannot be read a second time for out\.mp4: the source has changed"):
        reading.write(fifth)
    reading.close()
    assert (sink.closed, source.closed) == (1, True)


def test_a_picture_that_can_no_longer_be_read_is_missed(drawn) -> None:
    third = frames_of(drawn(3))[-1]

    class Torn(drawn):
        def __iter__(self):
            return (frame for frame in super().__iter__() if frame.seq != 3)

    reading = SecondReading(ListSink(), lambda: Torn(9))
    with pytest.raises(SourceError, match="frame 3 cannot be read a second time"):
        reading.write(third)
