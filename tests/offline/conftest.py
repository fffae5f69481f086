"""Builders for offline runs: a source of drawn pictures and a detector that finds what was drawn."""

from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Self

import cv2
import numpy as np
import pytest

from app.sources import Skipped, SourceFrame
from models import Abort, ModelInfo
from tracker import Detections

WIDTH, HEIGHT = 160, 120


class DrawnSource:
    """A bright block that moves two pixels to the right with every frame; after `fails_after` frames it raises."""

    name = "drawn"
    frame_rate = 10.0
    width, height = WIDTH, HEIGHT

    def __init__(self, frames: int | None, failure: Exception | None = None) -> None:
        self.frame_count = frames
        self.skipped = Skipped()
        self.given = 0
        self.closed = False
        self._failure = failure

    def __iter__(self) -> Iterator[SourceFrame]:
        while self.frame_count is None or self.given < self.frame_count:
            self.given += 1
            image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
            left = 5 + 2 * (self.given % 50)
            image[40:80, left : left + 20] = 255
            yield SourceFrame(self.given, (self.given - 1) / self.frame_rate, image, WIDTH, HEIGHT)
        if self._failure is not None:
            raise self._failure

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.closed = True


class BlockDetector:
    """Finds bright blocks; `before` runs first in every call, in the calling thread."""

    def __init__(self, before: Callable[[], None] = lambda: None) -> None:
        self._before = before

    @property
    def info(self) -> ModelInfo:
        return ModelInfo(
            name="blocks", head="none", input=None, runs_at=(HEIGHT, WIDTH), labels=("block",), device="cpu",
            provider="CPU", batch_limit=None, sha256="0" * 64, size_bytes=0, colour="bgr", fit="top-left",
        )  # fmt: skip

    def detect(
        self, images: Sequence[np.ndarray], sizes: Sequence[tuple[int, int]] | None = None, abort: Abort | None = None
    ) -> list[Detections]:
        self._before()
        return [self._blocks(image) for image in images]

    def input_size_for(self, width: int, height: int) -> tuple[int, int]:
        return width, height

    def close(self) -> None: ...

    def _blocks(self, image: np.ndarray) -> Detections:
        found = cv2.connectedComponentsWithStats((image[..., 0] > 127).astype(np.uint8))[2][1:, :4].astype(np.float64)
        found[:, 2:] += found[:, :2]
        return Detections(xyxy=found, score=np.full(len(found), 0.9), class_id=np.zeros(len(found), np.int64))


@pytest.fixture
def drawn() -> type[DrawnSource]:
    return DrawnSource


@pytest.fixture
def blocks() -> type[BlockDetector]:
    return BlockDetector
