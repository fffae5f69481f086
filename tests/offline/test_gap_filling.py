import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.offline import OutputError, TrackedFrame
from app.offline.gap_filling import GapFilling
from app.offline.jsonl_sink import JsonLinesSink
from app.offline.mot_sink import MotSink
from app.offline.painter import Painter
from app.sources import SourceFrame
from app.wire import Timing
from tracker import Detections, MotRows, Tracks, read_mot
from tracker.interpolation import Method, fill_gaps

PICTURE = np.full((120, 160, 3), 40, np.uint8)


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


def tracked(seq: int, *ids: int) -> TrackedFrame:
    """Frame `seq` at ten per second, with tracks whose every number depends on id and frame, bent a little."""
    track_id = np.array(ids, np.int64)
    corner = np.stack([10.0 + 3 * seq + 0.1 * seq**2 + track_id, 20.0 + track_id * 2 - seq], axis=1)
    tracks = Tracks(
        track_id=track_id,
        xyxy=np.concatenate([corner, corner + np.array([20.0, 40.0])], axis=1),
        score=np.full(len(ids), 0.5 + 0.001 * seq),
        class_id=track_id % 3,
        detection=np.arange(len(ids)),
        velocity=np.full((len(ids), 2), float(seq)),
        age_s=np.full(len(ids), seq / 10),
        outcome=np.empty(0, np.uint8),
        outcome_track_id=np.empty(0, np.int64),
    )
    frame = SourceFrame(seq, (seq - 1) / 10, PICTURE, 160, 120)
    return TrackedFrame(frame, Detections.empty(), tracks, Timing(0, 0, 0, 0, 0))


def run(frames: list[TrackedFrame], method: Method = "linear", max_gap: int = 20) -> list[TrackedFrame]:
    sink = ListSink()
    filling = GapFilling([sink], method, max_gap)
    for frame in frames:
        filling.write(frame)
    filling.close()
    assert sink.closed == 1
    assert filling.filled == sum(len(frame.filled) for frame in sink.frames)
    return sink.frames


def rows_of(frames: list[TrackedFrame]) -> MotRows:
    seqs = np.repeat([each.frame.seq for each in frames], [len(each.tracks) for each in frames]).astype(np.int64)
    track_id, xyxy, score, class_id = (
        np.concatenate([getattr(each.tracks, name) for each in frames])
        for name in ("track_id", "xyxy", "score", "class_id")
    )
    return MotRows(seqs, track_id, xyxy, score, class_id, np.full(len(seqs), -1.0))


presence = st.lists(st.sets(st.integers(1, 3)), min_size=1, max_size=90)


@settings(max_examples=60)
@given(seen=presence, method=st.sampled_from(["linear", "gaussian"]), max_gap=st.integers(1, 12))
def test_frame_by_frame_gives_what_filling_the_finished_rows_gives(seen, method: Method, max_gap: int) -> None:
    frames = [tracked(seq, *sorted(ids)) for seq, ids in enumerate(seen, start=1)]
    filled = run(frames, method, max_gap)
    assert [each.frame.seq for each in filled] == [each.frame.seq for each in frames]
    at_once, streamed = fill_gaps(rows_of(frames), method, max_gap), rows_of(filled)
    for name in ("frame", "track_id", "xyxy", "score", "class_id"):
        assert np.array_equal(getattr(at_once, name), getattr(streamed, name)), name
    marked = [(each.frame.seq, track_id) for each in filled for track_id in sorted(each.filled)]
    new = at_once.visibility == 0
    assert marked == list(zip(at_once.frame[new].tolist(), at_once.track_id[new].tolist(), strict=True))


def test_every_number_of_a_filled_row_lies_between_those_before_and_after() -> None:
    tracks = run([tracked(1, 5), tracked(2, 7), tracked(3, 7), tracked(4), tracked(5, 5, 7)])[1].tracks
    assert tracks.track_id.tolist() == [7, 5]
    assert tracks.class_id.tolist() == [1, 2]
    assert tracks.detection.tolist() == [0, -1]
    assert tracks.score.tolist() == pytest.approx([0.502, 0.502])
    assert tracks.velocity.tolist() == [[2, 2], [2, 2]]
    assert tracks.age_s.tolist() == pytest.approx([0.2, 0.2])


