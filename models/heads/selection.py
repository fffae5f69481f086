"""Which candidates of an image are detections."""

from models.heads.layout import Candidates
from models.heads.nms import best_first, suppress, suppress_oriented
from models.heads.softening import soften


def select(found: Candidates, iou: float | None, soft: bool, floor: float, limit: int) -> Candidates:
    """The candidates that stay, best score first, at most `limit`.

    Args:
        found: the candidates of one image, in pixels.
        iou: boxes of one class that overlap more than this are the same object; None: the model suppressed by itself.
        soft: lower the scores of overlapping boxes instead of removing them. Turned boxes are removed all the same.
        floor: lowered scores at or below it are dropped.
        limit: how many to keep at most.
    """
    if iou is None:
        return found.at(best_first(found, limit))
    if found.oriented is not None:
        return found.at(suppress_oriented(found, iou, limit))
    if soft:
        return soften(found, floor, limit)
    return found.at(suppress(found, iou, limit))
