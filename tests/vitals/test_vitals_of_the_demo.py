"""Good settings raise no concern on the demo street, and wrong ones raise the one that belongs to them."""

import pytest

from tests.vitals.street import FPS, demo_street, watched
from tracker import ByteTrackConfig

GOOD = {"track_thresh": 0.6, "frame_rate": FPS, "lost_buffer": 30}


@pytest.fixture(scope="module", params=[1, 2])
def street(request):
    return demo_street(request.param, 40)


def test_good_settings_raise_no_concern(street):
    run = watched(street, ByteTrackConfig(**GOOD))
    assert run.changes == []
    assert run.checkup.judged() == ()
    assert 0.02 < run.figures.churn < 0.4
    assert run.figures.margin > 0.5


@pytest.mark.parametrize(
    ("wrong", "concern", "setting"),
    [
        ({"track_thresh": 0.15}, "short_lives", "tracker.track_thresh"),
        ({"track_thresh": 0.94, "det_thresh": 0.99}, "below_threshold", "tracker.track_thresh"),
        ({"match_thresh": 0.3}, "passed_over", "tracker.match_thresh"),
        ({"lost_buffer": 0}, "given_up_early", "tracker.lost_buffer"),
    ],
)
def test_a_wrong_setting_is_named(street, wrong, concern, setting):
    run = watched(street, ByteTrackConfig(**GOOD | wrong))
    assert concern in run.appeared, run.figures
    assert setting in run.told(concern).settings
    assert setting.split(".")[1] in run.told(concern).detail
