"""What may be asked of a detector, and what it says of itself."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Colour = Literal["bgr", "rgb"]
Fit = Literal["top-left", "centre", "stretch"]
Layout = Literal["nchw", "nhwc"]
BoxUnit = Literal["pixels", "fractions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorOptions:
    """How to read a model; None means: as the model, its metadata or its head says.

    Attributes:
        head: output layout, one of `models.heads.HEADS`.
        score_floor: detections with a score at or below it are dropped.
        nms_iou: of two boxes of one class that overlap more than this the better one stays; 0.7 where nobody says.
        max_detections: at most so many, the best ones, per image.
        input_size: (height, width) to run at, where the model leaves it free or can do without the size that it fixes.
        labels: one name per class id.
        colour: channel order of the input.
        fit: how an image is put into the input: letterboxed to the top left or the centre, or stretched.
        pixel_max: the value that white has in the input, 255 or 1, before `mean` and `std`.
        mean, std: subtracted from and divided by, per channel in the input's own order, on the scale of `pixel_max`.
        boxes: whether the model writes boxes in pixels of its input or in fractions of it.
        soft_nms: lower the scores of overlapping boxes instead of removing them.
        threads: intra-op threads on CPU; None takes every core this process may use.
        callers: how many threads are going to call at once, where that is known.
        spin: let idle intra-op threads spin. Lower latency for one caller, at the cost of the CPU of everything else.
        arena: let the CPU keep memory between runs. Off, every run gives its memory back, and takes longer.
        half: let TensorRT compute in half precision.
        graph_cache: a folder for optimised graphs and TensorRT engines, which make later starts faster; None: none.
        inspect: try an unknown file in a child process with limits before it is loaded here.
    """

    head: str | None = None
    score_floor: float = 0.1
    nms_iou: float | None = None
    max_detections: int = 1000
    input_size: tuple[int, int] | None = None
    labels: tuple[str, ...] | None = None
    colour: Colour | None = None
    fit: Fit | None = None
    pixel_max: float | None = None
    mean: tuple[float, float, float] | None = None
    std: tuple[float, float, float] | None = None
    boxes: BoxUnit | None = None
    soft_nms: bool = False
    threads: int | None = None
    callers: int | None = None
    spin: bool = False
    arena: bool = True
    half: bool = False
    graph_cache: Path | None = None
    inspect: bool = True

    def __post_init__(self) -> None:
        """Refuses values that no model could run with."""
        if not 0.0 <= self.score_floor < 1.0:
            raise ValueError(f"score_floor must be in [0, 1), got {self.score_floor}")
        if self.nms_iou is not None and not 0.0 < self.nms_iou <= 1.0:
            raise ValueError(f"nms_iou must be in (0, 1], got {self.nms_iou}")
        if self.max_detections < 1:
            raise ValueError(f"max_detections must be at least 1, got {self.max_detections}")
        if self.threads is not None and self.threads < 1:
            raise ValueError(f"threads must be at least 1, got {self.threads}")
        if self.pixel_max is not None and not 0.0 < self.pixel_max < math.inf:
            raise ValueError(f"pixel_max must be a number above 0, got {self.pixel_max}")
        for name, values in (("mean", self.mean), ("std", self.std)):
            if values is not None and not (len(list(values)) == 3 and all(math.isfinite(value) for value in values)):
                raise ValueError(f"{name} must be three numbers, one per channel, got {values}")
        if self.std is not None and min(self.std) <= 0:
            raise ValueError(f"std must be above 0 in every channel, got {self.std}")
        if self.input_size is not None and not all(32 <= side <= 8192 for side in self.input_size):
            raise ValueError(f"input_size must be (height, width) with sides of 32 to 8192, got {self.input_size}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What trying an unknown file in a child process took.

    Attributes:
        memory_bytes: the most at any time, beyond the program itself; None where the platform does not say.
        seconds: from reading the graph to the answer to the test card, on the CPU with few threads.
        known: whether that was at an earlier start.
    """

    memory_bytes: int | None
    seconds: float
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """What a loaded model is and where it runs.

    Attributes:
        name: the name or path it was loaded by.
        head: output layout.
        input: (height, width) that the model demands, None where it is free.
        runs_at: (height, width) that images are fitted into.
        labels: one name per class id; empty where nobody knows them.
        device: what was asked for, as in `load_detector`.
        provider: the execution provider that answers first, by onnxruntime's name.
        providers: the active execution providers, in the order in which they got nodes.
        note: why `auto` did not take a better device, or how much of the model the device leaves to the CPU; or empty.
        batch_limit: images per run that the model demands, None where it is free. `detect` takes any number.
        sha256: of the file, in hexadecimal.
        size_bytes: of the file.
        colour: channel order of the input.
        fit: how an image is put into the input.
        pixel_max, mean, std: what the numbers in the input mean, as in `DetectorOptions`.
        layout: order of the input's axes.
        dtype: of the input: float32, float16 or uint8.
        boxes: unit of the boxes that the model writes.
        oriented: whether it finds turned boxes.
        suppresses: whether the model removes overlapping boxes by itself.
        reason: why its outputs are read as they are, in one line.
        outputs: name, type and shape of each output as it answered the test card.
        threads: intra-op threads of one call.
        callers: how many threads it was told are going to call at once.
        inspection: of an unknown file; None for a model that needed none.
    """

    name: str
    head: str
    input: tuple[int, int] | None
    runs_at: tuple[int, int]
    labels: tuple[str, ...]
    device: str
    provider: str
    batch_limit: int | None
    sha256: str
    size_bytes: int
    colour: Colour
    fit: Fit
    pixel_max: float = 255.0
    mean: tuple[float, float, float] | None = None
    std: tuple[float, float, float] | None = None
    layout: Layout = "nchw"
    dtype: str = "float32"
    boxes: BoxUnit = "pixels"
    oriented: bool = False
    suppresses: bool = False
    reason: str = ""
    outputs: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    note: str = ""
    threads: int | None = None
    callers: int | None = None
    inspection: Inspection | None = None

    def label(self, class_id: int) -> str:
        """The class's name, `class 7` where the model has none for it."""
        return self.labels[class_id] if 0 <= class_id < len(self.labels) else f"class {class_id}"
