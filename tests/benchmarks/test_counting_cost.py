import numpy as np

from benchmarks.counting_cost import SIZE, measure, walkers


def test_walkers_stay_about_the_picture_and_some_are_replaced_by_new_ones():
    frames = list(walkers(200, 60))
    feet = np.array([frame.xyxy[:, [0, 3]] + [20, 0] for frame in frames])
    assert (feet > -5).all()
    assert (feet < np.array(SIZE) + 5).all()
    assert frames[-1].track_id.max() > 200
    assert all((np.diff(frame.track_id) > 0).all() for frame in frames)


def test_a_scene_is_counted_with_and_without_ground():
    told = list(measure(50, 2, 2, 60))
    assert [name for name, _, _ in told][:2] == ["trackd", "trackd, ground"]
    (_, spent, counted), (_, _, with_ground) = told[:2]
    assert len(spent) == 54
    assert min(spent) > 0
    assert counted == with_ground > 20
