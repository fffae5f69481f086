"""How good tracks are against exact truth: HOTA, CLEAR MOT and identity scores, computed in memory by TrackEval."""

from app.scoring.frames import TrackColumns, TruthFrame, score
from app.scoring.measures import (
    ComparedFrame,
    Measures,
    ScoringUnavailable,
    average_classes,
    check_available,
    combine_sequences,
    measure,
    pool_classes,
)
from app.scoring.rows import (
    BENCHMARKS,
    MOT_CLASSES,
    PEDESTRIAN,
    class_frames,
    counted_classes,
    pedestrian_frames,
    pedestrian_shaped,
)
from app.scoring.score import ALPHAS, Score

__all__ = [
    "ALPHAS",
    "BENCHMARKS",
    "MOT_CLASSES",
    "PEDESTRIAN",
    "ComparedFrame",
    "Measures",
    "Score",
    "ScoringUnavailable",
    "TrackColumns",
    "TruthFrame",
    "average_classes",
    "check_available",
    "class_frames",
    "combine_sequences",
    "counted_classes",
    "measure",
    "pedestrian_frames",
    "pedestrian_shaped",
    "pool_classes",
    "score",
]
