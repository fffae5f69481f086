"""OnnxDetector: any detector that was exported to ONNX, on onnxruntime."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

import numpy as np

from models.batches import MOST_PER_RUN
from models.detector import Abort, DetectionFailed, Image, ModelUnsupported, checked_sizes
from models.heads.layout import Array
from models.heads.oriented import scaled
from models.heads.probe import Answer, Reading, probe
from models.heads.selection import select
from models.labels import labels_for, labels_in
from models.metadata import colour_in, nms_iou_in, size_in
from models.options import DetectorOptions, ModelInfo
from models.preprocess import BufferPool, Geometry, Pixels, fit_geometry
from models.runner import Runner
from models.session import open_session
from models.signature import signature_of
from tracker import Detections

NO_OBJECT_PX = 2.0
"""A box with a side of at most so many pixels of the full image is noise: no detector resolves it."""

FARTHEST_PX = 1e6
"""Boxes that reach this far are garbage; `Detections` refuses them."""

DEFAULT_NMS_IOU = 0.7
"""What ByteTrack's authors run YOLOX with: people in crowds overlap."""

DEFAULT_SIZE = (640, 640)
"""(height, width) for a model that is free in both and says nothing."""


class OnnxDetector:
    """A `Detector` on one onnxruntime session.

    Any number of threads may call `detect` at once: the session is thread-safe, and each call borrows an input buffer
    of its own. `close` may be called while others detect; they finish.
    """

    def __init__(self, content: bytes, name: str, device: str, options: DetectorOptions) -> None:
        """Loads the model, runs it on a test card, and learns from the answer how to read it.

        Raises:
            ModelError: the model or the device does not do, with the reason.
        """
        opened = open_session(content, name, device, options)
        session = opened.session
        metadata = session.get_modelmeta().custom_metadata_map
        signature = signature_of(session)
        self._input_hw = signature.input_hw or options.input_size or size_in(metadata) or DEFAULT_SIZE
        if options.input_size not in (None, self._input_hw):
            raise ModelUnsupported(f"{name} has a fixed input of {self._input_hw}, not {options.input_size}")
        labels = options.labels or labels_in(metadata)
        runner = Runner(session, signature, self._input_hw)
        self._runner: Runner | None = runner
        arrays, batch = runner.try_out()
        answer = Answer(
            signature.outputs,
            arrays,
            self._input_hw,
            metadata,
            classes=len(labels) if labels else None,
            sized=len(session.get_inputs()) > 1,
            dtype=np.dtype(signature.dtype).name,
        )
        self._reading = probe(answer, options.head, options.boxes)
        batch = self._reading.batch_limit(batch, signature.batch)
        self._options = options
        self._nms_iou = options.nms_iou or nms_iou_in(metadata) or DEFAULT_NMS_IOU
        self._pixels = pixels_of(self._reading, metadata, options)
        self._buffers = BufferPool(self._input_hw, self._pixels, signature.dtype)
        self._per_run = batch or MOST_PER_RUN
        self.info = ModelInfo(
            name=name,
            head=self._reading.head.name,
            input=signature.input_hw,
            runs_at=self._input_hw,
            labels=labels_for(labels, self._reading.classes, self._reading.head.first_class),
            device=device,
            provider=opened.providers[0],
            providers=opened.providers,
            note=opened.note,
            batch_limit=batch,
            sha256=sha256(content).hexdigest(),
            size_bytes=len(content),
            colour=self._pixels.colour,
            fit=self._pixels.fit,
            boxes=self._reading.boxes or "pixels",
            oriented=self._reading.head.oriented,
            suppresses=not self._reading.overlapping,
            reason=self._reading.reason,
            threads=opened.threads,
            callers=options.callers,
        )

    def input_size_for(self, width: int, height: int) -> tuple[int, int]:
        """(width, height) of a full image inside the input: a decoder needs no more pixels than that."""
        return fit_geometry(self._pixels.fit, (width, height), self._input_hw).inner

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
        geometries = [fit_geometry(self._pixels.fit, size, self._input_hw) for size in checked_sizes(images, sizes)]
        found: list[Detections] = []
        for start in range(0, len(images), self._per_run):
            part = slice(start, start + self._per_run)
            found += self._detect_batch(runner, images[part], geometries[part], abort)
        return found

    def close(self) -> None:
        """Frees the model once the calls under way have ended; later ones raise `DetectionFailed`."""
        self._runner = None
        self._buffers.clear()

    def _detect_batch(
        self, runner: Runner, images: Sequence[Image], geometries: Sequence[Geometry], abort: Abort | None
    ) -> list[Detections]:
        count = self.info.batch_limit or len(images)
        with self._buffers.borrow(count) as buffer:
            for slot, (image, geometry) in enumerate(zip(images, geometries, strict=True)):
                buffer.write(slot, image, geometry)
            outputs = runner(buffer.array[:count], abort)
        by_image = self._reading.images(outputs, count)[: len(geometries)]
        return [self._detections(own, geometry) for own, geometry in zip(by_image, geometries, strict=True)]

    def _detections(self, outputs: Sequence[Array], geometry: Geometry) -> Detections:
        options = self._options
        found = self._reading.candidates(outputs, self._input_hw, options.score_floor)
        overlap = self._nms_iou if self._reading.overlapping else None
        found = select(found, overlap, options.soft_nms, options.score_floor, options.max_detections)
        boxes = geometry.to_image(found.xyxy)
        solid = (boxes[:, 2:] - boxes[:, :2] > NO_OBJECT_PX).all(axis=1) & (np.abs(boxes) < FARTHEST_PX).all(axis=1)
        found = found.at(np.flatnonzero(solid))
        turned = None
        if found.oriented is not None:
            moved = found.oriented.astype(np.float64) - [geometry.left, geometry.top, 0, 0, 0]
            turned = scaled(moved, 1 / geometry.scale_x, 1 / geometry.scale_y)
        return Detections(
            xyxy=boxes[solid], score=found.score.astype(np.float64), class_id=found.class_id, oriented=turned
        )


def pixels_of(reading: Reading, metadata: Mapping[str, str], options: DetectorOptions) -> Pixels:
    """What the model's input means: as the options say, else as its metadata says, else as its family does."""
    head = reading.head
    return Pixels(
        colour=options.colour or colour_in(metadata) or head.colour,
        fit=options.fit or head.fit,
        maximum=options.pixel_max or head.pixel_max,
    )
