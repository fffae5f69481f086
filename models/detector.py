"""What a detector is, what may be asked of it, and everything that can go wrong with one.

ModelError
├── ModelNotFound        no such file, an unknown name, or a catalogue model that was not pulled yet
├── ModelBroken          the file is no ONNX model that can be run: empty, truncated, wrong hash
├── ModelUnsupported     it runs, but it is no detector this package reads, or the options do not fit it
├── ModelAmbiguous       more than one reading of its outputs is possible: the caller has to choose
├── DeviceUnavailable    the device asked for is not there
├── DownloadFailed       a pull ended without a model
│   └── ChecksumMismatch     what came is not what the catalogue promises
└── DetectionFailed      a loaded model raised while it ran, or was closed
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from tracker import Detections

Image = NDArray[np.uint8]
"""(H, W, 3) pixels in BGR order, as OpenCV decodes them."""

Colour = Literal["bgr", "rgb"]
Fit = Literal["top-left", "centre", "stretch"]


class ModelError(Exception):
    """Root of every error of this package."""


class ModelNotFound(ModelError):
    """No model answers to this name or path."""


class ModelBroken(ModelError):
    """The file is not an ONNX model that can be run."""


class ModelUnsupported(ModelError):
    """The model runs, but is no detector that can be read, or the options do not fit it."""


class ModelAmbiguous(ModelError):
    """The outputs can be read in more than one way; the message names the choices."""


class DeviceUnavailable(ModelError):
    """The device that was asked for cannot be had."""


class DownloadFailed(ModelError):
    """A model could not be fetched; what arrived so far may wait beside the target to be resumed."""


class ChecksumMismatch(DownloadFailed):
    """What was fetched is not what the catalogue promises; it was deleted."""


class DetectionFailed(ModelError):
    """The model raised while it ran, or the detector was closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorOptions:
    """How to read a model; None means: as the model, its metadata or its head says.

    Attributes:
        head: output layout, one of `models.heads.HEADS`.
        score_floor: detections with a score at or below it are dropped.
        nms_iou: of two boxes of one class that overlap more than this the better one stays; 0.7 where nobody says.
        max_detections: at most so many, the best ones, per image.
        input_size: (height, width) for a model whose input size is free.
        labels: one name per class id.
        colour: channel order of the input.
        fit: how an image is put into the input: letterboxed to the top left or the centre, or stretched.
        pixel_max: the value that white has in the input, 255 or 1.
        threads: intra-op threads on CPU; None takes every core this process may use.
        spin: let idle intra-op threads spin. Lower latency for one caller, at the cost of the CPU of everything else.
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
    threads: int | None = None
    spin: bool = False

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
        if self.input_size is not None and not all(32 <= side <= 8192 for side in self.input_size):
            raise ValueError(f"input_size must be (height, width) with sides of 32 to 8192, got {self.input_size}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """What a loaded model is and where it runs.

    Attributes:
        name: the name or path it was loaded by.
        head: output layout.
        input: (height, width) that the model demands, None where it is free.
        runs_at: (height, width) that images are fitted into.
        labels: one name per class id; empty where nobody knows them.
        device: what was asked for (auto, cpu, cuda, cuda:N).
        provider: the execution provider that answers.
        batch_limit: images per run that the model demands, None where it is free. `detect` takes any number.
        sha256: of the file, in hexadecimal.
        size_bytes: of the file.
        colour: channel order of the input.
        fit: how an image is put into the input.
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

    def label(self, class_id: int) -> str:
        """The class's name, `class 7` where the model has none for it."""
        return self.labels[class_id] if 0 <= class_id < len(self.labels) else f"class {class_id}"


class Detector(Protocol):
    """Finds objects in images. Several threads may call `detect` at once."""

    @property
    def info(self) -> ModelInfo:
        """What it is and where it runs."""
        ...

    def detect(self, images: Sequence[Image], sizes: Sequence[tuple[int, int]] | None = None) -> list[Detections]:
        """One `Detections` per image, in the order given, best score first.

        Args:
            images: any number of BGR images, each of its own size.
            sizes: (width, height) of each full image, where the images were decoded at a reduced scale.

        Returns:
            boxes in pixels of the full images. They may reach a little beyond the image, as the detector saw them.

        Raises:
            ValueError: an image is not (H, W, 3) uint8, or `sizes` does not fit `images`.
            DetectionFailed: the model raised, or the detector is closed.
        """
        ...

    def input_size_for(self, width: int, height: int) -> tuple[int, int]:
        """(width, height) of a full image inside the input: a decoder needs no more pixels than that."""
        ...

    def close(self) -> None:
        """Frees the model; later calls raise `DetectionFailed`."""
        ...


def checked_sizes(images: Sequence[Image], sizes: Sequence[tuple[int, int]] | None) -> Sequence[tuple[int, int]]:
    """The full size (width, height) of every image.

    Raises:
        ValueError: an image is not (H, W, 3) uint8 with pixels in it, or there is not one positive size per image.
    """
    for index, image in enumerate(images):
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
            raise ValueError(f"image {index} must be (H, W, 3) uint8, got {image.shape} {image.dtype}")
    if sizes is None:
        return [(image.shape[1], image.shape[0]) for image in images]
    if len(sizes) != len(images):
        raise ValueError(f"{len(sizes)} sizes for {len(images)} images")
    if any(width < 1 or height < 1 for width, height in sizes):
        raise ValueError(f"sizes must be positive (width, height), got {list(sizes)}")
    return sizes
