import numpy as np

from app.sources import open_source
from app.sources.demo import DemoCamera


def test_the_demo_source_shows_the_demo_camera() -> None:
    with open_source("demo:?seed=5&frames=3&width=320&height=180&fps=10") as source:
        assert (source.name, source.frame_rate, source.frame_count) == ("demo-5", 10.0, 3)
        frames = list(source)
    camera = DemoCamera(seed=5, width=320, height=180, frame_rate=10.0)
    assert [(frame.seq, frame.pts_s) for frame in frames] == [(1, 0.0), (2, 0.1), (3, 0.2)]
    assert all(np.array_equal(frame.image, camera.frame(frame.seq - 1)) for frame in frames)


def test_without_frames_the_demo_camera_never_ends() -> None:
    with open_source("demo:?width=64&height=64") as source:
        assert source.frame_count is None
