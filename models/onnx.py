"""OnnxDetector: any detector that was exported to ONNX, on onnxruntime."""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from models.batches import runs_of
from models.buffers import BufferPool
from models.detector import Abort, DetectionFailed, Image, checked_sizes
from models.geometry import Geometry, fit_geometry
from models.heads.layout import Array
from models.heads.oriented import scaled
from models.heads.selection import select
from models.labels import labels_for, labels_in
from models.metadata import nms_iou_in
from models.opening import Opened, open_model
from models.options import DetectorOptions, ModelInfo
from models.providers import CPU
from models.runner import Runner
from tracker import Detections

NO_OBJECT_PX = 2.0
"""A box with a side of at most so many pixels of the full image is noise: no detector resolves it."""

FARTHEST_PX = 1e6
"""Boxes that reach this far are garbage; `Detections` refuses them."""

DEFAULT_NMS_IOU = 0.7
"""What ByteTrack's authors run YOLOX with: people in crowds overlap."""


class OnnxDetector:
    """A `Detector` on one onnxruntime session.

    Any number of threads may call `detect` at once: the session is thread-safe, and each call borrows an input buffer
    of its own. `close` may be called while others detect; they finish.
    """

    def __init__(
        self, content: bytes, name: str, device: str, options: DetectorOptions, front: bool | None = None
    ) -> None:
        """Loads the model, runs it on a test card, and learns from the answer how to read it.

        Args:
            content: an ONNX file.
            name: for messages.
            device: as in `load_detector`.
            options: what the model does not say itself.
            front: whether nodes in front of the model convert the pixels; None: on a GPU.

        Raises:
            ModelError: the model or the device does not do, with the reason.
        """
        opened = open_model(content, name, device, options, front)
        self._runner: Runner | None = opened.runner
        self._options = options
        self._reading = opened.trial.reading
        self._input_hw = opened.trial.input_hw
        self._nms_iou = options.nms_iou or nms_iou_in(opened.metadata) or DEFAULT_NMS_IOU
        self._fit = opened.written.fit
        self._fill_up = opened.session.device.provider != CPU
        self._buffers = BufferPool(
            self._input_hw, opened.written, opened.fed.dtype, opened.fed.layout, allocate=opened.session.allocate
        )
        self.info = info_of(opened, content, name, device, options)

    def input_size_for(self, width: int, height: int) -> tuple[int, int]:
        """(width, height) of a full image inside the input: a decoder needs no more pixels than that."""
        return fit_geometry(self._fit, (width, height), self._input_hw).inner

    def detect(
        self, images: Sequence[Image], sizes: Sequence[tuple[int, int]] | None = None, abort: Abort | None = None
    ) -> list[Detections]:
        """One `Detections` per image, in the order given, best score first, boxes in pixels of the full images.

        Args:
            images: any number of BGR images, (H, W, 3) uint8, each of its own size.
            sizes: (width, height) of each full image, where the images were decoded at a reduced scale.
            abort: lets another thread end the call.

        Raises:
            ValueError: an image is not (H, W, 3) uint8, or `sizes` does not fit `images`.
            DetectionFailed: the model raised, the call was aborted, or the detector is closed.
        """
        runner = self._runner
        if runner is None:
            raise DetectionFailed(f"the detector {self.info.name} is closed")
        geometries = [fit_geometry(self._fit, size, self._input_hw) for size in checked_sizes(images, sizes)]
        found: list[Detections] = []
        for count, slots in runs_of(len(images), self.info.batch_limit, self._fill_up):
            part = slice(len(found), len(found) + count)
            found += self._detect_batch(runner, images[part], geometries[part], slots, abort)
        return found

    def close(self) -> None:
        """Frees the model once the calls under way have ended; later ones raise `DetectionFailed`."""
        self._runner = None
        self._buffers.clear()

    def _detect_batch(
        self,
        runner: Runner,
        images: Sequence[Image],
        geometries: Sequence[Geometry],
        slots: int,
        abort: Abort | None,
    ) -> list[Detections]:
        """Of at most `slots` images. Slots beyond them hold earlier pictures, whose detections nobody asks for."""
        with self._buffers.borrow(slots) as buffer:
            for slot, (image, geometry) in enumerate(zip(images, geometries, strict=True)):
                buffer.write(slot, image, geometry)
            outputs = runner(buffer.array[:slots], abort)
        by_image = self._reading.images(outputs, slots)[: len(geometries)]
        return [self._detections(own, geometry) for own, geometry in zip(by_image, geometries, strict=True)]

    def _detections(self, outputs: Sequence[Array], geometry: Geometry) -> Detections:
        options = self._options
        found = self._reading.candidates(outputs, self._input_hw, options.score_floor)
        overlap = self._nms_iou if self._reading.overlapping else None
        found = select(found, overlap, options.soft_nms, options.score_floor, options.max_detections)
        boxes = geometry.to_image(found.xyxy)
        solid = (boxes[:, 2:] - boxes[:, :2] > NO_OBJECT_PX).all(axis=1) & (np.abs(boxes) < FARTHEST_PX).all(axis=1)
        turned = None
        if found.oriented is not None:
            moved = found.oriented.astype(np.float64) - [geometry.left, geometry.top, 0, 0, 0]
            turned = scaled(moved, 1 / geometry.scale_x, 1 / geometry.scale_y)
            solid &= (np.abs(turned) < FARTHEST_PX).all(axis=1)
            turned = turned[solid]
        found = found.at(np.flatnonzero(solid))
        return Detections(
            xyxy=boxes[solid], score=found.score.astype(np.float64), class_id=found.class_id, oriented=turned
        )


def info_of(opened: Opened, content: bytes, name: str, device: str, options: DetectorOptions) -> ModelInfo:
    """What there is to say about a model that was opened."""
    reading, pixels, labels = opened.trial.reading, opened.trial.pixels, options.labels or labels_in(opened.metadata)
    return ModelInfo(
        name=name,
        head=reading.head.name,
        input=opened.declared_hw,
        runs_at=opened.trial.input_hw,
        labels=labels_for(labels, reading.classes, reading.head.first_class),
        device=device,
        provider=opened.session.providers[0],
        providers=opened.session.providers,
        note=opened.session.note,
        batch_limit=opened.trial.batch,
        sha256=sha256(content).hexdigest(),
        size_bytes=len(content),
        colour=pixels.colour,
        fit=pixels.fit,
        pixel_max=pixels.maximum,
        mean=pixels.mean,
        std=pixels.std,
        layout=opened.own.layout,
        dtype=np.dtype(opened.own.dtype).name,
        boxes=reading.boxes or "pixels",
        oriented=reading.head.oriented,
        suppresses=not reading.overlapping,
        reason=reading.reason,
        outputs=opened.trial.outputs,
        threads=opened.session.threads,
        callers=options.callers,
    )
