"""An evaluation as a JSON document."""

from dataclasses import asdict
from typing import Any

from app.evaluation.plan import EvaluationPlan
from app.evaluation.results import Evaluation, SequenceResult
from app.scoring import ALPHAS, Score

VERSION = 1


def document(evaluation: Evaluation, plan: EvaluationPlan) -> dict[str, Any]:
    """All scores, unrounded and in per cent as the field writes them, and how they came about."""
    classes = {name: scores(score) for name, score in evaluation.by_class().items()}
    return {
        "version": VERSION,
        "unit": "per cent",
        "frames": str(plan.span),
        "convention": "classes" if plan.by_class else "pedestrians of the MOT Challenge",
        "any_shape": plan.any_shape or plan.by_class,
        "interpolate": plan.interpolate,
        "max_gap": plan.max_gap if plan.interpolate else None,
        "alpha": list(ALPHAS),
        "sequences": {one.name: _sequence(one, plan) for one in evaluation.sequences},
        "classes": classes if plan.by_class else {},
        "class_average": scores(evaluation.class_average()) if plan.by_class else None,
        "overall": scores(evaluation.overall()),
    }


def scores(score: Score) -> dict[str, Any]:
    """The figures of a score under the names that the field has for them."""
    return {
        "HOTA": 100 * score.hota,
        "DetA": 100 * score.det_a,
        "AssA": 100 * score.ass_a,
        "MOTA": 100 * score.mota,
        "IDF1": 100 * score.idf1,
        "IDSW": score.switches,
        "Frag": score.fragments,
        "FP": score.false_positives,
        "FN": score.misses,
        "objects": score.objects,
        "tracks": score.tracks,
        "HOTA_alpha": [100 * value for value in score.hota_curve],
    }


def _sequence(one: SequenceResult, plan: EvaluationPlan) -> dict[str, Any]:
    by_class = {name: scores(Score.of(measures)) for name, measures in one.by_class.items()}
    return {
        "first_frame": one.first_frame,
        "frames": one.frames,
        "origin": one.origin,
        "tracker": None if one.config is None else asdict(one.config),
        "tracker_ms": one.median_ms,
        "camera_motion": one.camera_motion,
        **scores(Score.of(one.measures)),
        **({"classes": by_class} if plan.by_class else {}),
    }
