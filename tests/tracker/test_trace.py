"""The trace of a call: every pair that was up for assignment, what it cost, and who took whom."""

import numpy as np
from hypothesis import given, settings

from tests.tracker.scenarios import Stream, streams
from tests.tracker.scenes import assert_identical, examples, found, tracked
from tracker import ByteTracker, Outcome
from tracker.bytetrack import traced
from tracker.trace import PAIR

STAGES = {
    Outcome.MATCHED_HIGH: {1},
    Outcome.MATCHED_LOW: {2},
    Outcome.CONFIRMED: {3},
    Outcome.REACTIVATED: {1, 4, 5},
    Outcome.DUPLICATE: {1, 2, 3, 4, 5},
}


@settings(max_examples=examples(60))
@given(stream=streams(longest=25))
def test_every_match_is_one_chosen_pair_of_its_stage_below_the_limit(stream: Stream) -> None:
    tracker = ByteTracker(stream.config)
    for frame, pts, motion in zip(stream.frames, stream.times, stream.motions, strict=True):
        before = tracker.snapshot()
        after, tracks, pairs = traced(before, frame, pts, motion)
        assert_identical(tracker.update(frame, pts, motion), tracks)
        assert tracker.snapshot().to_bytes() == after.to_bytes()
        assert (pairs["cost"] < pairs["limit"]).all()
        chosen = pairs[pairs["chosen"]]
        assert len(set(chosen["detection"].tolist())) == len(set(chosen["track"].tolist())) == len(chosen)
        stage_of = dict(zip(chosen["detection"].tolist(), chosen["stage"].tolist(), strict=True))
        for row, code in enumerate(tracks.outcome.tolist()):
            if code == Outcome.DUPLICATE and row not in stage_of:
                continue
            assert stage_of.get(row, 0) in STAGES.get(Outcome(code), {0})
        ids_before = before.table["track_id"][chosen["track"]]
        given = tracks.outcome_track_id[chosen["detection"]]
        known = (ids_before > 0) & (tracks.outcome[chosen["detection"]] != Outcome.DUPLICATE)
        assert given[known].tolist() == ids_before[known].tolist()


def test_the_runner_up_and_its_cost_are_in_the_trace() -> None:
    tracker = tracked([found((100, 100, 0.9))] * 3)
    _, tracks, pairs = traced(tracker.snapshot(), found((104, 100, 0.9), (101, 100, 0.9), (500, 100, 0.9)))
    assert pairs.dtype == PAIR
    assert pairs["stage"].tolist() == [1, 1]
    assert pairs["detection"].tolist() == [0, 1]
    assert pairs["chosen"].tolist() == [False, True]
    assert pairs["cost"][1] < pairs["cost"][0] < pairs["limit"][0] == 0.8
    np.testing.assert_allclose(pairs["cost"], 1 - 0.9 * pairs["overlap"])
    assert tracks.detection.tolist() == [1]


def test_a_call_that_is_not_traced_notes_nothing() -> None:
    tracker = tracked([found((100, 100, 0.9))] * 3)
    _, _, pairs = traced(tracker.snapshot(), found((101, 100, 0.9)), trace=False)
    assert pairs.dtype == PAIR
    assert len(pairs) == 0
