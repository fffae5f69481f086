"""What the vitals are given of each frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker import ByteTrackConfig, Detections, Tracks


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class VitalFrame:
    """One tracked frame.

    Attributes:
        pts: seconds of media time, after that of the frame before.
        size: (width, height) of the image.
        tracks: what was shown; its `detection` and `outcome` are rows of `detections`.
        detections: what was found, what the stream's rules refuse too.
        config: what the tracker went by.
        looked: False where nobody looked at the frame and its tracks were only expected.
        motion: (2, 3) the camera's motion since the last frame that was looked at, None where it stood still.
        dropped: how many frames were left out between the last one and this, for whatever reason.
        lost: how many were given up since the last one against what anybody wanted.
        arrived_s: when it came, on any clock of seconds; None where frames are read as fast as they are wanted.
        timed: whether `pts` is when it was taken; else frames were counted at `config.frame_rate`.
    """

    pts: float
    size: tuple[int, int]
    tracks: Tracks
    detections: Detections
    config: ByteTrackConfig
    looked: bool = True
    motion: NDArray[np.float64] | None = None
    dropped: int = 0
    lost: int = 0
    arrived_s: float | None = None
    timed: bool = True
