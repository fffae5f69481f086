"""The parameters of ByteTrack."""

import math
from dataclasses import dataclass
from typing import Any, Literal, Self

from tracker.presets import PRESETS


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
        class_aware: whether only tracks and detections of one class are paired, and only tracks of one class are twins.
        class_vote: whether a track shows the class that its detections voted for over its life, by score, instead of
            that of the last one.
        box_state: what the filter holds: centre, `xyah` aspect and height; `xywh` width and height, each with noise by
            its own side (BoT-SORT, arXiv 2206.14651, section 3.1); `xywh_height` the same with all noise by the height.
        height_weight: in stage 1 overlap is multiplied with the share of height that two boxes have in common, to this
            power; 1 is the height-modulated IoU of Hybrid-SORT (arXiv 2308.00783, section 3.3).
        expansion: by how much of its sides each box is enlarged on either side before overlap is taken (F. Yang et al.,
            "Hard to Track Objects with Irregular Motions and Similar Appearances? Make It Easier by Buffering the
            Matching Space", WACV 2023, section 3.1).
        centre_distance: whether in stage 1 overlap is lessened by the distance of the centres (Z. Zheng et al.,
            "Distance-IoU Loss", AAAI 2020).
        confidence_weight: what a difference of 1 between a detection's score and the one that is expected of the track
            adds to the cost of stages 1 and 2 (Hybrid-SORT, section 3.2, with its linear prediction).
        direction_weight: what a detection straight ahead of a track's course takes off the cost of stage 1, halved, and
            one straight behind adds (OC-SORT, arXiv 2203.14360, section 4.2).
        replay: whether the filter of a track that is seen again goes over the gap once more, along a straight line
            between its two observations (OC-SORT, section 4.1).
        score_boost: detections get at least this times their overlap with a predicted track as their score (V.
            Stanojevic, B. Todorovic, "BoostTrack", Machine Vision and Applications 2024, section 3.3); 0 is off.
        boost_unlikely: whether a detection that no track explains counts as high, however low its score (the same).
        noise_floor: measurement noise is multiplied with 1 - score, and with no less than this (NSA; Y. Du et al.,
            "StrongSORT", IEEE TMM 2023, section 3.3); None is off.
        lost_low_thresh: cost limit at which lost tracks take low detections that stage 2 left over; 0 is off. Who comes
            out from behind somebody is often seen with a low score first.
        relink_distance: lost tracks and high detections left over after stage 3 are paired if their centres are no
            further apart than this many heights for each second since the track was seen; 0 is off.
        coast: for how many frames a track that is missed goes on being shown, where it is expected, once its detections
            span two frames. Such rows have no detection.
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
    class_aware: bool = False
    class_vote: bool = False
    box_state: Literal["xyah", "xywh", "xywh_height"] = "xyah"
    height_weight: float = 0.0
    expansion: float = 0.0
    centre_distance: bool = False
    confidence_weight: float = 0.0
    direction_weight: float = 0.0
    replay: bool = False
    score_boost: float = 0.0
    boost_unlikely: bool = False
    noise_floor: float | None = None
    lost_low_thresh: float = 0.0
    relink_distance: float = 0.0
    coast: int = 0
    emit: Literal["posterior", "detection"] = "posterior"

    def __post_init__(self) -> None:
        for name, (least, most) in _RANGES.items():
            self._check(name, least, most)
        if self.low_thresh > self.track_thresh:
            raise ValueError(
                f"low_thresh is {self.low_thresh!r}: it must not exceed track_thresh, {self.track_thresh!r}"
            )
        if self.det_thresh is not None:
            self._check("det_thresh", 0.0, 1.0)
        elif self.birth_thresh > 1.0:
            would_be = f"track_thresh is {self.track_thresh!r}, so det_thresh would be {self.birth_thresh!r}"
            raise ValueError(f"{would_be} and no track could start: set det_thresh")
        if self.noise_floor is not None:
            self._check("noise_floor", 1e-3, 1.0)
        for name in _SWITCHES:
            if type(getattr(self, name)) is not bool:
                raise ValueError(f"{name} is {getattr(self, name)!r}: it must be True or False")
        for name in ("lost_buffer", "coast"):
            value = getattr(self, name)
            if type(value) is not int or not 0 <= value <= 1_000_000:
                raise ValueError(f"{name} is {value!r}: it must be a whole number of frames from 0 to 1000000")
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                wanted = " or ".join(repr(choice) for choice in choices)
                raise ValueError(f"{name} is {getattr(self, name)!r}: it must be {wanted}")

    def _check(self, name: str, least: float, most: float) -> None:
        value = getattr(self, name)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or not least <= value <= most:
            raise ValueError(f"{name} is {value!r}: it must be a number from {least:g} to {most:g}")
        object.__setattr__(self, name, float(value))

    @classmethod
    def preset(cls, name: str = "default", **overrides: Any) -> Self:
        """The parameters of a preset of `tracker.presets`, some of them replaced.

        Raises:
            ValueError: there is no such preset, or a value is out of range.
            TypeError: there is no such parameter.
        """
        if name not in PRESETS:
            raise ValueError(f"there is no preset {name!r}: choose {', '.join(PRESETS)}")
        return cls(**{**PRESETS[name], **overrides})

    @property
    def birth_thresh(self) -> float:
        """The least score that starts a track."""
        return self.track_thresh + 0.1 if self.det_thresh is None else self.det_thresh

    @property
    def max_lost(self) -> int:
        """How many nominal frames a lost track is kept."""
        return int(self.frame_rate / 30.0 * self.lost_buffer)


_RANGES = {
    "track_thresh": (0.0, 1.0),
    "low_thresh": (0.0, 1.0),
    "match_thresh": (0.0, 1.0),
    "second_match_thresh": (0.0, 1.0),
    "unconfirmed_match_thresh": (0.0, 1.0),
    "duplicate_thresh": (0.0, 1.0),
    "frame_rate": (1e-6, 1e6),
    "height_weight": (0.0, 10.0),
    "expansion": (0.0, 2.0),
    "confidence_weight": (0.0, 1.0),
    "direction_weight": (0.0, 1.0),
    "score_boost": (0.0, 1.0),
    "lost_low_thresh": (0.0, 1.0),
    "relink_distance": (0.0, 100.0),
}
_SWITCHES = ("fuse_score", "class_aware", "class_vote", "centre_distance", "replay", "boost_unlikely")
_CHOICES = {"box_state": ("xyah", "xywh", "xywh_height"), "emit": ("posterior", "detection")}
