"""What a detector is, and everything that can go wrong with one.

ModelError
├── ModelNotFound        no such file, an unknown name, or a catalogue model that was not pulled yet
├── ModelBroken          the file is no ONNX model that can be run: empty, truncated, wrong hash
├── ModelUnsupported     it runs, but it is no detector this package reads, or the options do not fit it
├── ModelAmbiguous       more than one reading of its outputs is possible: the caller has to choose
├── InspectionFailed     an unknown file could not be tried, for a reason that is not the file's
├── DeviceUnavailable    the device asked for is not there
├── DownloadFailed       a pull ended without a model
│   └── ChecksumMismatch     what came is not what the catalogue promises
└── DetectionFailed      a loaded model raised while it ran, or was closed
    └── OutOfMemory          it asked for more memory than there is
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.options import ModelInfo
from tracker import Detections

Image = NDArray[np.uint8]
"""(H, W, 3) pixels in BGR order, as OpenCV decodes them."""


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


class InspectionFailed(ModelError):
    """An unknown file could not be tried in a child process, or trying it was told to stop."""


class DeviceUnavailable(ModelError):
    """The device that was asked for cannot be had."""


class DownloadFailed(ModelError):
    """A model could not be fetched; what arrived so far may wait beside the target to be resumed."""


class ChecksumMismatch(DownloadFailed):
    """What was fetched is not what the catalogue promises; it was deleted."""


class DetectionFailed(ModelError):
    """The model raised while it ran, or the detector was closed."""


class OutOfMemory(DetectionFailed):
    """The model asked for more memory than the device, or the limit of this process, has for it."""


class Abort:
    """Lets one thread end another's call of `detect`.

    An aborted call raises `DetectionFailed` at the next node of the graph, also inside a loop that would never end.
    """

    def __init__(self) -> None:
        """Nothing is aborted yet."""
        self._lock = Lock()
        self._set = False
        self._endings: list[Callable[[], None]] = []

    def set(self) -> None:
        """End the calls that were given this, now and from now on. Idempotent."""
        with self._lock:
            self._set = True
            for end in self._endings:
                end()

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """Call `end` if the abort comes within the block, at once if it came before. `end` must return quickly."""
        with self._lock:
            self._endings.append(end)
            if self._set:
                end()
        try:
            yield
        finally:
            with self._lock:
                self._endings.remove(end)


class Detector(Protocol):
    """Finds objects in images. Several threads may call `detect` at once."""

    @property
    def info(self) -> ModelInfo:
        """What it is and where it runs."""
        ...

    def detect(
        self, images: Sequence[Image], sizes: Sequence[tuple[int, int]] | None = None, abort: Abort | None = None
    ) -> list[Detections]:
        """One `Detections` per image, in the order given, best score first.

        Args:
            images: any number of BGR images, each of its own size.
            sizes: (width, height) of each full image, where the images were decoded at a reduced scale.
            abort: lets another thread end the call.

        Returns:
            boxes in pixels of the full images. They may reach a little beyond the image, as the detector saw them.

        Raises:
            ValueError: an image is not (H, W, 3) uint8, or `sizes` does not fit `images`.
            DetectionFailed: the model raised, the call was aborted, or the detector is closed.
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
