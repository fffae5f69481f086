"""Whether detections are what `types.Detections` promises, in one pass."""

from tracker.compiled import kernel
from tracker.types import COORDINATE_LIMIT, NORMALISED_RANGE, SMALLEST_SIDE, Floats, Ints

LEAST, MOST = NORMALISED_RANGE


@kernel
def are_sound(xyxy: Floats, score: Floats, class_id: Ints) -> bool:
    """Whether every box, score and class can be tracked; what is wrong with those that cannot is found elsewhere.

    Args:
        xyxy: (N, 4) corner boxes.
        score: (N,).
        class_id: (N,).
    """
    normalised = len(score) > 0
    for row in range(len(score)):
        box = xyxy[row]
        for k in range(4):
            if not abs(box[k]) <= COORDINATE_LIMIT:
                return False
            normalised = normalised and LEAST <= box[k] <= MOST
        if not (box[2] - box[0] >= SMALLEST_SIDE and box[3] - box[1] >= SMALLEST_SIDE):
            return False
        if not 0.0 <= score[row] <= 1.0 or class_id[row] < 0:
            return False
    return not normalised
