"""One frame that waits for the detector, and what it gets."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.errors import FrameDropped, TrackdError
from app.settings import StreamSettings
from tracker import Detections


@dataclass(frozen=True, slots=True)
class Detected:
    """What the detector found in the views of one frame, and the milliseconds it waited and took.

    `batch` is the number of images that were looked at together.
    """

    views: Sequence[Detections]
    queue_ms: float
    detect_ms: float
    batch: int

    @property
    def detections(self) -> Detections:
        """Of the first view, which is the image where a frame is looked at as a whole."""
        return self.views[0]


@dataclass(frozen=True, slots=True)
class Patience:
    """How a frame waits for the detector.

    Attributes:
        latest: it is given up for a newer frame of its stream where there is no room for both.
        expires_at: it is given up when its turn comes later than that, in seconds of the loop's clock.
    """

    latest: bool = False
    expires_at: float | None = None

    def exhausted(self, now: float) -> bool:
        """Whether the frame has waited longer than it may."""
        return self.expires_at is not None and now > self.expires_at


PATIENT = Patience()
"""Waits for as long as it takes, whatever comes after it."""


@dataclass(slots=True, eq=False)
class Pending:
    """The views of one frame of a stream. `queued_at` is in seconds of the batcher's clock."""

    stream_id: str
    images: Sequence[NDArray[np.uint8]]
    sizes: Sequence[tuple[int, int]]
    patience: Patience
    future: asyncio.Future[Detected]
    queued_at: float

    @property
    def latest(self) -> bool:
        """Whether it gives way to a newer frame of its stream."""
        return self.patience.latest

    @property
    def weight(self) -> int:
        """How many images it puts into a batch."""
        return len(self.images)

    @property
    def gone(self) -> bool:
        """Whether nobody waits for it any more."""
        return self.future.done()

    def too_old(self, now: float) -> bool:
        """Whether it has waited longer than it may."""
        return self.patience.exhausted(now)


def patience_for(settings: StreamSettings, now: float) -> Patience:
    """How a frame of a stream that is received now waits for the detector. A lossless stream gives none up."""
    if settings.overload == "lossless":
        return PATIENT
    age_ms = settings.max_age_ms
    return Patience(latest=True, expires_at=None if age_ms is None else now + age_ms / 1e3)


def too_old() -> FrameDropped:
    """The reason of a frame whose patience is exhausted."""
    return FrameDropped("it waited longer than max_age_ms", reason="too_old")


def superseded() -> FrameDropped:
    """The reason of a frame that gave way to a newer one of its stream."""
    return FrameDropped("it gave way to a newer one", reason="superseded")


def fail(batch: Iterable[Pending], error: TrackdError) -> None:
    """Tell those who still wait why there is no answer."""
    for pending in batch:
        if not pending.gone:
            pending.future.set_exception(error)
