"""What each option makes a pair cost, against the formulas of the papers that it comes from."""

import numpy as np
import pytest

from tests.tracker.scenes import crowd, found, tracked
from tracker import ByteTrackConfig, ByteTracker, Detections
from tracker.bytetrack import traced
from tracker.types import Floats

WIDE_OPEN = {"match_thresh": 1.0, "second_match_thresh": 1.0, "unconfirmed_match_thresh": 1.0, "fuse_score": False}


def boxes(*xyxy: tuple[float, float, float, float], score: float = 0.9) -> Detections:
    return Detections(np.array(xyxy), np.full(len(xyxy), score), np.zeros(len(xyxy), np.int64))


def costs(tracker: ByteTracker, detections: Detections, stage: int = 1) -> Floats:
    """What each detection would cost the only track, NaN where the pair was not up for assignment in that stage."""
    _, _, pairs = traced(tracker.snapshot(), detections)
    result = np.full(len(detections), np.nan)
    for pair in pairs[pairs["stage"] == stage]:
        result[pair["detection"]] = pair["cost"]
    return result


def resting(options: dict[str, object], score: float = 0.9) -> ByteTracker:
    """A tracker with one track, which has always been at 100, 100 with sides of 40 and 100."""
    config = ByteTrackConfig(**{**WIDE_OPEN, **options})
    return tracked([found((100, 100, score))] * 6, config)


def iou_of(a: Floats, b: Floats) -> float:
    width, height = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]) + 1
    areas = np.prod(a[2:] - a[:2] + 1) + np.prod(b[2:] - b[:2] + 1)
    return float(width * height / (areas - width * height))


TRACK = np.array([100.0, 100, 140, 200])
OTHER = np.array([110.0, 120, 150, 190])


def test_by_default_a_pair_costs_what_its_overlap_lacks_and_scores_weigh_it() -> None:
    assert costs(resting({}), boxes(tuple(OTHER))) == pytest.approx([1 - iou_of(TRACK, OTHER)])
    assert costs(resting({"fuse_score": True}), boxes(tuple(OTHER))) == pytest.approx([1 - 0.9 * iou_of(TRACK, OTHER)])


@pytest.mark.parametrize("weight", [0.5, 1.0, 2.0])
def test_height_weight_multiplies_overlap_with_the_share_of_height_to_its_power(weight: float) -> None:
    shared, span = 190 - 120 + 1, 200 - 100 + 1
    wanted = 1 - iou_of(TRACK, OTHER) * (shared / span) ** weight
    assert costs(resting({"height_weight": weight}), boxes(tuple(OTHER))) == pytest.approx([wanted])


def test_centre_distance_lessens_overlap_by_the_squared_way_over_the_squared_diagonal() -> None:
    way = 10.0**2 + 5.0**2
    diagonal = (150 - 100 + 1) ** 2 + (200 - 100 + 1) ** 2
    wanted = 1 - (iou_of(TRACK, OTHER) - way / diagonal)
    assert costs(resting({"centre_distance": True}), boxes(tuple(OTHER))) == pytest.approx([wanted])


def test_the_shape_of_a_pair_counts_in_the_first_stage_only() -> None:
    options = {"height_weight": 2.0, "centre_distance": True}
    low = boxes(tuple(OTHER), score=0.3)
    assert costs(resting(options), low, stage=2) == pytest.approx([1 - iou_of(TRACK, OTHER)])


def test_expansion_enlarges_both_boxes_on_either_side_before_overlap_is_taken() -> None:
    beside = np.array([145.0, 100, 185, 200])
    assert np.isnan(costs(resting({}), boxes(tuple(beside)))[0])
    margin = 0.25 * np.array([-40, -100, 40, 100])
    wanted = 1 - iou_of(TRACK + margin, beside + margin)
    assert costs(resting({"expansion": 0.25}), boxes(tuple(beside))) == pytest.approx([wanted])


@pytest.mark.parametrize("weight", [0.5, 2.0])
def test_boxes_that_only_their_expansion_makes_meet_share_no_height(weight: float) -> None:
    below = found((100, 230, 0.9))
    assert costs(resting({"expansion": 0.5}), below)[0] < 1
    assert np.isnan(costs(resting({"expansion": 0.5, "height_weight": weight}), below)[0])


def test_confidence_weight_adds_what_the_score_strays_from_the_expected_one() -> None:
    tracker = tracked(
        [found((100, 100, 0.9)), found((100, 100, 0.8))], ByteTrackConfig(**WIDE_OPEN, confidence_weight=0.5)
    )
    # After 0.9 and 0.8 comes 0.7.
    assert costs(tracker, found((100, 100, 0.75))) == pytest.approx([0.5 * 0.05], abs=1e-6)
    assert costs(tracker, found((100, 100, 0.2)), stage=2) == pytest.approx([0.5 * 0.5], abs=1e-6)


def test_an_expected_score_stays_between_a_tenth_and_one() -> None:
    config = ByteTrackConfig(**WIDE_OPEN, confidence_weight=1.0)
    rising = tracked([found((100, 100, 0.6)), found((100, 100, 0.95))], config)
    assert costs(rising, found((100, 100, 1.0))) == pytest.approx([0.0], abs=1e-6)
    falling = tracked([found((100, 100, 0.9)), found((100, 100, 0.2))], config)
    assert costs(falling, found((100, 100, 0.15)), stage=2) == pytest.approx([0.05], abs=1e-6)


def test_direction_weight_favours_what_lies_ahead_by_half_of_it_and_its_score() -> None:
    walk = [found((100 + 4 * frame, 100, 0.9)) for frame in range(8)]
    straight, plain = (tracked(walk, ByteTrackConfig(**WIDE_OPEN, direction_weight=w)) for w in (0.4, 0.0))
    # Seen from where it was three calls before this one, at 120.
    ahead, behind, across = found((136, 100, 0.8)), found((112, 100, 0.8)), found((120, 130, 0.8))
    assert costs(straight, ahead) - costs(plain, ahead) == pytest.approx([-0.2 * 0.8], abs=1e-4)
    assert costs(straight, behind) - costs(plain, behind) == pytest.approx([0.2 * 0.8], abs=1e-4)
    assert costs(straight, across) - costs(plain, across) == pytest.approx([0.0], abs=1e-4)


def test_a_track_without_a_course_costs_the_same_everywhere() -> None:
    config = ByteTrackConfig(**WIDE_OPEN, direction_weight=1.0)
    born = tracked([found((100, 100, 0.9))], config)
    assert costs(born, found((110, 100, 0.9))) == pytest.approx([1 - iou_of(TRACK, TRACK + np.array([10, 0, 10, 0]))])


def test_every_option_that_shapes_costs_is_off_by_default_and_changes_what_a_crowd_becomes() -> None:
    frames = crowd(11, 40, count=14, pace=8.0)
    plain = tracked(frames).snapshot().table["track_id"].tolist()
    assert tracked(frames, ByteTrackConfig(height_weight=0.0)).snapshot().table["track_id"].tolist() == plain
    for name, value in [("height_weight", 3.0), ("expansion", 0.5), ("confidence_weight", 0.5)]:
        changed = tracked(frames, ByteTrackConfig(**{name: value})).snapshot().table["track_id"].tolist()
        assert changed != plain, name
