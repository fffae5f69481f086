"""The parameters and what they may be."""

from typing import Any

import pytest

from tracker import ByteTrackConfig, ByteTracker
from tracker.presets import PRESETS


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


def test_every_option_beyond_the_reference_is_off_by_default() -> None:
    config = ByteTrackConfig()
    reference = set(list(config.__slots__)[: list(config.__slots__).index("class_aware")])
    values = {name: getattr(config, name) for name in config.__slots__ if name not in reference}
    assert len(values) >= 14
    assert {name for name, value in values.items() if value} == {"box_state", "emit"}
    assert (config.box_state, config.emit) == ("xyah", "posterior")


def test_a_preset_is_a_configuration_of_which_parts_may_be_replaced() -> None:
    assert ByteTrackConfig.preset() == ByteTrackConfig.preset("default") == ByteTrackConfig()
    assert ByteTrackConfig.preset("mot17", frame_rate=25) == ByteTrackConfig(
        track_thresh=0.6, match_thresh=0.9, frame_rate=25
    )
    crowded = ByteTrackConfig.preset("mot20")
    assert (crowded.match_thresh, crowded.fuse_score) == (0.7, False)
    assert ByteTrackConfig.preset("accurate", coast=0).coast == 0
    for name in PRESETS:
        assert isinstance(ByteTrackConfig.preset(name), ByteTrackConfig)


def test_a_preset_or_a_parameter_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no preset 'best': choose default, "):
        ByteTrackConfig.preset("best")
    with pytest.raises(TypeError, match="speed"):
        ByteTrackConfig.preset("accurate", speed=3)


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
        ("height_weight", -1),
        ("expansion", 2.5),
        ("confidence_weight", 1.1),
        ("direction_weight", "0.2"),
        ("score_boost", -0.1),
        ("lost_low_thresh", 2),
        ("relink_distance", 1e9),
        ("noise_floor", 0.0),
        ("noise_floor", True),
        ("coast", 1.0),
        ("coast", -1),
        ("box_state", "xyxy"),
        ("emit", None),
        ("class_aware", 1),
        ("class_vote", "yes"),
        ("centre_distance", 0),
        ("replay", None),
        ("boost_unlikely", 0.5),
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
