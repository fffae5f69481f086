"""What a model says of itself in its ONNX metadata, beyond its labels."""

import ast
from collections.abc import Mapping


def size_in(metadata: Mapping[str, str]) -> tuple[int, int] | None:
    """The (height, width) under the key `imgsz`, a list literal as Ultralytics writes it; None without a usable one."""
    try:
        size = ast.literal_eval(metadata.get("imgsz", "").strip() or "None")
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    sides = [size, size] if isinstance(size, int) else size
    if not isinstance(sides, list | tuple) or len(sides) != 2:
        return None
    height, width = sides
    if not all(isinstance(side, int) and 32 <= side <= 8192 for side in (height, width)):
        return None
    return height, width


def nms_iou_in(metadata: Mapping[str, str]) -> float | None:
    """The overlap under the key `nms_iou` above which two boxes are one object; None without a usable one."""
    try:
        overlap = float(metadata.get("nms_iou", ""))
    except ValueError:
        return None
    return overlap if 0.0 < overlap <= 1.0 else None
