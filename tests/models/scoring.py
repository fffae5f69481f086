"""Counts how many of the people in labelled frames a detector finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

import models

PERSON = 0
LEAST_HEIGHT_PX = 150
"""In frames of 1080 lines: 32 pixels in an input of 416, what a nano model can be asked for."""


@dataclass(frozen=True)
class Frame:
    """A picture with the people that should be found, and others that may be: hidden, small, sitting or mirrored."""

    image: NDArray[np.uint8]
    people: NDArray[np.float64]
    others: NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """Share of the people that were found, share of the boxes that are on somebody, and their harmonic mean."""

    recall: float
    precision: float

    @property
    def f1(self) -> float:
        return 2 * self.recall * self.precision / max(self.recall + self.precision, 1e-9)


def read_frames(folder: Path) -> list[Frame]:
    """Every second mini frame of every sequence."""
    frames = []
    for path in sorted(folder.glob("*/mini_frames/img1/*.jpg"))[::2]:
        truth = np.loadtxt(path.parents[2] / "gt.txt", delimiter=",")
        rows = truth[truth[:, 0] == int(path.stem)]
        boxes = np.hstack([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]])
        wanted = (rows[:, 7] == 1) & (rows[:, 8] > 0.5) & (rows[:, 5] >= LEAST_HEIGHT_PX)
        image = cv2.imread(str(path))
        assert image is not None
        frames.append(Frame(image, boxes[wanted], boxes[~wanted]))
    return frames


def people_found(detector: models.Detector, frames: Sequence[Frame], size: tuple[int, int] | None = None) -> Found:
    """How a detector does at a score of 0.3 and an IoU of 0.5, each box counted for one person.

    Args:
        size: (width, height) of the full image, where the frames hold reduced ones.
    """
    hits = people = good = boxes = 0
    for frame in frames:
        [found] = detector.detect([frame.image], [size] if size else None)
        mine = found.xyxy[(found.class_id == PERSON) & (found.score > 0.3)]
        everybody = np.vstack([frame.people, frame.others])
        overlap = iou(everybody, mine)
        rows, columns = linear_sum_assignment(np.where(overlap >= 0.5, -overlap, 0))
        matched = rows[overlap[rows, columns] >= 0.5]
        hits += int((matched < len(frame.people)).sum())
        people += len(frame.people)
        good += int((overlap.max(axis=0, initial=0) >= 0.5).sum())
        boxes += len(mine)
    return Found(hits / people, good / max(boxes, 1))


def iou(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """(A, B) intersection over union of two sets of corners."""
    inner = np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2])
    shared = np.clip(inner, 0, None).prod(axis=2)
    areas = (a[:, 2:] - a[:, :2]).prod(axis=1)[:, None] + (b[:, 2:] - b[:, :2]).prod(axis=1)[None]
    return shared / (areas - shared)
