"""What a stream may say of its tracker."""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tracker import ByteTrackConfig
from tracker.presets import PRESETS


class TrackerSettings(BaseModel):
    """Parameters of ByteTrack, one tracker per stream. What is not said is as the preset has it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    preset: Literal["default", "mot17", "mot20", "accurate"] = Field(
        default="default", description="what all other values are unless they are given"
    )
    track_thresh: float = Field(
        default=0.5, ge=0, le=1, description="HIGH detections, which may start tracks, score above it"
    )
    low_thresh: float = Field(default=0.1, ge=0, le=1, description="a detection at or below it is discarded")
    det_thresh: float | None = Field(
        default=None, ge=0, le=2, description="score of a birth; default track_thresh + 0.1"
    )
    match_thresh: float = Field(
        default=0.8, ge=0, le=1, description="cost limit of the first association; bigger is looser"
    )
    second_match_thresh: float = Field(default=0.5, ge=0, le=1, description="cost limit for LOW detections")
    unconfirmed_match_thresh: float = Field(
        default=0.7, ge=0, le=1, description="cost limit for tracks that were seen once"
    )
    lost_buffer: int = Field(default=30, ge=0, le=100_000, description="frames at 30 fps that a lost track is kept")
    frame_rate: float = Field(default=30.0, gt=0, le=1000, description="nominal frames per second of the stream")
    fuse_score: bool = Field(default=True, description="weigh IoU with the detection's score")
    duplicate_thresh: float = Field(
        default=0.15, ge=0, le=1, description="a tracked and a lost track closer than this cost are one"
    )
    emit: Literal["posterior", "detection"] = Field(
        default="posterior", description="box shown: filtered, or as it came"
    )
    class_aware: bool = Field(default=False, description="pair only what has the same class")
    class_vote: bool = Field(
        default=False, description="show the class most of a track's detections had, by score, not the last one's"
    )
    box_state: Literal["xyah", "xywh", "xywh_height"] = Field(
        default="xyah", description="filter aspect and height, or width and height (BoT-SORT)"
    )
    height_weight: float = Field(
        default=0.0, ge=0, le=10, description="power of the height-modulated IoU (Hybrid-SORT); 0: off"
    )
    centre_distance: bool = Field(default=False, description="lessen IoU by the distance of the centres (DIoU)")
    expansion: float = Field(default=0.0, ge=0, le=2, description="share of its sides that a box is enlarged by")
    confidence_weight: float = Field(default=0.0, ge=0, le=1, description="cost of an unexpected score (Hybrid-SORT)")
    direction_weight: float = Field(default=0.0, ge=0, le=1, description="cost of leaving the course (OC-SORT)")
    replay: bool = Field(default=False, description="filter a gap once more when a track is found again (OC-SORT)")
    score_boost: float = Field(
        default=0.0, ge=0, le=1, description="raise scores where tracks are expected (BoostTrack); 0: off"
    )
    boost_unlikely: bool = Field(default=False, description="raise scores that no track explains (BoostTrack)")
    noise_floor: float | None = Field(
        default=None, ge=0.001, le=1, description="scale measurement noise by 1 - score, down to this (NSA)"
    )
    lost_low_thresh: float = Field(
        default=0.0, ge=0, le=1, description="cost limit at which lost tracks take LOW detections; 0: off"
    )
    relink_distance: float = Field(
        default=0.0, ge=0, le=100, description="find lost tracks again within so many heights per second; 0: off"
    )
    coast: int = Field(default=0, ge=0, le=1000, description="frames that a missed track goes on being shown")

    @model_validator(mode="after")
    def _follow_the_preset(self) -> Self:
        # Not counted as given: a change of the preset changes them again.
        for name, value in PRESETS[self.preset].items():
            if name not in self.model_fields_set:
                self.__dict__[name] = value
        return self

    def config(self, **overrides: Any) -> ByteTrackConfig:
        """The tracker's own configuration, some of its values replaced.

        Raises:
            ValueError: thresholds contradict each other.
        """
        return ByteTrackConfig(**self.model_dump(exclude={"preset"}) | overrides)
