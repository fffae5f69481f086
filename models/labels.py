"""Names of classes: those of COCO, those in a model's metadata, those in a file beside it."""

import re
from collections.abc import Mapping
from pathlib import Path

from models.detector import ModelUnsupported
from models.metadata import literal_in
from models.regular import read_regular

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

NEVER_ANNOTATED = {
    12: "street sign", 26: "hat", 29: "shoe", 30: "eye glasses", 45: "plate", 66: "mirror", 68: "window", 69: "desk",
    71: "door", 83: "blender",
}  # fmt: skip
"""Ids of COCO that its paper names and its annotations do not use."""


def _by_annotation_id() -> tuple[str, ...]:
    names = iter(COCO)
    return ("background", *(NEVER_ANNOTATED.get(number) or next(names) for number in range(1, 91)))


COCO_91 = _by_annotation_id()
"""The names of COCO by the ids of its annotations, as DETR, RF-DETR, TensorFlow and torchvision number them."""

BACKGROUND = ("background", "bg", "n/a", "none", "unlabeled")
"""What a list of labels calls the class that is none."""

ENDING = ".labels.txt"
"""Of the file of labels beside a model, in place of the model's own ending."""

MOST_BYTES = 1_000_000
"""Of a file of labels."""

MAX_NAME = 80
"""Longer names are cut: they come from files of strangers and end up on screens."""


def labels_in(metadata: Mapping[str, str]) -> tuple[str, ...] | None:
    """The names under the key `names`, a dict or list in Python or JSON as exporters write it; None without them."""
    names = literal_in(metadata, "names")
    if isinstance(names, dict):
        # JSON knows no keys but text: LibreYOLO writes {"0": "person"}.
        by_id = {int(key): name for key, name in names.items() if re.fullmatch(r"[0-9]{1,4}", str(key))}
        names = [by_id.get(class_id, f"class {class_id}") for class_id in range(max(by_id, default=-1) + 1)]
    if not isinstance(names, list | tuple) or not names:
        return None
    return tuple(_text(name, class_id) for class_id, name in enumerate(names))


def labels_beside(model: Path) -> tuple[str, ...] | None:
    """The lines of `<model>.labels.txt` beside a model file, None where there is no such file or nothing in it.

    Raises:
        ModelUnsupported: there is one that cannot be read, is too large or is no text in UTF-8.
    """
    path = model.with_suffix(ENDING)
    try:
        lines = read_regular(path, MOST_BYTES).decode("utf-8-sig").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ModelUnsupported(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ModelUnsupported(f"{path} is no text in UTF-8, with a class name on each line") from error
    return tuple(clean(line) for line in lines if line.strip()) or None


def labels_for(given: tuple[str, ...] | None, classes: int | None, first_class: int = 0) -> tuple[str, ...]:
    """One name per class id.

    Args:
        given: what the caller or the metadata name; a model whose ids begin at 1 may be given the background as well.
        classes: how many classes the outputs show; COCO's for 80 and for the 91 ids of its annotations, numbered
            names for other counts, no names for an unknown one.
        first_class: the id of the first class; ids below are the background.
    """
    if given == COCO and classes == len(COCO_91):
        return COCO_91
    if given:
        has_background = first_class == 0 or given[0].strip("_ ").lower() in BACKGROUND
        return given if has_background else ("background",) * first_class + given
    if classes == len(COCO) + first_class:
        return ("background",) * first_class + COCO
    if classes == len(COCO_91):
        return COCO_91
    return tuple(f"class {class_id}" for class_id in range(classes or 0))


def _text(name: object, class_id: int) -> str:
    if isinstance(name, str):
        return clean(name)
    # Writing out a number of a million digits fails, and takes its time.
    return str(name) if isinstance(name, int) and abs(name) < 10**9 else f"class {class_id}"


def clean(name: str) -> str:
    """A name without control characters and excess."""
    return "".join(c for c in name.strip() if c.isprintable())[:MAX_NAME]
