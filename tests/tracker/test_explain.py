"""The trace of the association: it agrees with what happened, is complete, and changes nothing."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from tests.tracker.scenarios import Stream, streams
from tests.tracker.scenes import NOTHING, assert_identical, crowd, everything, examples, found
from tracker import ByteTrackConfig, ByteTracker, Detections, Outcome
from tracker.explain import Barrier, ExplainingTracker, Fate, FrameTrace, explained
from tracker.reach import Call, every_pair, expected_boxes
from tracker.state import TrackerState
from tracker.table import NO_ID

STAGES = {
    Outcome.MATCHED_HIGH: (1,),
    Outcome.MATCHED_LOW: (2,),
    Outcome.CONFIRMED: (3,),
    Outcome.REACTIVATED: (1, 4, 5),
}
FATES = {
    Outcome.MATCHED_HIGH: Fate.MATCHED,
    Outcome.MATCHED_LOW: Fate.MATCHED,
    Outcome.CONFIRMED: Fate.CONFIRMED,
    Outcome.REACTIVATED: Fate.FOUND,
}
SCENES: list[dict[str, Any]] = [
    {},
    {"preset": "mot17"},
    {"preset": "mot20"},
    {"preset": "accurate"},
    {"class_aware": True},
    {"relink_distance": 3.0, "lost_low_thresh": 0.4},
    {"expansion": 0.3, "centre_distance": True, "direction_weight": 0.2, "confidence_weight": 0.2},
    {"score_boost": 0.65, "boost_unlikely": True, "noise_floor": 0.1, "replay": True},
    {"duplicate_thresh": 0.9, "lost_buffer": 3},
]


def jostling(seed: int, frames: int = 40) -> list[Detections]:
    """A crowd of two classes."""
    found = crowd(seed, frames, 25)
    return [Detections(xyxy=one.xyxy, score=one.score, class_id=one.class_id % 2) for one in found]


def config_of(scene: dict[str, Any]) -> ByteTrackConfig:
    values = dict(scene)
    return ByteTrackConfig.preset(values.pop("preset", "default"), **values)


def traces(frames: list[Detections], config: ByteTrackConfig | None = None) -> list[FrameTrace]:
    tracker = ExplainingTracker(config)
    result = []
    for frame in frames:
        tracker.update(frame)
        assert tracker.trace is not None
        result.append(tracker.trace)
    return result


def last(*frames: Detections, config: ByteTrackConfig | None = None) -> FrameTrace:
    return traces(list(frames), config)[-1]


@settings(max_examples=examples(60))
@given(stream=streams())
def test_tracing_changes_nothing(stream: Stream) -> None:
    plain, tracing = ByteTracker(stream.config), ExplainingTracker(stream.config)
    for one, other in zip(stream.feed(plain), stream.feed(tracing), strict=True):
        assert_identical(one, other)
    assert everything(plain) == everything(tracing)


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_every_detection_went_where_its_outcome_says(scene: dict[str, Any]) -> None:
    seen: set[Outcome] = set()
    for trace in traces(jostling(1, 60), config_of(scene)):
        for index in range(len(trace.detections)):
            one = trace.detection(index)
            seen.add(one.outcome)
            assert one.outcome == trace.tracks.outcome[index]
            assert one.track_id == max(trace.tracks.outcome_track_id[index], NO_ID)
            if one.outcome in STAGES:
                assert one.taken is not None
                assert one.taken.stage in STAGES[one.outcome]
                assert one.taken.track_id == one.track_id != NO_ID
                assert trace.track(one.taken.row).fate == FATES[one.outcome]
            elif one.outcome != Outcome.DUPLICATE:
                assert one.taken is one.runner_up is one.margin is None
    assert seen >= {Outcome.BORN, Outcome.MATCHED_HIGH, Outcome.REACTIVATED, Outcome.CONFIRMED, Outcome.LOW_UNMATCHED}


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_every_matched_pair_is_chosen_once_and_known_from_both_sides(scene: dict[str, Any]) -> None:
    for trace in traces(jostling(2), config_of(scene)):
        chosen = trace.pairs[trace.pairs["chosen"]]
        matched = {index for index in range(len(trace.detections)) if trace.detection(index).taken is not None}
        assert sorted(chosen["detection"].tolist()) == sorted(matched)
        assert len(set(chosen["track"].tolist())) == len(chosen)
        assert (chosen["cost"] < chosen["limit"]).all()
        for index in matched:
            taken = trace.detection(index).taken
            assert taken is not None
            assert trace.track(taken.row).taken == taken
        key = trace.pairs["track"] * 1000 + trace.pairs["detection"]
        assert len(np.unique(key)) == len(key), "no pair stands twice"


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_what_was_up_for_assignment_is_priced_alike_when_asked_again(scene: dict[str, Any]) -> None:
    state = TrackerState.initial(config_of(scene))
    compared = 0
    for frame in jostling(3):
        call = Call(state, frame)
        state, tracks, trace = explained(state, frame)
        again = {(int(p["track"]), int(p["detection"])): p for p in every_pair(call, tracks.outcome)}
        for pair in trace.pairs[trace.up]:
            if pair["stage"] != 5:
                twin = again[int(pair["track"]), int(pair["detection"])]
                assert [pair[name] for name in ("stage", "overlap", "cost", "limit")] == [
                    twin[name] for name in ("stage", "overlap", "cost", "limit")
                ]
                compared += 1
    assert compared > 100


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_two_that_were_within_the_limit_and_did_not_take_each_other_took_others(scene: dict[str, Any]) -> None:
    count = 0
    for trace in traces(jostling(4), config_of(scene)):
        for pair in (pair for index in range(len(trace.detections)) for pair in trace.detection(index).others):
            if pair.barrier is Barrier.TAKEN:
                count += 1
                assert pair.cost < pair.limit
                assert trace.track(pair.row).taken is not None or trace.detection(pair.detection).taken is not None
            elif pair.barrier is Barrier.COST:
                assert pair.cost >= pair.limit > 0.0
            else:
                assert (pair.stage, pair.limit) == (0, 0.0)
    assert count > 10


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_the_runner_up_was_up_in_the_same_stage_and_no_other_was_cheaper(scene: dict[str, Any]) -> None:
    count = 0
    for trace in traces(jostling(5), config_of(scene)):
        for row in range(len(trace.before)):
            one = trace.track(row)
            if one.taken is None or one.runner_up is None:
                continue
            count += 1
            assert one.runner_up.stage == one.taken.stage
            assert one.margin == one.runner_up.cost - one.taken.cost
            rivals = [p for p in one.others if p.stage == one.taken.stage and p.cost < p.limit]
            free = [p for p in rivals if _was_free(trace, p)]
            assert one.runner_up.cost == min(p.cost for p in free)
    assert count > 10


def _was_free(trace: FrameTrace, pair: Any) -> bool:
    """Whether no earlier stage had taken the detection of a pair."""
    order = [1, 2, 4, 3, 5]
    taken = trace.detection(pair.detection).taken
    return taken is None or order.index(taken.stage) >= order.index(pair.stage)


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_rows_are_followed_from_one_table_to_the_next(scene: dict[str, Any]) -> None:
    for trace, after in pairwise(traces(jostling(6, 60), config_of(scene))):
        tracks = [trace.track(row) for row in range(len(trace.before))]
        born = [trace.detection(index) for index in np.flatnonzero(trace.tracks.outcome == Outcome.BORN).tolist()]
        rows = [one.row_after for one in tracks if one.row_after != -1] + [one.row_after for one in born]
        assert sorted(rows) == list(range(len(after.before)))
        for one in tracks:
            gone = one.fate in (Fate.EXPIRED, Fate.DISCARDED, Fate.TWIN)
            assert gone == (one.row_after == -1)
            if not gone:
                assert after.before["track_id"][one.row_after] == one.track_id
                assert after.before["lost"][one.row_after] == (one.fate in (Fate.LOST, Fate.STILL_LOST))
                assert after.before["start"][one.row_after] == trace.before["start"][one.row]
            if not gone and one.taken is not None:
                assert after.before["score"][one.row_after] == trace.detections.score[one.taken.detection]
        for bird in born:
            assert after.before["start"][bird.row_after] == trace.frame
            assert after.before["score"][bird.row_after] == bird.score


@pytest.mark.parametrize("box_state", ["xyah", "xywh"])
def test_a_track_is_expected_where_it_is_shown_when_it_coasts(box_state: str) -> None:
    config = ByteTrackConfig(box_state=box_state, coast=5)
    tracker = ByteTracker(config)
    for step in range(6):
        tracker.update(found((100 + 7 * step, 100 + 3 * step, 0.9), (400 - 5 * step, 100, 0.8)))
    call = Call(tracker.snapshot(), NOTHING, motion=[[1.0, 0.0, 4.0], [0.0, 1.0, -2.0]])
    boxes = expected_boxes(call)
    coasting = tracker.update(NOTHING, motion=call.motion)
    assert boxes.tolist() == coasting.xyxy.tolist()
    assert boxes[0, 0] == pytest.approx(100 + 7 * 6 + 4, abs=2)


def test_a_track_seen_once_is_expected_where_it_was_born() -> None:
    tracker = ByteTracker()
    tracker.update(NOTHING)
    tracker.update(found((100, 100, 0.9)))
    assert expected_boxes(Call(tracker.snapshot(), NOTHING)).tolist() == [[100, 100, 140, 200]]


def test_a_birth_tells_which_track_was_nearest_and_how_far() -> None:
    trace = last(found((100, 100, 0.9)), found((100, 100, 0.9)), found((100, 100, 0.9), (400, 100, 0.8)))
    born = trace.detection(1)
    assert (born.outcome, born.taken, born.others) == (Outcome.BORN, None, ())
    assert born.nearest is not None
    assert (born.nearest.track_id, born.nearest.distance) == (1, pytest.approx(300))


def test_a_birth_tells_that_its_track_was_too_far() -> None:
    born = last(found((100, 100, 0.9)), found((100, 100, 0.9)), found((128, 100, 0.9))).detection(0)
    assert born.outcome == Outcome.BORN
    (other,) = born.others
    # 13 of 41 columns are shared.
    assert other.overlap == pytest.approx(13 / 69)
    assert (other.track_id, other.cost, other.limit) == (1, pytest.approx(1 - 0.9 * 13 / 69), 0.8)
    assert other.barrier is Barrier.COST


def test_a_birth_tells_that_its_track_took_a_better_detection() -> None:
    standing = found((100, 100, 0.9))
    trace = last(standing, standing, found((108, 100, 0.9), (101, 100, 0.9)))
    born = trace.detection(0)
    assert born.outcome == Outcome.BORN
    assert [(other.track_id, other.barrier) for other in born.others] == [(1, Barrier.TAKEN)]
    track = trace.track(0)
    assert track.taken is not None
    assert track.runner_up is not None
    assert (track.taken.detection, track.runner_up.detection) == (1, 0)
    assert track.margin == pytest.approx(0.9 * (40 / 42 - 33 / 49))


def test_what_scores_too_low_for_any_stage_is_told_as_the_barrier() -> None:
    standing = found((100, 100, 0.9))
    for score, outcome in ((0.1, Outcome.BELOW_FLOOR), (0.5, Outcome.AT_THRESHOLD)):
        trace = last(standing, standing, found((101, 100, score)))
        assert trace.detection(0).outcome == outcome
        (other,) = trace.track(0).others
        assert (other.barrier, other.stage) == (Barrier.SCORE, 0)
        assert other.cost == pytest.approx(1 - 40 / 42)


def test_a_lost_track_tells_that_it_takes_no_low_detection() -> None:
    standing, low = found((100, 100, 0.9)), found((100, 100, 0.3))
    frames = (standing, standing, NOTHING, low)
    assert [other.barrier for other in last(*frames).track(0).others] == [Barrier.STAGE]
    found_again = last(*frames, config=ByteTrackConfig(lost_low_thresh=0.3)).track(0)
    assert found_again.fate is Fate.FOUND
    assert found_again.taken is not None
    assert (found_again.taken.stage, found_again.unseen) == (4, 2.0)


def test_a_track_seen_once_tells_that_it_takes_no_low_detection() -> None:
    one = last(NOTHING, found((100, 100, 0.9)), found((100, 100, 0.3))).track(0)
    assert (one.fate, one.track_id) == (Fate.DISCARDED, NO_ID)
    assert [other.barrier for other in one.others] == [Barrier.STAGE]


def test_another_class_is_told_as_the_barrier() -> None:
    cat, dog = found((100, 100, 0.9), class_id=1), found((100, 100, 0.9), class_id=2)
    assert last(cat, cat, dog).detection(0).outcome == Outcome.MATCHED_HIGH
    born = last(cat, cat, dog, config=ByteTrackConfig(class_aware=True)).detection(0)
    assert born.outcome == Outcome.BORN
    assert [other.barrier for other in born.others] == [Barrier.CLASS]


def test_a_track_goes_by_its_row_until_it_has_an_id() -> None:
    standing = found((100, 100, 0.9))
    born, confirmed = traces([NOTHING, standing, standing])[1:]
    assert (born.row_of(1), born.detection(0).row_after) == (None, 0)
    assert confirmed.row_of(1) == 0
    assert confirmed.track(0).fate is Fate.CONFIRMED
    assert confirmed.row_of(NO_ID) is None


def test_a_track_is_told_to_be_gone_when_it_was_lost_for_too_long() -> None:
    standing = found((100, 100, 0.9))
    fates = [
        trace.track(0).fate for trace in traces([standing, standing] + [NOTHING] * 3, config_of({"lost_buffer": 2}))[1:]
    ]
    assert fates == [Fate.MATCHED, Fate.LOST, Fate.STILL_LOST, Fate.EXPIRED]


def test_a_wrong_input_leaves_the_trace_as_it_was() -> None:
    tracker = ExplainingTracker()
    tracker.update(found((100, 100, 0.9)), 1.0)
    before = tracker.trace
    with pytest.raises(TypeError):
        tracker.update(None)  # type: ignore[arg-type] # what is tested
    with pytest.raises(ValueError, match="pts"):
        tracker.update(NOTHING, float("nan"))
    assert tracker.trace is before is not None
