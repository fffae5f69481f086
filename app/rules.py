"""Which detections of a stream its tracker is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.region import Region
from tracker import Detections

CLASS_NOT_KEPT = 255
OUTSIDE_REGION = 254
BELOW_CLASS_SCORE = 253
"""Stand beside the tracker's outcomes: of a detection that the tracker was not given."""

ALLOWED = 128
"""Of a detection that it is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a detection must be.

    Attributes:
        classes: the ids that are kept; None keeps all.
        scores: the score that a detection of a class must exceed, by its id.
        region: where its anchor must be; None allows any place.
    """

    classes: frozenset[int] | None = None
    scores: Mapping[int, float] = field(default_factory=dict)
    region: Region | None = None

    def verdicts(self, detections: Detections, size: tuple[int, int]) -> NDArray[np.uint8] | None:
        """(N,) `ALLOWED`, or the first reason against each; None where there are no rules. `size` is (width, height).

        Raises:
            RegionError: the region is not inside a picture of this size.
        """
        if self.classes is None and not self.scores and self.region is None:
            return None
        verdict = np.full(len(detections), ALLOWED, np.uint8)
        for class_id, score in self.scores.items():
            verdict[(detections.class_id == class_id) & (detections.score <= score)] = BELOW_CLASS_SCORE
        if self.region is not None:
            self.region.bounds(size)
            verdict[~self.region.holds(detections.xyxy, size)] = OUTSIDE_REGION
        if self.classes is not None:
            verdict[~np.isin(detections.class_id, list(self.classes))] = CLASS_NOT_KEPT
        return verdict

    def allowed(self, detections: Detections, size: tuple[int, int]) -> Detections:
        """The detections that are allowed, in their order. Raises as `verdicts`."""
        verdict = self.verdicts(detections, size)
        return detections if verdict is None else taken(detections, np.flatnonzero(verdict == ALLOWED))


def taken(detections: Detections, rows: NDArray[np.intp]) -> Detections:
    """Some rows of some detections."""
    oriented = None if detections.oriented is None else detections.oriented[rows]
    return Detections(detections.xyxy[rows], detections.score[rows], detections.class_id[rows], oriented)


def scores_by_id(scores: Mapping[str, float], ids: Mapping[str, int]) -> dict[int, float]:
    """Scores by class id, from scores by name or id; a name that `ids` does not have is left out."""
    known = {ids.get(key, int(key) if key.isdecimal() else None): score for key, score in scores.items()}
    return {class_id: score for class_id, score in known.items() if class_id is not None}
