"""Names of classes: those of COCO, those in a model's metadata, those in a file beside it."""

import ast
from collections.abc import Mapping
from pathlib import Path

COCO: tuple[str, ...] = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
    "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee",
    "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard",
    "tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple",
    "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch",
    "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse", "remote", "keyboard", "cell phone",
    "microwave", "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors", "teddy bear",
    "hair drier", "toothbrush",
)  # fmt: skip
"""The 80 classes of COCO in the order of every detector trained on them (Lin et al., ECCV 2014)."""

MAX_NAME = 80
"""Longer names are cut: they come from files of strangers and end up on screens."""


def labels_in(metadata: Mapping[str, str]) -> tuple[str, ...] | None:
    """The names under the key `names`, a Python dict or list literal as Ultralytics writes it; None without them."""
    try:
        names = ast.literal_eval(metadata.get("names", "").strip() or "None")
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    if isinstance(names, dict):
        ids = [key for key in names if isinstance(key, int) and 0 <= key < 10_000]
        names = [names.get(class_id, f"class {class_id}") for class_id in range(max(ids, default=-1) + 1)]
    if not isinstance(names, list | tuple) or not names:
        return None
    return tuple(_clean(str(name)) for name in names)


def labels_beside(model: Path) -> tuple[str, ...] | None:
    """The lines of `<model>.labels.txt` beside a model file, None where there is no such file."""
    try:
        lines = model.with_suffix(".labels.txt").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return tuple(_clean(line) for line in lines if line.strip()) or None


def labels_for(classes: int | None) -> tuple[str, ...]:
    """Names for a model that brings none: COCO's for 80 classes, numbered ones otherwise, none for an unknown count."""
    if classes == len(COCO):
        return COCO
    return tuple(f"class {class_id}" for class_id in range(classes or 0))


def _clean(name: str) -> str:
    return "".join(c for c in name.strip() if c.isprintable())[:MAX_NAME]
