"""`<model>.trackd.json`: what a model file does not say of itself, in a file beside it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn, get_args

from models.detector import ModelUnsupported
from models.heads import HEADS
from models.labels import COCO, COCO_91, clean
from models.options import BoxUnit, Colour, DetectorOptions, Fit
from models.regular import read_regular

ENDING = ".trackd.json"
"""Of the file beside a model, in place of the model's own ending."""

MOST_BYTES = 1_000_000
MOST_LABELS = 10_000
FIELDS = ("head", "labels", "colour", "fit", "pixel_max", "mean", "std", "boxes", "nms_iou", "input_size")
"""Of `DetectorOptions`: those that say how a model is read, not how it is run."""

CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"head": tuple(HEADS), "colour": get_args(Colour), "fit": get_args(Fit), "boxes": get_args(BoxUnit)}
)
LENGTHS: Mapping[str, int] = MappingProxyType({"mean": 3, "std": 3, "input_size": 2})
LABEL_SETS: Mapping[str, tuple[str, ...]] = MappingProxyType({"coco": COCO, "coco91": COCO_91})
"""What `labels` may be instead of a list."""


def with_side_file(model: Path, options: DetectorOptions) -> DetectorOptions:
    """The options, filled up from the file beside the model where they say nothing.

    Raises:
        ModelUnsupported: there is such a file, but it is no JSON object of known fields with values that fit.
    """
    path = model.with_suffix(ENDING)
    said = _object_in(path)
    found = {name: _value(path, name, value) for name, value in said.items()}
    missing = {name: value for name, value in found.items() if getattr(options, name) is None}
    try:
        return replace(options, **missing)
    except (TypeError, ValueError) as error:
        raise ModelUnsupported(f"{path}: {error}") from error


def _object_in(path: Path) -> dict[str, Any]:
    """The JSON object in a file; an empty one where there is no file."""
    try:
        content = read_regular(path, MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ModelUnsupported(f"{path} cannot be read: {error.strerror}") from error
    try:
        said = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ModelUnsupported(f"{path} is no JSON: {error}") from error
    if not isinstance(said, dict):
        raise ModelUnsupported(f"{path} must hold a JSON object with {', '.join(FIELDS)}")
    unknown = [name for name in said if name not in FIELDS]
    if unknown:
        raise ModelUnsupported(f"{path}: there is no {unknown[0][:80]!r}; known are {', '.join(FIELDS)}")
    return said


def _value(path: Path, name: str, value: object) -> Any:
    """A field's value as `DetectorOptions` has it."""
    if name == "labels":
        return _labels(path, value)
    if name in CHOICES:
        if value not in CHOICES[name]:
            raise ModelUnsupported(f"{path}: {name} must be one of {', '.join(CHOICES[name])}, got {_short(value)}")
        return value
    if name in LENGTHS:
        kind: Any = int if name == "input_size" else int | float
        if not (isinstance(value, list) and len(value) == LENGTHS[name] and all(_is(kind, each) for each in value)):
            raise ModelUnsupported(f"{path}: {name} must be a list of {LENGTHS[name]} numbers, got {_short(value)}")
        return tuple(value)
    if not _is(int | float, value):
        raise ModelUnsupported(f"{path}: {name} must be a number, got {_short(value)}")
    return value


def _labels(path: Path, value: object) -> tuple[str, ...]:
    if isinstance(value, str) and value in LABEL_SETS:
        return LABEL_SETS[value]
    if isinstance(value, list) and 0 < len(value) <= MOST_LABELS and all(isinstance(label, str) for label in value):
        return tuple(clean(label) for label in value)
    raise ModelUnsupported(
        f"{path}: labels must be a list of names or one of {', '.join(LABEL_SETS)}, got {_short(value)}"
    )


def _is(kind: Any, value: object) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")
