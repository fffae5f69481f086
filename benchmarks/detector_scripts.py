"""What stands beside the service: the bare model, and the scripts that a developer would write instead.

Each is made from the path of a model and gives a function that takes one JPEG. Imports stand inside, for each runs in
an environment that holds only what it needs.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Frame = Callable[[bytes], Any]
"""Handles one JPEG, from its bytes to whatever comes out."""

FLOOR, NMS_IOU = 0.1, 0.7
"""The score and the overlap that trackd reads a model with."""


def bare(model: str, threads: int | None) -> Frame:
    """A bare `session.run` over one ready-made tensor, with so many threads without spinning, or as onnxruntime's
    defaults are."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    if threads is not None:
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    feed = {node.name: _filled(node) for node in session.get_inputs()}
    return lambda _: session.run(None, feed)


def plain(model: str) -> Frame:
    """OpenCV, onnxruntime and supervision's ByteTrack, for a YOLOX export with a fixed input."""
    import cv2
    import onnxruntime
    import supervision

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    [node] = session.get_inputs()
    rows, columns = (side if isinstance(side, int) else 416 for side in node.shape[2:])
    cells, strides = _grid(rows, columns)
    tracker = supervision.ByteTrack()

    def frame(data: bytes) -> Any:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        scale = min(rows / image.shape[0], columns / image.shape[1])
        size = int(image.shape[1] * scale), int(image.shape[0] * scale)
        padded = np.full((rows, columns, 3), 114, np.uint8)
        padded[: size[1], : size[0]] = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
        blob = np.ascontiguousarray(padded.transpose(2, 0, 1)[None], np.float32)
        output = session.run(None, {node.name: blob})[0][0]
        score = output[:, 4:5] * output[:, 5:]
        class_id = score.argmax(1)
        best = score[np.arange(len(score)), class_id]
        kept = best > FLOOR
        centre = (output[kept, :2] + cells[kept]) * strides[kept]
        sides = np.exp(output[kept, 2:4]) * strides[kept]
        boxes = np.concatenate([centre - sides / 2, sides], axis=1) / scale
        best, class_id = best[kept], class_id[kept]
        rest = np.asarray(cv2.dnn.NMSBoxesBatched(boxes, best, class_id, FLOOR, NMS_IOU), np.intp).reshape(-1)
        xyxy = np.concatenate([boxes[rest, :2], boxes[rest, :2] + boxes[rest, 2:]], axis=1)
        found = supervision.Detections(xyxy=xyxy, confidence=best[rest], class_id=class_id[rest])
        return tracker.update_with_detections(found)

    return frame


def ultralytics(model: str) -> Frame:
    """`track` of Ultralytics, which reads exports of its own family."""
    import cv2
    from ultralytics import YOLO

    yolo = YOLO(model, task="detect")

    def frame(data: bytes) -> Any:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        return yolo.track(image, persist=True, tracker="bytetrack.yaml", verbose=False, device="cpu")

    return frame


SCRIPTS: dict[str, Callable[..., Frame]] = {"bare": bare, "plain": plain, "ultralytics": ultralytics}


def _filled(node: Any) -> Any:
    """Noise where a picture belongs (a flat one could be computed faster), the size of the input elsewhere."""
    noise = np.random.default_rng(1)
    free = (1, 3, 416, 416) if len(node.shape) == 4 else (1, 2)
    shape = [side if isinstance(side, int) else instead for side, instead in zip(node.shape, free, strict=True)]
    if node.type == "tensor(int64)":
        return np.full(shape, 416, np.int64)
    return noise.uniform(0, 255, shape).astype({"tensor(float16)": np.float16}.get(node.type, np.float32))


def _grid(rows: int, columns: int) -> tuple[Any, Any]:
    """Column and row of each of YOLOX's output rows in its grid, and the grid's stride."""
    cells, strides = [], []
    for stride in (8, 16, 32):
        y, x = np.mgrid[: rows // stride, : columns // stride]
        cells.append(np.stack([x.ravel(), y.ravel()], axis=1))
        strides.append(np.full((x.size, 1), stride))
    return np.concatenate(cells), np.concatenate(strides)
