"""What is evaluated, and how."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.evaluation.span import SpanChoice
from tracker import ByteTrackConfig
from tracker.interpolation import MAX_GAP, Method


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """Tracks are made here, from detections.

    `config` gives the tracker's parameters for a frame rate. `camera_motion` None takes a sequence's motion file where
    there is one, True needs it. `detections` names the file where a sequence has several.
    """

    config: Callable[[float], ByteTrackConfig]
    detections: str | None = None
    camera_motion: bool | None = False
    frame_rate: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTracks:
    """Tracks were made elsewhere. `whole` says that they number the frames of the whole sequence, not of the part."""

    place: Path
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPlan:
    """How sequences are evaluated.

    `classes` None takes truth for that of the MOT Challenge: pedestrians, and others that are neither right nor wrong.
    Otherwise each class is scored on its own: those named, or with an empty tuple all that the truth has.
    `any_shape` keeps boxes that no pedestrian has.
    """

    tracks: Tracking | GivenTracks
    span: SpanChoice
    classes: tuple[int, ...] | None = None
    benchmark: str | None = None
    any_shape: bool = False
    interpolate: Method | None = None
    max_gap: int = MAX_GAP

    @property
    def by_class(self) -> bool:
        """Whether classes are scored on their own."""
        return self.classes is not None
