"""The parameters and what they may be."""

from typing import Any

import pytest

from tracker import ByteTrackConfig, ByteTracker


def test_the_defaults_are_the_published_ones() -> None:
    config = ByteTrackConfig()
    assert (config.track_thresh, config.low_thresh, config.birth_thresh, config.match_thresh) == (0.5, 0.1, 0.6, 0.8)
    assert (config.second_match_thresh, config.unconfirmed_match_thresh, config.duplicate_thresh) == (0.5, 0.7, 0.15)
    assert (config.fuse_score, config.max_lost, config.frame_rate) == (True, 30, 30.0)
    assert ByteTracker().config == config


def test_the_birth_threshold_follows_the_track_threshold_unless_it_is_set() -> None:
    assert ByteTrackConfig(track_thresh=0.6).birth_thresh == 0.7
    assert ByteTrackConfig(track_thresh=0.6, det_thresh=0.65).birth_thresh == 0.65


def test_a_track_threshold_under_which_nothing_could_start_is_refused() -> None:
    with pytest.raises(ValueError, match=r"track_thresh is 0\.95, .* set det_thresh"):
        ByteTrackConfig(track_thresh=0.95)
    assert ByteTrackConfig(track_thresh=0.95, det_thresh=0.97).birth_thresh == 0.97


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("track_thresh", -0.1),
        ("track_thresh", "0.5"),
        ("track_thresh", True),
        ("low_thresh", 0.51),
        ("det_thresh", 1.1),
        ("match_thresh", float("nan")),
        ("second_match_thresh", 2),
        ("unconfirmed_match_thresh", None),
        ("duplicate_thresh", -1),
        ("fuse_score", 1),
        ("lost_buffer", -1),
        ("lost_buffer", 30.0),
        ("lost_buffer", True),
        ("lost_buffer", 10**9),
        ("frame_rate", 0),
        ("frame_rate", float("inf")),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"{field} is {value!r}"):
        ByteTrackConfig(**{field: value})


def test_a_configuration_is_a_value() -> None:
    assert ByteTrackConfig(frame_rate=25) == ByteTrackConfig(frame_rate=25.0)
    assert hash(ByteTrackConfig()) == hash(ByteTrackConfig())
    with pytest.raises(AttributeError):
        ByteTrackConfig().track_thresh = 0.3
