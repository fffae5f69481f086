"""Evaluating tracks, or the tracker itself, on sequences of the MOT Challenge and of the same layout."""

from app.evaluation.evaluating import Watcher, evaluate
from app.evaluation.plan import EvaluationPlan, GivenTracks, Tracking
from app.evaluation.preparing import PreparedSequence, prepare, scored_classes
from app.evaluation.results import Evaluation, SequenceResult
from app.evaluation.sequences import MotSequence, find_sequences
from app.evaluation.span import SpanChoice

__all__ = [
    "Evaluation",
    "EvaluationPlan",
    "GivenTracks",
    "MotSequence",
    "PreparedSequence",
    "SequenceResult",
    "SpanChoice",
    "Tracking",
    "Watcher",
    "evaluate",
    "find_sequences",
    "prepare",
    "scored_classes",
]