def test_a_frame_that_was_not_taken_gets_no_row_and_counts_for_the_length_of_a_gap() -> None:
    frames = [tracked(seq, *([1] if seq in (1, 10, 40) else [])) for seq in (1, 4, 7, 10, 13, 40)]
    filled = run(frames, max_gap=9)
    assert [each.frame.seq for each in filled] == [1, 4, 7, 10, 13, 40]
    assert [sorted(each.filled) for each in filled] == [[], [1], [1], [], [], []]
    first, second = (each.tracks.xyxy[0] for each in (frames[0], frames[3]))
    np.testing.assert_allclose(filled[1].tracks.xyxy[0], first + (second - first) / 3)
    assert sum(len(each.filled) for each in run(frames, max_gap=8)) == 0


def test_frames_are_handed_on_a_little_late_and_only_boxes_wait() -> None:
    sink = ListSink()
    filling = GapFilling([sink], "linear", 5)
    for seq in range(1, 301):
        filling.write(tracked(seq, *([1] if seq % 4 == 0 else [])))
        assert seq - len(sink.frames) <= 10
    assert len(filling._held) <= 15  # what is kept is what memory holds
    filling.close()
    assert len(sink.frames) == 300
    assert all(each.frame.image.size == 0 for each in sink.frames)
    assert [each.tracks.track_id.tolist() for each in sink.frames] == [[]] * 3 + [[1]] * 297


def test_smoothing_hands_on_at_the_end_and_tells_how_far_it_is() -> None:
    sink, told = ListSink(), []
    filling = GapFilling([sink], "gaussian", on_hand_on=lambda done, total: told.append((done, total)))
    for seq in range(1, 61):
        filling.write(tracked(seq, 1))
    assert sink.frames == []
    filling.close()
    assert len(sink.frames) == 60
    assert told == [(done, 60) for done in range(1, 61)]


@pytest.mark.parametrize("method", ["linear", "gaussian"])
def test_without_a_frame_there_is_nothing_to_write_and_everything_is_closed(method: Method) -> None:
    assert run([], method) == []


@pytest.mark.parametrize("method", ["linear", "gaussian"])
@pytest.mark.parametrize("fails_at", [0, 3])
def test_an_output_that_fails_is_not_written_again_and_all_are_closed(method: Method, fails_at: int) -> None:
    broken, other = ListSink(fails_at), ListSink()
    filling = GapFilling([broken, other], method, 2)

    def work() -> None:
        for seq in range(1, 40):
            filling.write(tracked(seq, 1))
        filling.close()

    with pytest.raises(OutputError, match="no space left"):
        work()
    if method == "linear":
        filling.close()
    assert (broken.closed, other.closed) == (1, 1)
    assert len(broken.frames) == len(other.frames) == fails_at


def test_an_output_that_cannot_be_closed_does_not_keep_the_others_open() -> None:
    class Stuck(ListSink):
        def close(self) -> None:
            raise OutputError("cannot write list: no space left on device")

    other = ListSink()
    filling = GapFilling([Stuck(), other, Stuck()], "linear")
    filling.write(tracked(1, 1))
    with pytest.raises(OutputError, match="no space left"):
        filling.close()
    assert (len(other.frames), other.closed) == (1, 1)


def test_files_tell_filled_rows_from_those_that_were_seen(tmp_path: Path) -> None:
    mot, lines = tmp_path / "rows.txt", tmp_path / "rows.jsonl"
    filling = GapFilling([MotSink(str(mot)), JsonLinesSink(str(lines), "cam", ("a", "b", "c"))], "linear")
    for frame in (tracked(1, 4, 5), tracked(2, 5), tracked(3, 4, 5)):
        filling.write(frame)
    filling.close()
    rows = [line.split(",") for line in mot.read_text().splitlines()]
    assert [(row[0], row[1], *row[7:]) for row in rows] == [
        ("1", "4", "-1", "-1", "-1"),
        ("1", "5", "-1", "-1", "-1"),
        ("2", "5", "-1", "-1", "-1"),
        ("2", "4", "-1", "0", "-1"),
        ("3", "4", "-1", "-1", "-1"),
        ("3", "5", "-1", "-1", "-1"),
    ]
    assert read_mot(mot).track_id.tolist() == [4, 5, 5, 4, 4, 5]
    _, message, _ = (json.loads(line) for line in lines.read_text().splitlines())
    seen, filled = message["tracks"]
    assert "interpolated" not in seen
    assert list(filled) == [*seen, "interpolated"]
    assert filled["interpolated"] is True
    assert (filled["track_id"], filled["class"], filled["detection_index"]) == (4, "b", -1)


def test_a_filled_box_is_painted_with_a_thinner_line() -> None:
    def pixels(filled: frozenset[int]) -> int:
        picture = Painter(("a", "b")).paint(replace(tracked(3, 1), filled=filled))
        return int((picture != PICTURE).any(axis=2).sum())

    assert 0 < pixels(frozenset({1})) < pixels(frozenset())
