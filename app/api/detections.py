"""Detections that a client sends, from rows to columns."""

import numpy as np
from numpy.typing import NDArray

from app.api.problem import invalid, pointer
from app.engine.port import DetectionsIn
from app.limits import Limits
from app.wire import DetectionsBody, DetectionsMessage, InputDetection
from tracker import Detections, DetectionsError, MotionError
from tracker.motion import checked

_MAX_SIDE = 1_000_000  # coordinates end there; only images that trackd decodes itself have a stricter limit


def detections_in(message: DetectionsBody | DetectionsMessage, limits: Limits) -> DetectionsIn:
    """A frame's detections, checked.

    Raises:
        InvalidInput: too many, a box without area, a class out of range, a camera motion that none is; `errors` points
            to the place.
    """
    rows = message.detections
    if len(rows) > limits.detections:
        raise invalid("/detections", f"{len(rows)} detections; a frame may have {limits.detections}")
    for name, side in (("width", message.width), ("height", message.height)):
        if side > _MAX_SIDE:
            raise invalid(pointer(name), f"{side} pixels; at most {_MAX_SIDE} are possible")
    for index, row in enumerate(rows):
        _check(index, row, limits)
    return DetectionsIn(
        _columns(rows), message.width, message.height, message.seq, message.capture_ts, _camera_motion(message)
    )


def _check(index: int, row: InputDetection, limits: Limits) -> None:
    x1, y1, x2, y2 = row.bbox
    if x2 <= x1 or y2 <= y1:
        detail = f"x2 > x1 and y2 > y1 are needed, got {list(row.bbox)}"
        raise invalid(pointer("detections", index, "bbox"), detail)
    if row.class_id > limits.class_id:
        detail = f"{row.class_id} is above {limits.class_id}"
        raise invalid(pointer("detections", index, "class_id"), detail)


def _camera_motion(message: DetectionsBody | DetectionsMessage) -> NDArray[np.float64] | None:
    try:
        return None if message.camera_motion is None else checked(message.camera_motion)
    except MotionError as error:
        raise invalid(pointer("camera_motion"), str(error)) from None


def _columns(rows: list[InputDetection]) -> Detections:
    try:
        return Detections(
            np.array([row.bbox for row in rows], np.float64).reshape(-1, 4),
            np.array([row.score for row in rows], np.float64),
            np.array([row.class_id for row in rows], np.int64),
        )
    except DetectionsError as error:
        name = {"xyxy": "bbox"}.get(error.field, error.field)
        where = ("detections",) if error.row is None else ("detections", error.row, name)
        raise invalid(pointer(*where), str(error)) from None
