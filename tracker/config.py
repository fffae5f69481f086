"""The parameters of ByteTrack."""

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteTrackConfig:
    """How a tracker behaves. The defaults are the reference implementation's.

    Source: Y. Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box", ECCV 2022, section
    3. The MOT17 results there use `track_thresh` 0.6 and `match_thresh` 0.9.

    Attributes:
        track_thresh: detections scored above it are high, those between `low_thresh` and it are low; exactly equal is
            neither.
        low_thresh: detections scored at or below it are not used.
        det_thresh: the least score that starts a track; None means `track_thresh` + 0.1.
        match_thresh: cost limit of stage 1, tracks with high detections. A cost is 1 - overlap: bigger is looser.
        second_match_thresh: cost limit of stage 2, unmatched tracks with low detections.
        unconfirmed_match_thresh: cost limit of stage 3, tracks seen once with the high detections that are left.
        fuse_score: whether overlap is weighted with the detection's score in stages 1 and 3.
        lost_buffer: how long a lost track is kept, in frames of a 30 fps stream.
        frame_rate: nominal frames per second of the stream.
        duplicate_thresh: a tracked and a lost track with 1 - IoU below it are one object.
        emit: the box that a track is shown with: the filter's `posterior`, or the matched `detection` as it came. The
            association is the same.

    Raises:
        ValueError: a value is out of range; the message names it.
    """

    track_thresh: float = 0.5
    low_thresh: float = 0.1
    det_thresh: float | None = None
    match_thresh: float = 0.8
    second_match_thresh: float = 0.5
    unconfirmed_match_thresh: float = 0.7
    fuse_score: bool = True
    lost_buffer: int = 30
    frame_rate: float = 30.0
    duplicate_thresh: float = 0.15
    emit: Literal["posterior", "detection"] = "posterior"

    def __post_init__(self) -> None:
        for name in _FRACTIONS:
            self._check(name, 0.0, 1.0)
        if self.low_thresh > self.track_thresh:
            raise ValueError(
                f"low_thresh is {self.low_thresh!r}: it must not exceed track_thresh, {self.track_thresh!r}"
            )
        if self.det_thresh is not None:
            self._check("det_thresh", 0.0, 1.0)
        elif self.birth_thresh > 1.0:
            would_be = f"track_thresh is {self.track_thresh!r}, so det_thresh would be {self.birth_thresh!r}"
            raise ValueError(f"{would_be} and no track could start: set det_thresh")
        if type(self.fuse_score) is not bool:
            raise ValueError(f"fuse_score is {self.fuse_score!r}: it must be True or False")
        if type(self.lost_buffer) is not int or not 0 <= self.lost_buffer <= 1_000_000:
            raise ValueError(
                f"lost_buffer is {self.lost_buffer!r}: it must be a whole number of frames from 0 to 1000000"
            )
        self._check("frame_rate", 1e-6, 1e6)
        if self.emit not in ("posterior", "detection"):
            raise ValueError(f"emit is {self.emit!r}: it must be 'posterior' or 'detection'")

    def _check(self, name: str, least: float, most: float) -> None:
        value = getattr(self, name)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or not least <= value <= most:
            raise ValueError(f"{name} is {value!r}: it must be a number from {least:g} to {most:g}")
        object.__setattr__(self, name, float(value))

    @property
    def birth_thresh(self) -> float:
        """The least score that starts a track."""
        return self.track_thresh + 0.1 if self.det_thresh is None else self.det_thresh

    @property
    def max_lost(self) -> int:
        """How many nominal frames a lost track is kept."""
        return int(self.frame_rate / 30.0 * self.lost_buffer)


_FRACTIONS = (
    "track_thresh",
    "low_thresh",
    "match_thresh",
    "second_match_thresh",
    "unconfirmed_match_thresh",
    "duplicate_thresh",
)
