"""A made-up stream for timing trackers: how many objects move is all that changes between two of them.

Objects drift through a field that grows with their number, so that the crowd is as dense with 1,000 of them as with 10.
A detector that is noisy, misses some, invents others and at times is unsure of an object looks at them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MISSES = 0.03
"""Share of the objects that get no detection in a frame."""
FALSE_POSITIVES = 0.03
"""Detections of nothing in a frame, as a share of the objects."""
DIP_START, DIP_END = 0.01, 0.2
"""Chance per frame that an object's score falls low, and that it recovers: about 5 % of them are low, for 5 frames."""
NOISE = 0.015
"""Standard deviation of a corner, as a share of the box's height."""
FIELD = (1920.0, 1080.0)
"""Pixels that 100 objects have."""
HEIGHT, ASPECT = (60.0, 180.0), 0.4
"""Range of the boxes' heights in pixels, and their width over their height."""
SPEED, STEERING = 3.0, 0.15
"""Pixels per frame that an object moves in either direction, and that its speed changes by from frame to frame."""


class Frame(NamedTuple):
    """The detections of one frame, in no order."""

    xyxy: Floats
    score: Floats
    class_id: Ints
    truth: Ints


@dataclass(frozen=True, slots=True)
class Scene:
    """The D detections of F frames, one after another.

    Attributes:
        xyxy: (D, 4) corners in pixels, each box at least a pixel wide and high.
        score: (D,) in (0, 1).
        class_id: (D,) all 0.
        truth: (D,) the object that was detected, or -1 where there is none.
        offsets: (F + 1,) where each frame begins, and the end.
    """

    xyxy: Floats
    score: Floats
    class_id: Ints
    truth: Ints
    offsets: Ints

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[Frame]:
        """Frame by frame, as copies: a tracker may write to its input."""
        for start, end in zip(self.offsets[:-1], self.offsets[1:], strict=True):
            part = slice(int(start), int(end))
            yield Frame(
                self.xyxy[part].copy(), self.score[part].copy(), self.class_id[part].copy(), self.truth[part].copy()
            )

    def save(self, path: Path) -> None:
        """Write the arrays to an .npz file."""
        with path.open("wb") as file:
            np.savez(file, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        with np.load(path) as arrays:
            return cls(**{field.name: arrays[field.name] for field in fields(cls)})


def make_scene(objects: int, frames: int, seed: int = 1) -> Scene:
    """The same arguments give the same scene."""
    random = np.random.default_rng([seed, objects])
    crowd = _Crowd(objects, random)
    made = [_detect(crowd, random) for _ in range(frames)]
    xyxy, score, class_id, truth = (np.concatenate(column) for column in zip(*made, strict=True))
    counts = [len(frame.score) for frame in made]
    return Scene(xyxy, score, class_id, truth, np.concatenate(([0], np.cumsum(counts))).astype(np.int64))


class _Crowd:
    """Where the objects are, and which of them the detector is unsure of."""

    def __init__(self, count: int, random: np.random.Generator) -> None:
        self.field = np.array(FIELD) * np.sqrt(count / 100.0)
        self.centre = random.uniform(0.0, self.field, (count, 2))
        self.velocity = random.normal(0.0, SPEED, (count, 2))
        self.height = random.uniform(*HEIGHT, count)
        self.certainty = random.uniform(0.75, 0.95, count)
        self.dipped = np.zeros(count, bool)

    def step(self, random: np.random.Generator) -> None:
        self.velocity = 0.99 * self.velocity + random.normal(0.0, STEERING * SPEED, self.velocity.shape)
        self.centre = self.centre + self.velocity
        outside = (self.centre < 0.0) | (self.centre > self.field)
        self.velocity = np.where(outside, -self.velocity, self.velocity)
        self.centre = np.clip(self.centre, 0.0, self.field)
        change = random.random(len(self.dipped))
        self.dipped = np.where(self.dipped, change >= DIP_END, change < DIP_START)


def _detect(crowd: _Crowd, random: np.random.Generator) -> Frame:
    crowd.step(random)
    count = len(crowd.height)
    seen = np.flatnonzero(random.random(count) >= MISSES)
    invented = int(random.binomial(count, FALSE_POSITIVES))
    centre = np.concatenate((crowd.centre[seen], random.uniform(0.0, crowd.field, (invented, 2))))
    height = np.concatenate((crowd.height[seen], random.uniform(*HEIGHT, invented)))
    sure = crowd.certainty[seen] + random.normal(0.0, 0.03, len(seen))
    score = np.where(crowd.dipped[seen], random.uniform(0.15, 0.45, len(seen)), sure)
    score = np.concatenate((score, random.uniform(0.15, 0.85, invented))).clip(0.01, 0.99)
    truth = np.concatenate((seen, np.full(invented, -1))).astype(np.int64)
    half = np.column_stack((ASPECT * height, height)) / 2.0
    xyxy = np.hstack((centre - half, centre + half)) + random.normal(0.0, NOISE, (len(height), 4)) * height[:, None]
    order = random.permutation(len(score))
    return Frame(xyxy[order], score[order], np.zeros(len(order), np.int64), truth[order])
