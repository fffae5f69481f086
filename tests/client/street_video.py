"""A video of the synthetic street."""

from pathlib import Path

import pytest

from app.sources.demo_url import DemoAddress
from app.sources.synthetic import DemoSource

FPS = 25


def write_street_video(path: Path, frames: int) -> Path:
    """H.264 in MP4, 640 x 360 at 25 frames per second; the test is skipped where PyAV is missing."""
    av = pytest.importorskip("av")
    address = DemoAddress(seed=1, frames=frames, width=640, height=360, fps=float(FPS))
    with DemoSource(address) as source, av.open(str(path), "w") as video:
        track = video.add_stream("libx264", rate=FPS)
        track.width, track.height, track.pix_fmt = 640, 360, "yuv420p"
        for frame in source:
            video.mux(track.encode(av.VideoFrame.from_ndarray(frame.image, format="bgr24")))
        video.mux(track.encode())
    return path
