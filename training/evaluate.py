"""Measures an ONNX file of the demo detector: `python -m training.evaluate models/weights/demo.onnx`."""

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

import tracker
from app.sources.demo import CLASSES, SCORED_VISIBILITY, DemoCamera
from training.precision import area_under_curve, judge
from training.scenes import INPUT_SIZE
from training.tracking import hota

HELD_OUT = tuple(range(9000, 9016))
"""Streets that training never sees."""

TRACKED = HELD_OUT[:4]
FRAMES = 30
EVERY = 97
SMALLEST_PX = 8.0
"""Objects of which less than this shows across or down, in pixels of a 960x540 frame, are ignored too."""


class Runner:
    """The file in onnxruntime on two threads, with the plain surroundings that a runtime needs."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The output (7, N) for a 16:9 BGR picture."""
        small = cv2.resize(image, (INPUT_SIZE[1], INPUT_SIZE[0]), interpolation=cv2.INTER_LINEAR)
        blob = np.ascontiguousarray(small[:, :, ::-1].transpose(2, 0, 1), dtype=np.float32)[None] / 255
        return np.asarray(self._session.run(None, {"images": blob})[0][0])

    def detect(self, image: NDArray[np.uint8], floor: float = 0.02) -> tracker.Detections:
        """Boxes in pixels of the picture, after suppression within each class."""
        output = self.run(image)
        class_id, score = output[4:].argmax(axis=0), output[4:].max(axis=0)
        kept = np.flatnonzero(score >= floor)
        centre, size = output[:2, kept].T.astype(np.float64), output[2:4, kept].T.astype(np.float64)
        boxes = np.concatenate((centre - size / 2, centre + size / 2), axis=1) * (image.shape[1] / INPUT_SIZE[1])
        tlwh = np.concatenate((boxes[:, :2], boxes[:, 2:] - boxes[:, :2]), axis=1)
        rows = cv2.dnn.NMSBoxesBatched(tlwh.tolist(), score[kept].tolist(), class_id[kept].tolist(), floor, 0.65)
        chosen = np.asarray(rows, dtype=np.int64).reshape(-1)
        columns = boxes, score[kept].astype(np.float64), class_id[kept].astype(np.int64)
        return tracker.Detections(*(column[chosen] for column in columns))


def average_precision(path: Path, seeds: Sequence[int], frames: int = FRAMES) -> dict[str, float]:
    """AP50 of each class over frames of the streets, and their mean."""
    runner = Runner(path)
    scores = {}
    pages = list(_pages(seeds, frames))
    answers = [runner.detect(image) for image, _, _, _ in pages]
    for number, label in enumerate(CLASSES):
        rows = []
        for (_, xyxy, class_id, ignore), found in zip(pages, answers, strict=True):
            true, mine = class_id == number, found.class_id == number
            rows.append(judge(xyxy[true], ignore[true], found.xyxy[mine], found.score[mine]))
        scores[label] = area_under_curve(rows)
    return scores | {"mean": float(np.mean(list(scores.values())))}


def _pages(
    seeds: Sequence[int], frames: int
) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]]]:
    """Frames far apart with their boxes, classes and which objects to ignore."""
    for seed in seeds:
        camera = DemoCamera(seed)
        for index in range(0, frames * EVERY, EVERY):
            truth = camera.truth(index)
            small = (truth.xyxy[:, 2:] - truth.xyxy[:, :2]).min(axis=1, initial=np.inf) < SMALLEST_PX
            yield camera.frame(index), truth.xyxy, truth.class_id, (truth.visibility < SCORED_VISIBILITY) | small


def time_ms(path: Path, rounds: int = 100) -> float:
    """Median milliseconds of one run at the default input size on two threads."""
    runner, image = Runner(path), DemoCamera(HELD_OUT[0]).frame(0)
    spent = []
    for _ in range(rounds):
        started = time.perf_counter()
        runner.run(image)
        spent.append(time.perf_counter() - started)
    return 1e3 * float(np.median(spent))


def main() -> None:
    """Prints AP50, HOTA and time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    model = parser.parse_args().model
    for label, score in average_precision(model, HELD_OUT).items():
        print(f"AP50 {label}: {score:.4f}")
    runner = Runner(model)
    scores = {seed: hota(lambda image: runner.detect(image, 0.1), seed) for seed in TRACKED}
    print("HOTA:", ", ".join(f"street {seed} {score:.4f}" for seed, score in scores.items()))
    print(f"HOTA mean: {np.mean(list(scores.values())):.4f}")
    print(f"{time_ms(model):.2f} ms a frame of {INPUT_SIZE[1]}x{INPUT_SIZE[0]} on two threads")


if __name__ == "__main__":
    main()
