"""What is said of a model: where it lies, how it is read and how it is run."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from models.providers import CHOICES, DEVICE_PATTERN

Goal = Literal["auto", "latency", "throughput", "cores"]
Number = Annotated[float, Field(allow_inf_nan=False)]
Colours = tuple[Number, Number, Number]
Deviation = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Side = Annotated[int, Field(ge=32, le=8192)]


def _known_device(value: str) -> str:
    if not re.fullmatch(DEVICE_PATTERN, value):
        raise ValueError(f"unknown device {value!r}: choose {CHOICES}")
    return value


DeviceName = Annotated[
    str, AfterValidator(_known_device), WithJsonSchema({"type": "string", "pattern": DEVICE_PATTERN})
]


class InferenceSettings(BaseModel):
    """How the detector is read and run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    callers: int | None = Field(
        default=None, ge=1, le=64, description="threads that call the detector; default by device"
    )
    threads: int | None = Field(default=None, ge=1, le=256, description="threads inside one call; default by device")
    goal: Goal = Field(
        default="auto",
        description="what callers and threads on a CPU are measured for at the first start with a model: auto (most "
        "frames whose call is at most twice as long as the shortest), latency, throughput; cores: not measured",
    )
    spin: bool = Field(
        default=False, description="idle threads of a CPU spin: shorter calls on a machine that has nothing else to do"
    )
    arena: bool = Field(default=True, description="the CPU keeps memory between calls; off: less memory, longer calls")
    half: bool = Field(default=False, description="TensorRT computes in half precision")
    max_batch: int = Field(default=8, ge=1, le=256, description="frames of one batch at most")
    head: str | None = Field(default=None, description="output layout of the model; default what it shows itself")
    input_size: tuple[Side, Side] | None = Field(
        default=None, description="[height, width] to run at, where the model can; default its own"
    )
    nms_iou: float | None = Field(default=None, gt=0, le=1, description="overlap of two boxes of a class that are one")
    soft_nms: bool = Field(default=False, description="lower the scores of overlapping boxes instead of removing them")
    score_floor: float = Field(
        default=0.1, ge=0, lt=1, description="detections at or below it never leave the detector"
    )
    labels: tuple[str, ...] | None = Field(
        default=None, max_length=65_536, description="class names; default those in or beside the model"
    )
    colour: Literal["bgr", "rgb"] | None = Field(
        default=None, description="channel order of the input; this and what follows by default as the model says"
    )
    fit: Literal["top-left", "centre", "stretch"] | None = Field(
        default=None, description="where an image lies in the input: top-left, centre, or stretched to fill it"
    )
    pixel_max: float | None = Field(
        default=None, gt=0, le=65_535, description="value of white in the input, before mean and std"
    )
    mean: Colours | None = Field(default=None, description="subtracted per channel, in the input's own order")
    std: tuple[Deviation, Deviation, Deviation] | None = Field(
        default=None, description="divided by per channel, after mean"
    )
    boxes: Literal["pixels", "fractions"] | None = Field(
        default=None, description="unit of the boxes that the model writes"
    )


class ModelSettings(BaseModel):
    """One model: where it lies and how it is read and run.

    What is not said of `inference` is as the model and the device have it, and not as the service's own table says:
    that one speaks of the default model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(min_length=1, max_length=1024, description="catalogue name, or path of an ONNX file")
    device: DeviceName | None = Field(default=None, description="as the service's `device`; null: the same")
    inference: InferenceSettings = Field(default=InferenceSettings(), description="how it is run, as a table")
