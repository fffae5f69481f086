"""What a model says of itself in its ONNX metadata, beyond its labels."""

import ast
import re
from collections.abc import Mapping
from math import isfinite, prod

from models.options import BoxUnit, Colour, Fit


def size_in(metadata: Mapping[str, str]) -> tuple[int, int] | None:
    """The (height, width) under the key `imgsz`, a list literal as Ultralytics writes it; None without a usable one."""
    size = literal_in(metadata, "imgsz")
    sides = [size, size] if isinstance(size, int) else size
    if not isinstance(sides, list | tuple) or len(sides) != 2:
        return None
    height, width = sides
    if not all(isinstance(side, int) and 32 <= side <= 8192 for side in (height, width)):
        return None
    return height, width


def stride_in(metadata: Mapping[str, str]) -> int | None:
    """The number under the key `stride` that sides of the input are multiples of; None without a usable one."""
    text = metadata.get("stride", "").strip("[] ")
    return int(text) if re.fullmatch(r"[1-9]\d{0,2}", text) else None


def nms_iou_in(metadata: Mapping[str, str]) -> float | None:
    """The overlap under the key `nms_iou` above which two boxes are one object; None without a usable one."""
    try:
        overlap = float(metadata.get("nms_iou", ""))
    except ValueError:
        return None
    return overlap if 0.0 < overlap <= 1.0 else None


def boxes_in(metadata: Mapping[str, str]) -> BoxUnit | None:
    """The unit of the boxes under the key `boxes`: pixels or fractions of the input; None without a usable one."""
    said = metadata.get("boxes", "").strip().lower()
    return "pixels" if said == "pixels" else "fractions" if said == "fractions" else None


def keypoint_columns(metadata: Mapping[str, str]) -> tuple[int, ...]:
    """How many numbers the key points of a pose take, from `kpt_shape`, points times numbers; none without it."""
    shape = literal_in(metadata, "kpt_shape")
    if not isinstance(shape, list | tuple) or not shape or not all(isinstance(n, int) and 0 < n < 1000 for n in shape):
        return ()
    return (prod(shape),)


def colour_in(metadata: Mapping[str, str]) -> Colour | None:
    """The channel order under the key `colour` or `color`; None without a usable one."""
    said = (metadata.get("colour") or metadata.get("color") or "").strip().lower()
    return "rgb" if said == "rgb" else "bgr" if said == "bgr" else None


def fit_in(metadata: Mapping[str, str]) -> Fit | None:
    """Where a letterbox puts the picture, under LibreYOLO's key `letterbox_pad`; None without a usable one."""
    said = re.sub("[^a-z]", "", metadata.get("letterbox_pad", "").lower())
    return "top-left" if said == "topleft" else "centre" if said in ("center", "centre") else None


def triple_in(metadata: Mapping[str, str], key: str) -> tuple[float, float, float] | None:
    """Three numbers under a key (`mean`, `std`), as a list literal or separated by commas; None without usable ones."""
    text = metadata.get(key, "").strip().strip("[]()")
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        return None
    if len(numbers) != 3 or not all(isfinite(number) for number in numbers) or (key == "std" and min(numbers) <= 0):
        return None
    return numbers[0], numbers[1], numbers[2]


def literal_in(metadata: Mapping[str, str], key: str) -> object:
    """The Python literal under a key, as Ultralytics writes lists and dicts; None where there is none."""
    try:
        return ast.literal_eval(metadata.get(key, "").strip() or "None")
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
