"""Training frames: many streets of the demo camera, rendered once, varied each time they are shown."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.sources.demo import SCORED_VISIBILITY, DemoCamera

INPUT_SIZE = (288, 512)
"""Height and width of the network's input; a 16:9 picture fills it without padding."""

GREY = 114
"""What lies outside of a picture in the input."""

HIDDEN_VISIBILITY = 0.05
"""Below this an object is background; from here to SCORED_VISIBILITY it is neither right nor wrong to see it."""

LAST_INDEX = 30 * 600


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A picture (288, 512, 3) BGR with boxes (K, 4), classes (K,) and which of them to ignore (K,)."""

    image: NDArray[np.uint8]
    xyxy: NDArray[np.float64]
    class_id: NDArray[np.int64]
    ignore: NDArray[np.bool_]


def render(seed: int, count: int) -> list[Sample]:
    """Frames of one street at random times, shrunk to the input's size in one of three ways, as servers differ."""
    rng = np.random.default_rng((seed, 23))
    width, height = ((960, 540), (960, 540), (1280, 720), (640, 360))[int(rng.integers(4))]
    camera = DemoCamera(seed, width, height)
    samples = []
    for index in rng.integers(0, LAST_INDEX, count):
        image, truth = camera.frame(int(index)), camera.truth(int(index))
        way = int(rng.integers(3))
        if way == 2:
            image = np.asarray(
                cv2.resize(image, (width // 2, height // 2), interpolation=cv2.INTER_AREA), dtype=np.uint8
            )
        size = (INPUT_SIZE[1], INPUT_SIZE[0])
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if way == 1 else cv2.INTER_LINEAR)
        known = truth.visibility >= HIDDEN_VISIBILITY
        ignore = truth.visibility < SCORED_VISIBILITY
        boxes = truth.xyxy * (INPUT_SIZE[1] / width)
        samples.append(Sample(np.asarray(small, dtype=np.uint8), boxes[known], truth.class_id[known], ignore[known]))
    return samples


def vary(sample: Sample, rng: np.random.Generator) -> Sample:
    """The sample mirrored, scaled, moved and in another light, by chance."""
    height, width = INPUT_SIZE
    scale = float(np.exp(rng.uniform(-0.35, 0.35))) if rng.random() < 0.6 else 1.0
    stretch = float(np.exp(rng.uniform(-0.1, 0.1))) if scale != 1.0 else 1.0
    across, down = scale * stretch, scale / stretch
    left = rng.uniform(min(0.0, width * (1 - across)), max(0.0, width * (1 - across)))
    top = rng.uniform(min(0.0, height * (1 - down)), max(0.0, height * (1 - down)))
    if rng.random() < 0.5:
        across, left = -across, width - left
    matrix = np.array(((across, 0.0, left), (0.0, down, top)))
    image = sample.image
    if scale != 1.0 or across < 0:
        image = np.asarray(cv2.warpAffine(image, matrix, (width, height), borderValue=(GREY,) * 3), dtype=np.uint8)
    whole = sample.xyxy * (across, down, across, down) + (left, top, left, top)
    if across < 0:
        whole = whole[:, (2, 1, 0, 3)]
    boxes = np.clip(whole, 0, (width, height, width, height))
    area, before = _area(boxes), _area(whole)
    kept = area > 0.02 * before
    ignore = sample.ignore | (area < 0.2 * before)
    return Sample(_relight(image, rng), boxes[kept], sample.class_id[kept], ignore[kept])


def _area(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))


def _relight(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Other brightness, contrast and colour balance, and now and then compression as in a JPEG stream."""
    gain = np.exp(rng.uniform(-0.2, 0.2)) * np.exp(rng.uniform(-0.06, 0.06, 3))
    table = np.clip(np.arange(256)[:, None] * gain + rng.uniform(-12, 12), 0, 255).astype(np.uint8)
    image = np.asarray(cv2.LUT(image, table[None]), dtype=np.uint8)
    if rng.random() < 0.15:
        _, packed = cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(50, 95))))
        image = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)
    return image
